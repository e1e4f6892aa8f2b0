import { gunzipSync } from "node:zlib";

import { describe, it } from "vitest";

import { erasePayloads } from "../../../../src/features/ingest/erase/actions.ts";
import { consume } from "../../../../src/features/ingest/index.ts";
import { foldOnce } from "../../../../src/features/rollups/fold/actions.ts";
import { settleOnce } from "../../../../src/features/rollups/settle/actions.ts";
import { now } from "../../../../src/platform/clock.ts";
import type { Env, IngestMessage } from "../../../../src/platform/env.ts";
import type { Scope } from "../../../../src/platform/scope.ts";
import { call } from "../../../support/call.ts";
import { freshProject } from "../../../support/project.ts";
import { ago, event } from "../reads/lab.ts";

const SECRET = "a person's own words";

/** A project whose accepted objects are consumed one by one, when the test says so. */
async function house() {
  const project = await freshProject(now());
  const queued: string[] = [];
  const all: string[] = [];
  const env: Env = {
    ...project.scope.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => {
        queued.push(object);
        all.push(object);
      },
    } as unknown as Env["INGEST"],
  };
  const scope: Scope = { ...project.scope, env };
  const request = (method: string, path: string, body?: unknown) =>
    call(method, path, { authorization: project.basic, body, env });
  const send = (...events: object[]) => request("POST", "/api/public/ingestion", { batch: events });
  const settle = async (): Promise<void> => {
    for (const name of queued.splice(0)) await consume(scope, [name], true);
  };
  const fold = async (): Promise<void> => {
    const at = now();
    for (const shard of scope.shards) {
      while ((await settleOnce(shard, scope.shards)).more);
      while (await foldOnce(shard, { shards: scope.shards, now: at }));
    }
  };
  /** Everything stored of this project, as text: rows, and what R2 holds, unpacked. */
  const everything = async (): Promise<string> => {
    const texts: string[] = [];
    for (const shard of scope.shards) {
      for (const table of ["obs", "trace", "score"]) {
        const { results } = await shard
          .prepare(`SELECT * FROM ${table} WHERE project = ?1`)
          .bind(scope.tenant)
          .all();
        texts.push(JSON.stringify(results));
      }
    }
    return texts.join("\n");
  };
  const measured = async () => {
    await fold();
    const { status, json } = await request("GET", "/api/public/prompts/p/metrics");
    // Nobody made this prompt: it is known by what was measured of it, or not at all.
    if (status === 404) return [];
    return (json as { data: { version: number; count: number; scores: unknown[] }[] }).data;
  };
  return { ...project, scope, env, queued, all, request, send, settle, fold, everything, measured };
}

const generation = (trace: string, id: string, over: object = {}) =>
  event("generation-create", {
    id,
    traceId: trace,
    startTime: ago(5000),
    endTime: ago(4000),
    parentObservationId: "root",
    promptName: "p",
    promptVersion: 1,
    input: SECRET,
    output: { said: SECRET },
    metadata: { note: SECRET },
    ...over,
  });

/** The members of an object that can still be read. */
async function membersOf(env: Env, name: string): Promise<string> {
  const object = await env.PAYLOADS.get(name);
  const bytes = new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer());
  const rowsAt = Number(name.split("-").at(-1));
  const texts: string[] = [];
  for (let from = 0; from < rowsAt;) {
    const next = bytes.findIndex((byte, i) => i > from && byte === 0x1f && bytes[i + 1] === 0x8b);
    const end = next < 0 || next > rowsAt ? rowsAt : next;
    const part = bytes.subarray(from, end);
    if (part[0] === 0x1f) texts.push(gunzipSync(part).toString("utf8"));
    from = end;
  }
  return texts.join("\n");
}

/** The rows of an object, as text. */
async function rowsOf(env: Env, name: string): Promise<string> {
  const object = await env.PAYLOADS.get(name, {
    range: { offset: Number(name.split("-").at(-1)) },
  });
  return gunzipSync(await (object?.arrayBuffer() ?? new ArrayBuffer())).toString("utf8");
}

