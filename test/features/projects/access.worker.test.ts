import { afterAll, beforeAll, describe, it, vi } from "vitest";

import { roleOfPerson } from "../../../src/features/projects/access/people.ts";
import type { Env } from "../../../src/platform/env.ts";
import { call, type CallOptions } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject } from "../../support/project.ts";

const TEAM = "acme";
const AUDIENCE = "aud-of-the-dashboard";
const KEYS = `https://${TEAM}.cloudflareaccess.com/cdn-cgi/access/certs`;
const ORIGIN = "http://promptside.test";

const env = (): Env => ({ ...testEnv(), ACCESS_TEAM: TEAM, ACCESS_AUD: AUDIENCE });

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
const part = (value: unknown): string => base64url(new TextEncoder().encode(JSON.stringify(value)));

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const newKeys = () =>
  crypto.subtle.generateKey(
    { ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  ) as Promise<CryptoKeyPair>;

let keys: CryptoKeyPair;
const realFetch = globalThis.fetch;

beforeAll(async () => {
  keys = await newKeys();
  const jwk = (await crypto.subtle.exportKey("jwk", keys.publicKey)) as JsonWebKey;
  // Cloudflare's own server is the only thing that is stood in for.
  vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) =>
    (input instanceof Request ? input.url : input) === KEYS
      ? Promise.resolve(Response.json({ keys: [{ ...jwk, kid: "k1", use: "sig" }] }))
      : realFetch(input, init),
  );
});
afterAll(() => {
  vi.unstubAllGlobals();
});

type Claims = { email?: string; aud?: string[]; iss?: string; exp?: number };

/** A token as Cloudflare Access puts it on a request. */
async function tokenOf(claims: Claims, signer = keys): Promise<string> {
  const payload = {
    aud: [AUDIENCE],
    iss: `https://${TEAM}.cloudflareaccess.com`,
    exp: Math.floor(Date.now() / 1000) + 600,
    ...claims,
  };
  const body = `${part({ alg: "RS256", kid: "k1" })}.${part(payload)}`;
  const signature = await crypto.subtle.sign(
    RS256.name,
    signer.privateKey,
    new TextEncoder().encode(body),
  );
  return `${body}.${base64url(new Uint8Array(signature))}`;
}

type Person = { who: string; role: string };

async function projectOf(people: Person[]) {
  const project = await freshProject();
  const { status, text } = await call("PATCH", "/api/public/settings", {
    authorization: project.basic,
    body: { people },
  });
  if (status !== 200) throw new Error(text);
  return project;
}

const ask = (token: string, method: string, path: string, options: CallOptions = {}) =>
  call(method, path, {
    env: env(),
    ...options,
    headers: {
      cookie: `CF_Authorization=${token}`,
      ...(method === "GET" ? {} : { origin: ORIGIN }),
      ...options.headers,
    },
  });

let serial = 0;
/** All tests share one registry: each has a domain of its own. */
const newDomain = (): string => `d${++serial}-${crypto.randomUUID()}.example`;

const PROMPT = { name: "by-a-person", prompt: "Hello", labels: ["production"] };

