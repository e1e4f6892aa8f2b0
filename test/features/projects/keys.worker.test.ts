import { describe, it } from "vitest";

import { changeSettings } from "../../../src/features/projects/actions.ts";
import { renew, renewAsked } from "../../../src/features/projects/edge/actions.ts";
import { askRenewal, selectAsked, takeLease } from "../../../src/features/projects/edge/store.ts";
import { findKey } from "../../../src/features/projects/identity/store.ts";
import { keyDocument, settingsDocument } from "../../../src/features/projects/model.ts";
import { sha256Hex } from "../../../src/lib/hash.ts";
import { basic, bearer, call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";

type Issued = { id: string; publicKey: string; secretKey: string; abvKey: string };

async function issue(project: FreshProject, body: object = {}): Promise<Issued> {
  const answer = await call("POST", "/api/public/keys", { authorization: project.basic, body });
  return answer.json as Issued;
}

const statusOf = async (authorization: string, path = "/api/public/projects"): Promise<number> =>
  (await call("GET", path, { authorization })).status;

describe("projects", () => {
  it("are created with the admin token, and their keys work at once", async ({ expect }) => {
    const made = await call("POST", "/api/public/projects", {
      authorization: bearer("test-admin-token"),
      body: { name: "  Shop  ", color: "ignored" },
    });
    expect(made.status).toBe(201);
    const { project, publicKey, secretKey, abvKey } = made.json as Issued & {
      project: { id: string; name: string };
    };
    expect(project).toEqual({ id: expect.stringMatching(/^prj_/) as string, name: "Shop" });
    const own = await call("GET", "/api/public/projects", {
      authorization: basic(publicKey, secretKey),
    });
    expect(own.json).toEqual({
      data: [
        {
          id: project.id,
          name: "Shop",
          organization: { id: "promptside", name: "Promptside" },
          metadata: {},
        },
      ],
    });
    expect(await statusOf(bearer(abvKey))).toBe(200);
    expect(await statusOf(bearer(publicKey))).toBe(403);
  });

  it("need a name, and say so", async ({ expect }) => {
    for (const body of [{}, { name: " " }, { name: 7 }, { name: "x".repeat(101) }]) {
      const answer = await call("POST", "/api/public/projects", {
        authorization: bearer("test-admin-token"),
        body,
      });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({
        message: expect.stringMatching(/^body name: /) as string,
        error: "InvalidRequestError",
        issues: [{ path: "name" }],
      });
    }
  });
});

describe("keys", () => {
  it("are issued as a pair or a Bearer key with the scopes asked for", async ({ expect }) => {
    const project = await freshProject();
    const pair = await issue(project, { label: "ci", scopes: ["read", "scores"] });
    expect(await statusOf(basic(pair.publicKey, pair.secretKey))).toBe(200);
    expect(await statusOf(basic(pair.publicKey, pair.secretKey), "/api/public/keys")).toBe(403);
    const single = await issue(project, { kind: "bearer", scopes: ["admin"] });
    expect(single.publicKey).toBeNull();
    expect(await statusOf(bearer(single.abvKey), "/api/public/keys")).toBe(200);
    expect(await statusOf(bearer(single.abvKey))).toBe(403);
  });

  it("may create scores when they may ingest, and not when they may only read", async ({
    expect,
  }) => {
    const project = await freshProject();
    const scopesOf = async (scopes: string[]) =>
      ((await issue(project, { scopes })) as unknown as { scopes: string[] }).scopes;
    expect(await scopesOf(["ingest"])).toEqual(["scores", "ingest"]);
    expect(await scopesOf(["read", "read"])).toEqual(["read"]);
  });

  it("refuse a scope that does not exist, by name", async ({ expect }) => {
    const { basic } = await freshProject();
    const answer = await call("POST", "/api/public/keys", {
      authorization: basic,
      body: { scopes: ["read", "root"] },
    });
    expect(answer).toMatchObject({ status: 400, json: { issues: [{ path: "scopes.1" }] } });
  });

  it("are listed one line each, in pages, and never with their secret", async ({ expect }) => {
    const project = await freshProject();
    const issued = await issue(project, { label: "third" });
    const seen: { id: string; kind: string }[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor ? `?limit=1&cursor=${cursor}` : "?limit=1";
      const page = await call("GET", `/api/public/keys${query}`, { authorization: project.basic });
      const { data, nextCursor } = page.json as { data: typeof seen; nextCursor: string | null };
      expect(page.text).not.toContain(issued.secretKey);
      expect(page.text).not.toContain(project.secretKey);
      seen.push(...data);
      cursor = nextCursor;
    }
    expect(seen.map(({ kind }) => kind).sort()).toEqual(["bearer", "pair", "pair"]);
    expect(seen).toContainEqual(expect.objectContaining({ id: issued.id, label: "third" }));
  });

  it("are refused at once by the isolate that revokes them, both halves", async ({ expect }) => {
    const project = await freshProject();
    const pair = await issue(project);
    const header = basic(pair.publicKey, pair.secretKey);
    expect(await statusOf(header)).toBe(200);
    const revoked = await call("DELETE", `/api/public/keys/${pair.id}`, {
      authorization: project.basic,
    });
    expect(revoked.json).toMatchObject({ id: pair.id, everywhereWithinSeconds: 120 });
    expect(await statusOf(header)).toBe(401);
    expect(await statusOf(bearer(pair.publicKey))).toBe(401);
    expect(await statusOf(project.basic)).toBe(200);
    const again = await call("DELETE", `/api/public/keys/${pair.id}`, {
      authorization: project.basic,
    });
    expect(again.json).toEqual(revoked.json);
  });

  it("leave a tombstone in KV, so that another isolate refuses them without D1", async ({
    expect,
  }) => {
    const project = await freshProject();
    const pair = await issue(project);
    await call("DELETE", `/api/public/keys/${pair.id}`, { authorization: project.basic });
    const document = keyDocument(await sha256Hex(pair.secretKey));
    expect(await testEnv().PROMPTS.get(document, "json")).toEqual({ revoked: true });
  });

  it("are forgotten after 30 s by an isolate that has them in memory", async ({ expect }) => {
    const { scope, abvKey } = await freshProject();
    const hash = await sha256Hex(abvKey);
    const caller = { env: testEnv(), db: scope.db, defer: () => undefined };
    const at = (seconds: number) =>
      findKey({ ...caller, now: new Date(scope.now.getTime() + seconds * 1000) }, hash);
    expect(await at(0)).toMatchObject({ revoked: false });
    await testEnv().PROMPTS.put(keyDocument(hash), JSON.stringify({ revoked: true }));
    expect(await at(29)).toMatchObject({ revoked: false });
    expect(await at(30)).toEqual({ revoked: true });
  });

  it("cannot revoke the last key that administers the project", async ({ expect }) => {
    const project = await freshProject();
    const list = await call("GET", "/api/public/keys", { authorization: project.basic });
    const { data } = list.json as { data: { id: string; kind: string }[] };
    const idOf = (kind: string) => data.find((key) => key.kind === kind)?.id ?? "";
    const revoke = (id: string) =>
      call("DELETE", `/api/public/keys/${id}`, { authorization: project.basic });
    expect((await revoke(idOf("bearer"))).status).toBe(200);
    const last = await revoke(idOf("pair"));
    expect(last.status).toBe(409);
    expect(last.json).toMatchObject({ message: expect.stringContaining("last key") as string });
    expect(await statusOf(project.basic)).toBe(200);
  });

  it("of another project are not there", async ({ expect }) => {
    const [mine, theirs] = [await freshProject(), await freshProject()];
    const { id } = await issue(theirs);
    const answer = await call("DELETE", `/api/public/keys/${id}`, { authorization: mine.basic });
    expect(answer).toMatchObject({
      status: 404,
      json: { message: `this project has no key ${id}` },
    });
  });

  it("leave a trail of who issued and revoked them", async ({ expect }) => {
    const project = await freshProject();
    const { id } = await issue(project);
    await call("DELETE", `/api/public/keys/${id}`, { authorization: project.basic });
    const trail = await call("GET", "/api/public/audit?limit=2", { authorization: project.basic });
    expect(trail.json).toMatchObject({
      data: [
        { action: "key.revoke", target: id, actor: expect.stringMatching(/^key:key_/) as string },
        { action: "key.create", target: id },
      ],
      nextCursor: expect.any(String) as string,
    });
  });
});

describe("documents in KV", () => {
  it("are renewed by cron when the put failed", async ({ expect }) => {
    const { scope } = await freshProject();
    const { env, db, now } = scope;
    const document = settingsDocument(scope.projectId);
    const failing = { put: () => Promise.reject(new Error("429 Too Many Requests")) };
    const broken = { ...env, PROMPTS: Object.assign(Object.create(env.PROMPTS), failing) };
    const later = new Date(now.getTime() + 60_000);
    await changeSettings({ ...scope, env: broken }, { retentionDays: 5 });
    expect(await env.PROMPTS.get(document, "json")).toMatchObject({ retentionDays: 30 });
    await renewAsked(env, db, later);
    expect(await env.PROMPTS.get(document, "json")).toMatchObject({ retentionDays: 5 });
    expect(await selectAsked(db, 1000)).not.toContainEqual({ document });
  });

  it("stay asked for when they change during a renewal", async ({ expect }) => {
    const { scope } = await freshProject();
    const { env, db, now } = scope;
    const document = settingsDocument(scope.projectId);
    await askRenewal(db, document);
    const slow = {
      async put(name: string, value: string) {
        await env.PROMPTS.put(name, value);
        await changeSettings(scope, { retentionDays: 6 });
      },
    };
    const during = { ...env, PROMPTS: Object.assign(Object.create(env.PROMPTS), slow) };
    await renew(during, db, document, now);
    expect(await env.PROMPTS.get(document, "json")).toMatchObject({ retentionDays: 30 });
    expect(await selectAsked(db, 1000)).toContainEqual({ document });
    await renewAsked(env, db, now);
    expect(await env.PROMPTS.get(document, "json")).toMatchObject({ retentionDays: 6 });
  });

  it("have one drainer at a time, until its lease ends", async ({ expect }) => {
    const { scope } = await freshProject();
    const { db } = scope;
    const document = settingsDocument(scope.projectId);
    await askRenewal(db, document);
    const nowMs = scope.now.getTime();
    expect(await takeLease(db, document, nowMs)).toMatchObject({ rev: 1 });
    expect(await takeLease(db, document, nowMs + 59_999)).toBeUndefined();
    expect(await takeLease(db, document, nowMs + 60_000)).toMatchObject({ rev: 1 });
  });
});