describe("deleting a trace", () => {
  it("erases its payloads, forgets its words and takes its numbers out", async ({ expect }) => {
    const { request, send, settle, everything, measured, env, all } = await house();
    const score = (id: string, over: object) =>
      event("score-create", { id, name: "q", value: 1, comment: SECRET, ...over });
    await send(
      event("trace-create", {
        id: "t",
        name: SECRET,
        userId: SECRET,
        input: SECRET,
        sessionId: "s",
      }),
      event("span-create", { id: "root", traceId: "t", startTime: ago(6000), input: SECRET }),
      generation("t", "g1"),
      generation("t", "g2"),
      score("o", { traceId: "t", observationId: "g1" }),
      score("t", { traceId: "t" }),
      score("s", { sessionId: "s", comment: "kept" }),
      generation("other", "g1", { input: SECRET, output: "kept output", metadata: undefined }),
    );
    await settle();
    await send(event("generation-update", { id: "g1", traceId: "t", output: "a second output" }));
    await settle();
    expect((await measured())[0]?.count).toBe(3);

    expect((await request("DELETE", "/api/public/traces/t")).status).toBe(200);
    await settle();
    expect((await request("GET", "/api/public/traces/t")).status).toBe(404);
    for (const id of ["root", "g2"]) {
      expect((await request("GET", `/api/public/observations/${id}`)).status, id).toBe(404);
    }
    expect((await request("GET", "/api/public/scores/o")).status).toBe(404);

    const members = (await Promise.all(all.map((name) => membersOf(env, name)))).join("\n");
    expect(members).not.toContain("said");
    expect(members).not.toContain("note");
    expect(members).not.toContain("a second output");
    expect(await everything()).not.toContain(SECRET);
    // The other trace said the same words, and keeps them.
    const other = await request("GET", "/api/public/traces/other");
    expect(other.json).toMatchObject({ observations: [{ input: SECRET, output: "kept output" }] });
    const [version] = await measured();
    expect(version).toMatchObject({ count: 1, scores: [] });
  });

  it("buries what comes late: it is neither shown nor counted nor kept", async ({ expect }) => {
    const { request, send, settle, everything, measured, env, all } = await house();
    await send(event("trace-create", { id: "t" }), generation("t", "g1"));
    await settle();
    await request("DELETE", "/api/public/traces/t");
    await settle();
    await send(
      event("trace-create", { id: "t", name: SECRET }),
      generation("t", "late"),
      event("score-create", {
        id: "late",
        traceId: "t",
        observationId: "late",
        name: "q",
        value: 1,
        comment: SECRET,
      }),
      event("generation-update", { id: "g1", traceId: "t", output: SECRET }),
    );
    await settle();
    expect(await measured()).toEqual([]);
    expect((await request("GET", "/api/public/traces/t")).status).toBe(404);
    expect((await request("GET", "/api/public/observations/late")).status).toBe(404);
    expect(await everything()).not.toContain(SECRET);
    for (const name of all) expect(await membersOf(env, name)).not.toContain(SECRET);
  });

  it("ends the same whatever comes first, and however often", async ({ expect }) => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1, 0],
    ]) {
      const { scope, request, send, queued, measured, everything } = await house();
      await send(event("trace-create", { id: "t" }));
      await send(generation("t", "g1"), generation("t", "g2"));
      const [first = "", second = ""] = queued.splice(0);
      await consume(scope, [first], true);
      await request("DELETE", "/api/public/traces/t");
      const [deletion = ""] = queued.splice(0);
      for (const i of order) await consume(scope, [[first, second, deletion][i] ?? ""], true);
      expect(await measured(), String(order)).toEqual([]);
      expect(await everything()).not.toContain(SECRET);
    }
  });

  it("buries rows that are written at the same moment", async ({ expect }) => {
    const { scope, request, send, queued, measured } = await house();
    await send(event("trace-create", { id: "t" }));
    await consume(scope, queued.splice(0), true);
    for (let i = 0; i < 12; i++) await send(generation("t", `g${i}`));
    await request("DELETE", "/api/public/traces/t");
    await Promise.all(queued.splice(0).map((name) => consume(scope, [name], true)));
    expect(await measured()).toEqual([]);
    for (const shard of scope.shards) {
      const living = await shard
        .prepare("SELECT count(*) AS n FROM obs WHERE project = ?1 AND dead = 0")
        .bind(scope.tenant)
        .first<number>("n");
      expect(living).toBe(0);
    }
  });

  it("buries a trace of many observations", async ({ expect }) => {
    const { scope, request, send, settle, measured } = await house();
    const many = Array.from({ length: 1200 }, (_, i) =>
      generation("t", `g${i}`, { input: undefined, output: undefined, metadata: undefined }),
    );
    await send(event("trace-create", { id: "t" }), ...many);
    await settle();
    expect((await measured())[0]?.count).toBe(1200);
    await request("DELETE", "/api/public/traces/t");
    await settle();
    expect(await measured()).toEqual([]);
    expect(scope.shards.length).toBe(2);
  });
});