describe("a person whom Cloudflare Access let through", () => {
  it.for([
    ["viewer", 403, 403],
    ["editor", 201, 403],
    ["admin", 201, 200],
  ] as const)(
    "may do what a %s may, in the projects that name them",
    async ([role, writes, keyList], { expect }) => {
      const domain = newDomain();
      const ours = await projectOf([{ who: `Ada@${domain}`, role }]);
      await projectOf([{ who: `bob@${domain}`, role: "admin" }]);
      const token = await tokenOf({ email: `ada@${domain.toUpperCase()}` });
      const { json } = await ask(token, "GET", "/api/public/session");
      expect(json).toMatchObject({
        data: [{ project: { id: ours.scope.projectId }, role, via: "access" }],
      });
      expect((json as { data: unknown[] }).data).toHaveLength(1);
      expect((await ask(token, "GET", "/api/public/settings")).status).toBe(200);
      expect((await ask(token, "POST", "/api/public/v2/prompts", { body: PROMPT })).status).toBe(
        writes,
      );
      expect((await ask(token, "GET", "/api/public/keys")).status).toBe(keyList);
    },
  );

  it("is named by address in ledger and audit", async ({ expect }) => {
    const domain = newDomain();
    const { basic: authorization } = await projectOf([{ who: `@${domain}`, role: "editor" }]);
    const token = await tokenOf({ email: `eve@${domain}` });
    const { json } = await ask(token, "POST", "/api/public/v2/prompts", { body: PROMPT });
    expect(json).toMatchObject({ createdBy: `eve@${domain}` });
    const path = "/api/public/prompts/by-a-person/deployments";
    const ledger = await call("GET", path, { authorization });
    expect(ledger.json).toMatchObject({
      data: [{ actor: { kind: "person", id: `eve@${domain}` } }],
    });
    const audit = await call("GET", "/api/public/audit?action=label", { authorization });
    expect(audit.json).toMatchObject({ data: [{ actor: `person:eve@${domain}` }] });
  });

  it("reaches no project that does not name them, whatever the header says", async ({ expect }) => {
    const domain = newDomain();
    await projectOf([{ who: `ada@${domain}`, role: "admin" }]);
    const theirs = await projectOf([{ who: `bob@${domain}`, role: "admin" }]);
    const token = await tokenOf({ email: `ada@${domain}` });
    const headers = { "promptside-project": theirs.scope.projectId };
    expect((await ask(token, "GET", "/api/public/settings", { headers })).status).toBe(401);
    const stranger = await tokenOf({ email: `ada@${newDomain()}` });
    expect((await ask(stranger, "GET", "/api/public/settings")).status).toBe(401);
    expect((await ask(stranger, "GET", "/api/public/session")).json).toEqual({ data: [] });
  });

  it("says which of several projects is meant", async ({ expect }) => {
    const domain = newDomain();
    const people = [{ who: `@${domain}`, role: "viewer" }];
    const [one] = [await projectOf(people), await projectOf(people)];
    const token = await tokenOf({ email: `ada@${domain}` });
    expect((await ask(token, "GET", "/api/public/projects")).status).toBe(401);
    const headers = { "promptside-project": one.scope.projectId };
    const { json } = await ask(token, "GET", "/api/public/projects", { headers });
    expect(json).toMatchObject({ data: [{ id: one.scope.projectId }] });
  });

  it("is let in by a token that holds, and by no other", async ({ expect }) => {
    const domain = newDomain();
    await projectOf([{ who: `@${domain}`, role: "admin" }]);
    const email = `ada@${domain}`;
    const statusOf = async (token: string): Promise<number> =>
      (await ask(token, "GET", "/api/public/settings")).status;
    expect(await statusOf(await tokenOf({ email }))).toBe(200);
    const bad = [
      await tokenOf({ email, aud: ["another-application"] }),
      await tokenOf({ email, iss: "https://evil.cloudflareaccess.com" }),
      await tokenOf({ email, exp: Math.floor(Date.now() / 1000) - 3600 }),
      await tokenOf({ email }, await newKeys()),
      await tokenOf({}),
      `${part({ alg: "none" })}.${part({ email, aud: [AUDIENCE] })}.`,
      "nonsense",
    ];
    for (const token of bad) expect(await statusOf(token), token).toBe(401);
  });

  it("is nobody where Access is not set up", async ({ expect }) => {
    const domain = newDomain();
    await projectOf([{ who: `@${domain}`, role: "admin" }]);
    const token = await tokenOf({ email: `ada@${domain}` });
    for (const part of [{}, { ACCESS_TEAM: TEAM }, { ACCESS_AUD: AUDIENCE }]) {
      const { status } = await ask(token, "GET", "/api/public/settings", {
        env: { ...testEnv(), ...part },
      });
      expect(status).toBe(401);
    }
  });

  it("changes nothing from another page", async ({ expect }) => {
    const domain = newDomain();
    await projectOf([{ who: `@${domain}`, role: "admin" }]);
    const token = await tokenOf({ email: `ada@${domain}` });
    const headers = { origin: "https://evil.example" };
    const { status } = await ask(token, "POST", "/api/public/v2/prompts", {
      body: PROMPT,
      headers,
    });
    expect(status).toBe(403);
  });
});

describe("the people of a project", () => {
  it("are mail addresses and domains", async ({ expect }) => {
    const { basic: authorization } = await freshProject();
    for (const who of ["ada", "@", "a b@c.d", "ada@localhost", ""]) {
      const { status, json } = await call("PATCH", "/api/public/settings", {
        authorization,
        body: { people: [{ who, role: "viewer" }] },
      });
      expect(status, who).toBe(400);
      expect(json).toMatchObject({ issues: [{ path: "people.0.who" }] });
    }
  });

  it("named in full go before their domain", ({ expect }) => {
    const people = [
      { who: "@x.example", role: "editor" },
      { who: "Ada@x.example", role: "viewer" },
    ] as const;
    expect(roleOfPerson(people, "ada@X.example")).toBe("viewer");
    expect(roleOfPerson(people, "bob@x.example")).toBe("editor");
    expect(roleOfPerson(people, "bob@notx.example")).toBeUndefined();
    expect(roleOfPerson(people, "bob@x.example@evil.example")).toBeUndefined();
  });
});
