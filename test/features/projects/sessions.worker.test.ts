import { describe, it } from "vitest";

import { projectJobs } from "../../../src/features/projects/jobs.ts";
import { call, type CallOptions } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject } from "../../support/project.ts";

const PATH = "/api/public/session";
const ORIGIN = "http://promptside.test";

const signIn = (secretKey: string, options: CallOptions = {}) =>
  call("POST", PATH, { body: { secretKey }, ...options });

/** `name=value` of a Set-Cookie header, as a browser sends it back. */
const cookieOf = (headers: Headers): string =>
  (headers.get("set-cookie") ?? "").split(";")[0] ?? "";

type Kept = { cookie: string; projectId: string };

async function signedIn(secretKey: string): Promise<Kept> {
  const { status, headers, json } = await signIn(secretKey);
  if (status !== 201) throw new Error(`sign in answered ${status}`);
  const { project } = json as { project: { id: string } };
  return { cookie: cookieOf(headers), projectId: project.id };
}

/** Asks as a browser does that was signed in. */
const ask = (
  { cookie, projectId }: Kept,
  method: string,
  path: string,
  { body, headers = {} }: CallOptions = {},
) =>
  call(method, path, {
    body,
    headers: {
      cookie,
      "promptside-project": projectId,
      ...(method === "GET" ? {} : { origin: ORIGIN }),
      ...headers,
    },
  });

const PROMPT = { name: "by-session", prompt: "Hello" };

describe("a session", () => {
  it("is a cookie that no script reads and no other site sends", async ({ expect }) => {
    const { secretKey, scope } = await freshProject();
    const { status, headers, json, text } = await signIn(secretKey);
    expect(status).toBe(201);
    expect(headers.get("set-cookie")).toMatch(
      new RegExp(
        `^promptside-${scope.projectId}=ses-[a-z0-9]{32}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict$`,
      ),
    );
    expect(json).toMatchObject({
      project: { id: scope.projectId, name: "test" },
      role: "admin",
      via: "key",
    });
    expect(text).not.toContain(secretKey);
    expect(text).not.toContain("ses-");
  });

  it("does what its key may do, on every kind of route", async ({ expect }) => {
    const kept = await signedIn((await freshProject()).secretKey);
    expect((await ask(kept, "POST", "/api/public/v2/prompts", { body: PROMPT })).status).toBe(201);
    expect((await ask(kept, "GET", "/api/public/v2/prompts/by-session?label=latest")).status).toBe(
      200,
    );
    expect((await ask(kept, "GET", "/api/public/keys")).status).toBe(200);
  });

  it("acts as its key in the audit, beside its own start", async ({ expect }) => {
    const kept = await signedIn((await freshProject()).secretKey);
    await ask(kept, "PATCH", "/api/public/settings", { body: { retentionDays: 9 } });
    const { json } = await ask(kept, "GET", "/api/public/audit");
    const { data } = json as { data: { action: string; actor: string; target: string }[] };
    const [change, start] = data;
    expect(change).toMatchObject({ action: "settings.change" });
    expect(start).toMatchObject({ action: "session.start", actor: change?.actor });
    expect(`key:${start?.target}`).toBe(change?.actor);
  });

  it.for([
    [["read"], "viewer", 403, 403],
    [["read", "write"], "editor", 201, 403],
    [["read", "write", "admin"], "admin", 201, 200],
  ] as const)("of a key with %j is a %s's", async ([scopes, role, writes, keys], { expect }) => {
    const project = await freshProject();
    const made = await call("POST", "/api/public/keys", {
      authorization: project.basic,
      body: { label: "for Ada", scopes },
    });
    const { secretKey } = made.json as { secretKey: string };
    const kept = await signedIn(secretKey);
    const { json } = await ask(kept, "GET", PATH);
    expect(json).toMatchObject({ data: [{ role, scopes, who: "for Ada" }] });
    expect((await ask(kept, "POST", "/api/public/v2/prompts", { body: PROMPT })).status).toBe(
      writes,
    );
    expect((await ask(kept, "GET", "/api/public/keys")).status).toBe(keys);
  });

  it("is had for a Bearer key too, and not for a public, blind or unknown one", async ({
    expect,
  }) => {
    const { abvKey, publicKey, basic } = await freshProject();
    const made = await call("POST", "/api/public/keys", {
      authorization: basic,
      body: { kind: "bearer", scopes: ["ingest"] },
    });
    const blind = (made.json as { abvKey: string }).abvKey;
    expect((await signIn(abvKey)).status).toBe(201);
    expect((await signIn(publicKey)).status).toBe(401);
    expect((await signIn("sk-ps-nobody")).status).toBe(401);
    expect(await signIn(blind)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining("lacks the scope read") },
    });
    expect(await signIn("")).toMatchObject({
      status: 400,
      json: { issues: [{ path: "secretKey" }] },
    });
  });

  it("ends with sign out, at once", async ({ expect }) => {
    const kept = await signedIn((await freshProject()).secretKey);
    const { status, headers } = await ask(kept, "DELETE", PATH);
    expect(status).toBe(200);
    expect(headers.get("set-cookie")).toContain(`${kept.cookie.split("=")[0]}=; Path=/; Max-Age=0`);
    expect((await ask(kept, "GET", "/api/public/settings")).status).toBe(401);
    expect((await ask(kept, "GET", PATH)).json).toEqual({ data: [] });
  });

  it("ends when its key is revoked, at once", async ({ expect }) => {
    const project = await freshProject();
    const made = await call("POST", "/api/public/keys", { authorization: project.basic, body: {} });
    const { id, secretKey } = made.json as { id: string; secretKey: string };
    const kept = await signedIn(secretKey);
    await call("DELETE", `/api/public/keys/${id}`, { authorization: project.basic });
    expect((await ask(kept, "GET", "/api/public/settings")).status).toBe(401);
    expect((await signIn(secretKey)).status).toBe(401);
  });

  it("ends after seven days, and then its row goes", async ({ expect }) => {
    const env = testEnv();
    const kept = await signedIn((await freshProject()).secretKey);
    const own = "project = (SELECT num FROM project WHERE id = ?)";
    const rows = () =>
      env.DB.prepare(`SELECT expires_at - created_at AS lives FROM dashboard_session WHERE ${own}`)
        .bind(kept.projectId)
        .all();
    expect((await rows()).results).toEqual([{ lives: 7 * 86_400_000 }]);
    await env.DB.prepare(
      `UPDATE dashboard_session SET expires_at = unixepoch() * 1000 - 1000 WHERE ${own}`,
    )
      .bind(kept.projectId)
      .run();
    expect((await ask(kept, "GET", "/api/public/settings")).status).toBe(401);
    expect((await ask(kept, "GET", PATH)).json).toEqual({ data: [] });
    await projectJobs.find(({ name }) => name === "projects.forget-sessions")?.run(env, new Date());
    expect((await rows()).results).toEqual([]);
  });
});