describe("the rows inside an object that holds a deleted trace's payloads", () => {
  it("forget it and keep the others, also for a replay", async ({ expect }) => {
    const { env, all, send, settle, request, scope, measured } = await house();
    await send(
      event("trace-create", { id: "t", name: SECRET, userId: SECRET, tags: [SECRET] }),
      generation("t", "g1", { name: SECRET, statusMessage: SECRET }),
      event("score-create", { id: "c", traceId: "t", name: "q", value: 1, comment: SECRET }),
      event("score-create", { id: "s", sessionId: "s", name: "q", value: 1, comment: "kept" }),
      generation("other", "g1", { name: "kept name" }),
    );
    await settle();
    const [name = ""] = all;
    expect(await rowsOf(env, name)).toContain(SECRET);
    await request("DELETE", "/api/public/traces/t");
    await settle();
    const rows = await rowsOf(env, name);
    expect(rows).not.toContain(SECRET);
    expect(rows).toContain("kept name");
    expect(rows).toContain('"comment":"kept"');
    const before = await measured();
    await consume(scope, [name], true);
    expect(await measured()).toEqual(before);
    expect((await request("GET", "/api/public/traces/t")).status).toBe(404);
    const other = await request("GET", "/api/public/observations/g1");
    expect(other.json).toMatchObject({ traceId: "other", name: "kept name", input: SECRET });
  });
});

describe("an object of many payloads", () => {
  it("loses those of each deletion, however many happen at once", async ({ expect }) => {
    const { env, all, send, settle, request, queued, scope } = await house();
    const traces = Array.from({ length: 6 }, (_, i) => `t${i}`);
    await send(...traces.map((t) => generation(t, `g-${t}`, { input: `words of ${t}` })));
    await settle();
    for (const t of traces.slice(0, 4)) await request("DELETE", `/api/public/traces/${t}`);
    await Promise.all(queued.splice(0).map((name) => consume(scope, [name], true)));
    const members = await membersOf(env, all[0] ?? "");
    for (const [i, t] of traces.entries()) {
      expect(members.includes(`words of ${t}`), t).toBe(i >= 4);
    }
    const kept = await request("GET", "/api/public/observations/g-t5");
    expect(kept.json).toMatchObject({ input: "words of t5" });
  });

  it("does not come back when retention takes it meanwhile", async ({ expect }) => {
    const { env, all, send } = await house();
    await send(generation("t", "g"));
    const [name = ""] = all;
    const bucket = {
      get: async (key: string) => {
        const object = await env.PAYLOADS.get(key);
        await env.PAYLOADS.delete(key);
        return object;
      },
      put: env.PAYLOADS.put.bind(env.PAYLOADS),
    } as unknown as R2Bucket;
    await erasePayloads({ ...env, PAYLOADS: bucket }, [`${name}@0+10`], new Set());
    expect(await env.PAYLOADS.head(name)).toBeNull();
  });
});
