import { describe, it } from "vitest";

import { MAX_BODY_BYTES } from "../../../../src/platform/body.ts";
import { call, bearer } from "../../../support/call.ts";
import { ago, event, lab } from "../reads/lab.ts";

const PATH = "/api/public/ingestion";

const span = (id: string, body: object = {}) =>
  event("span-create", { id, traceId: "t", startTime: ago(1000), ...body });

describe("POST /api/public/ingestion", () => {
  it("answers 207 with both lists, and keeps the good events", async ({ expect }) => {
    const { ingest, get } = await lab();
    const good = span("good");
    const bad = event("generation-create", { id: "bad", traceId: "t", promptName: "alone" });
    const { status, json } = await ingest(good, bad);
    expect(status).toBe(207);
    expect(json).toEqual({
      successes: [{ id: good.id, status: 201 }],
      errors: [
        {
          id: bad.id,
          status: 400,
          message: "body.promptVersion: must be given together with promptName",
          error: "InvalidRequestError",
        },
      ],
    });
    expect(await get("/api/public/observations/good")).toMatchObject({ id: "good" });
  });

  it("answers an empty batch, and one of sdk-log", async ({ expect }) => {
    const { ingest } = await lab();
    expect((await ingest()).json).toEqual({ successes: [], errors: [] });
    const log = event("sdk-log", { log: "x" });
    expect((await ingest(log)).json).toEqual({
      successes: [{ id: log.id, status: 201 }],
      errors: [],
    });
  });

  it("names events outside the retention, by event", async ({ expect }) => {
    const { ingest } = await lab();
    const old = span("old", { startTime: ago(40 * 86_400_000) });
    const future = span("future", { startTime: ago(-3_600_000) });
    const update = event("span-update", { id: "old", traceId: "t", output: "x" });
    const { json } = await ingest(old, future, update, span("fine"));
    expect(json).toMatchObject({
      errors: [
        { id: old.id, status: 400, message: expect.stringContaining("startTime is older") },
        { id: future.id, message: expect.stringContaining("5 minutes in the future") },
      ],
    });
    expect((json as { successes: unknown[] }).successes).toHaveLength(2);
  });

  it("trap 1: a public key as Bearer may create scores, and nothing else", async ({ expect }) => {
    const { publicBearer, env, settle, get } = await lab();
    const ok = event("score-create", { id: "s", traceId: "t", name: "q", value: 1 });
    const no = span("no");
    const { status, json } = await call("POST", PATH, {
      authorization: publicBearer,
      body: { batch: [ok, no] },
      env,
    });
    expect(status).toBe(207);
    expect(json).toMatchObject({
      successes: [{ id: ok.id }],
      errors: [{ id: no.id, status: 401, error: "UnauthorizedError" }],
    });
    await settle();
    expect(await get("/api/public/scores/s")).toMatchObject({ value: 1 });
    for (const [method, path] of [
      ["GET", "/api/public/traces"],
      ["GET", "/api/public/scores/s"],
      ["DELETE", "/api/public/scores/s"],
      ["POST", "/api/public/media"],
    ] as const) {
      const refused = await call(method, path, { authorization: publicBearer, env });
      expect([path, refused.status]).toEqual([path, 403]);
    }
  });

  it("takes the ABV key as Bearer", async ({ expect }) => {
    const { abvKey, env } = await lab();
    const { status } = await call("POST", PATH, {
      authorization: bearer(abvKey),
      body: { batch: [span("a")] },
      env,
    });
    expect(status).toBe(207);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no batch", "{}"],
    ["a batch that is no list", '{"batch":{}}'],
  ])("refuses %s with 400, message and errors", async (_what, body) => {
    const { request } = await lab();
    const { status, json, headers } = await request("POST", PATH, body);
    const { message, errors } = json as { message?: unknown; errors?: unknown };
    const isWhole = typeof message === "string" && Array.isArray(errors) && errors.length > 0;
    if (status !== 400 || !isWhole || !headers.get("content-type")?.includes("json")) {
      throw new Error(`${status} ${JSON.stringify(json)}`);
    }
  });

  it("refuses more events than the project allows with 413", async ({ expect }) => {
    const { request } = await lab();
    const batch = Array.from({ length: 10_001 }, () => ({}));
    const { status, json } = await request("POST", PATH, { batch });
    expect(status).toBe(413);
    expect(json).toMatchObject({
      message: expect.stringMatching(/^batch: has 10001 events; at most 10000/),
      errors: [expect.anything()],
    });
  });

  it("refuses a body over the limit with 413", async ({ expect }) => {
    const { request } = await lab();
    const { status, json } = await request("POST", PATH, "x".repeat(MAX_BODY_BYTES + 1));
    expect(status).toBe(413);
    expect(json).toMatchObject({ errors: [expect.anything()] });
  });

  it("says 503 with Retry-After when storage refuses, and accepts the repetition", async ({
    expect,
  }) => {
    const { basic, env, request, settle, get } = await lab();
    const body = { batch: [span("again")] };
    const refusing = {
      ...env,
      PAYLOADS: { put: () => Promise.reject(new Error("no")) } as unknown as R2Bucket,
    };
    const refused = await call("POST", PATH, { authorization: basic, body, env: refusing });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await request("POST", PATH, body)).status).toBe(207);
    await settle();
    expect(await get("/api/public/observations/again")).toMatchObject({ id: "again" });
  });

  it("trap 2: a secret beside the data reaches no row and no object", async ({ expect }) => {
    const { scope, env, basic, settle } = await lab();
    const secret = `sk-abv-${crypto.randomUUID()}`;
    const metadata = { api_key: secret, sdk_name: "abvdev", sdk_version: "0.0.1b7" };
    const score = event("score-create", { id: "s", traceId: "t", name: "q", value: 1 });
    await call("POST", PATH, {
      authorization: basic,
      body: {
        batch: [
          { ...score, metadata },
          { ...span("o"), metadata },
        ],
        metadata,
      },
      env,
    });
    await settle();

    for (const shard of scope.shards) {
      for (const table of ["obs", "trace", "score", "object", "change"]) {
        const { results } = await shard.prepare(`SELECT * FROM "${table}"`).all();
        expect(JSON.stringify(results)).not.toContain(secret);
      }
    }
    const { objects } = await scope.env.PAYLOADS.list();
    const mine = objects.filter(({ key }) => key.includes(`-${scope.tenant}-`));
    expect(mine).toHaveLength(1);
    const object = await scope.env.PAYLOADS.get(mine[0]?.key ?? "");
    // Members of gzip one after another: each is inflated, so that nothing hides in compression.
    const bytes = new Uint8Array((await object?.arrayBuffer()) ?? []);
    const { gunzipSync } = await import("node:zlib");
    const text = gunzipSync(bytes).toString("utf8");
    expect(text).toContain("abvdev/0.0.1b7");
    expect(text).not.toContain(secret);
  });
});