describe("another page", () => {
  const FOREIGN = [
    undefined,
    "null",
    "https://evil.example",
    "http://promptside.test.evil.example",
  ];

  it.for(FOREIGN)(
    "with the origin %s changes nothing with a session",
    async (origin, { expect }) => {
      const kept = await signedIn((await freshProject()).secretKey);
      const { cookie, projectId } = kept;
      const headers = {
        cookie,
        "promptside-project": projectId,
        ...(origin === undefined ? {} : { origin }),
      };
      for (const [method, path] of [
        ["POST", "/api/public/v2/prompts"],
        ["PATCH", "/api/public/settings"],
        ["DELETE", PATH],
      ] as const) {
        const body = method === "DELETE" ? undefined : PROMPT;
        const { status, json } = await call(method, path, { headers, body });
        expect(status, path).toBe(403);
        expect(json).toMatchObject({ detail: expect.stringContaining("own pages") });
      }
      expect((await ask(kept, "GET", "/api/public/settings")).status).toBe(200);
    },
  );

  it("cannot sign anybody in", async ({ expect }) => {
    const { secretKey } = await freshProject();
    const { status, headers } = await signIn(secretKey, {
      headers: { origin: "https://evil.example" },
    });
    expect(status).toBe(403);
    expect(headers.get("set-cookie")).toBeNull();
  });

  it("is not let in by CORS", async ({ expect }) => {
    const kept = await signedIn((await freshProject()).secretKey);
    const { headers } = await ask(kept, "GET", PATH, {
      headers: { origin: "https://evil.example" },
    });
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("a browser with several sessions", () => {
  it("says which project it means, and reaches no other", async ({ expect }) => {
    const ours = await signedIn((await freshProject()).secretKey);
    const theirs = await signedIn((await freshProject()).secretKey);
    const both = { cookie: `${ours.cookie}; x=1; ${theirs.cookie}` };
    const projectOf = async (headers: Record<string, string>): Promise<unknown> => {
      const { status, json } = await call("GET", "/api/public/projects", { headers });
      return status === 200 ? (json as { data: { id: string }[] }).data[0]?.id : status;
    };
    const asked = (projectId: string) => ({ ...both, "promptside-project": projectId });
    expect(await projectOf(asked(ours.projectId))).toBe(ours.projectId);
    expect(await projectOf(asked(theirs.projectId))).toBe(theirs.projectId);
    expect(await projectOf(both)).toBe(401);
    expect(await projectOf({ cookie: ours.cookie })).toBe(ours.projectId);
    const { json } = await call("GET", PATH, { headers: both });
    const { data } = json as { data: { project: { id: string } }[] };
    expect(data.map(({ project }) => project.id).sort()).toEqual(
      [ours.projectId, theirs.projectId].sort(),
    );
  });

  it("gets nothing for a cookie under another project's name", async ({ expect }) => {
    const ours = await signedIn((await freshProject()).secretKey);
    const { scope } = await freshProject();
    const [, token = ""] = ours.cookie.split("=");
    const moved = { cookie: `promptside-${scope.projectId}=${token}`, projectId: scope.projectId };
    expect((await ask(moved, "GET", "/api/public/settings")).status).toBe(401);
    expect(
      (await ask({ ...ours, projectId: scope.projectId }, "GET", "/api/public/settings")).status,
    ).toBe(401);
  });
});

describe("a key in the header", () => {
  it("goes before a session, and needs no origin", async ({ expect }) => {
    const ours = await signedIn((await freshProject()).secretKey);
    const { basic, scope } = await freshProject();
    const headers = { cookie: ours.cookie };
    const made = await call("POST", "/api/public/v2/prompts", {
      authorization: basic,
      headers,
      body: PROMPT,
    });
    expect(made.json).toMatchObject({ projectId: scope.projectId });
    const wrong = await call("GET", "/api/public/settings", { authorization: "Bearer x", headers });
    expect(wrong.status).toBe(401);
  });
});
