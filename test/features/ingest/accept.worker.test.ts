import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { describe, it } from "vitest";

import { objectName, parseObjectName } from "../../../src/features/ingest/accept/payload.ts";
import { recordObject, writeCursor } from "../../../src/features/ingest/consumer/store.ts";
import {
  accept,
  consume,
  consumeQueue,
  ingestJobs,
  readPayload,
} from "../../../src/features/ingest/index.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import type { Env, IngestMessage } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { freshProject } from "../../support/project.ts";
import { freshScope } from "../../support/scope.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const START_US = NOW.getTime() * 1000 - 60_000_000;

/** A scope whose queue remembers instead of delivering, so that the test decides what happens. */
function quietScope(faults: { r2?: boolean; queue?: boolean } = {}, scope = freshScope(NOW)) {
  const queued: string[] = [];
  const env: Env = {
    ...scope.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => {
        if (faults.queue) throw new Error("the queue is down");
        queued.push(object);
      },
    } as unknown as Env["INGEST"],
    PAYLOADS: faults.r2
      ? ({ put: () => Promise.reject(new Error("R2 is down")) } as unknown as R2Bucket)
      : scope.env.PAYLOADS,
  };
  return { scope: { ...scope, env } satisfies Scope, queued };
}

const generation = (id: string, over: object = {}) => ({
  id,
  traceId: `trace-${id}`,
  clock: clockOf(false, NOW.getTime(), id),
  type: "GENERATION" as const,
  startUs: START_US,
  endUs: START_US + 1000,
  ...over,
});

const nothing = { observations: [], traces: [], scores: [] };

const countRows = async ({ shards, tenant }: Scope): Promise<number> => {
  let n = 0;
  for (const shard of shards) {
    n +=
      (await shard
        .prepare("SELECT count(*) AS n FROM obs WHERE project = ?1")
        .bind(tenant)
        .first<number>("n")) ?? 0;
  }
  return n;
};

describe("accept", () => {
  it("keeps rows and payloads in one object, each payload readable by itself", async ({
    expect,
  }) => {
    const { scope, queued } = quietScope();
    const question = { messages: ["hello"] };
    const rejected = await accept(scope, {
      ...nothing,
      observations: [
        generation("a", { input: question, output: "hi", metadata: { k: 1 } }),
        generation("b", { input: "", output: "Grüße" }),
      ],
      traces: [{ id: "trace-a", clock: "0", input: question, output: "hi" }],
    });
    expect(rejected).toEqual([]);
    expect(queued.length).toBe(1);
    await consume(scope, queued, false);

    const docs = await Promise.all(
      scope.shards.map((shard) =>
        shard
          .prepare(
            "SELECT id, doc FROM obs WHERE project = ?1 UNION ALL SELECT id, doc FROM trace WHERE project = ?1",
          )
          .bind(scope.tenant)
          .all<{ id: string; doc: string }>(),
      ),
    );
    const said = Object.fromEntries(
      docs.flatMap(({ results }) => results).map(({ id, doc }) => [id, JSON.parse(doc).v]),
    );
    expect(await readPayload(scope, said["a"].input)).toEqual({
      input: question,
      output: "hi",
      metadata: { k: 1 },
    });
    expect(await readPayload(scope, said["b"].output)).toEqual({ output: "Grüße" });
    expect(said["b"].input).toBeUndefined();
    expect(said["trace-a"].input).toBe(said["a"].input);
  });

  it("says which items lie outside the retention window and keeps the others", async ({
    expect,
  }) => {
    const { scope, queued } = quietScope();
    const day = 86_400_000_000;
    const rejected = await accept(scope, {
      ...nothing,
      observations: [
        generation("old", { startUs: START_US - 32 * day }),
        generation("future", { startUs: START_US + day }),
        generation("good"),
      ],
    });
    expect(rejected).toEqual([
      {
        id: "old",
        clock: expect.any(String) as string,
        status: 400,
        message: "startTime is older than the project's retention of 30 days",
      },
      {
        id: "future",
        clock: expect.any(String) as string,
        status: 400,
        message: "startTime is more than 5 minutes in the future",
      },
    ]);
    await consume(scope, queued, false);
    expect(await countRows(scope)).toBe(1);
  });

  it("names a payload over 1 MB and keeps the others", async ({ expect }) => {
    const { scope, queued } = quietScope();
    const huge = generation("huge", { input: "x".repeat(1_000_001) });
    const rejected = await accept(scope, {
      ...nothing,
      observations: [huge, generation("good", { input: "x".repeat(900_000) })],
    });
    expect(rejected).toEqual([
      {
        id: "huge",
        clock: huge.clock,
        status: 413,
        message: "input, output and metadata are larger than 1 MB",
      },
    ]);
    await consume(scope, queued, false);
    expect(await countRows(scope)).toBe(1);
  });

  it("answers 503 with Retry-After when R2 refuses", async ({ expect }) => {
    const { scope } = quietScope({ r2: true });
    const tried = accept(scope, { ...nothing, observations: [generation("a")] });
    await expect(tried).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 5 });
  });

  it("accepts while the queue is down, and the sweep queues what was lost", async ({ expect }) => {
    // An hour of its own: the storage is full of other tests' objects, and a sweep is bounded.
    const hour = new Date("2026-11-20T17:00:00.000Z");
    const { scope } = quietScope({ queue: true }, freshScope(hour));
    await accept(scope, { ...nothing, observations: [generation("a")] });
    const queued: string[] = [];
    const env = {
      ...scope.env,
      INGEST: {
        send: async ({ object }: IngestMessage) => void queued.push(object),
      } as unknown as Env["INGEST"],
    };
    await writeCursor(env.EVENTS_0, "sweep", "in/2026-11-20/17/").run();
    const sweep = ingestJobs.find(({ name }) => name === "sweep");
    const ours = () => queued.filter((name) => parseObjectName(name)?.tenant === scope.tenant);

    await sweep?.run(env, new Date());
    expect(ours()).toEqual([]);
    const later = new Date(Date.now() + 3 * 60_000);
    await sweep?.run(env, later);
    expect(ours().length).toBe(1);
    await consume(scope, ours(), false);
    expect(await countRows(scope)).toBe(1);
    queued.length = 0;
    await sweep?.run(env, later);
    expect(ours()).toEqual([]);
  });

  it("sweeps what was written after objects whose names follow its own", async ({ expect }) => {
    const hour = new Date("2026-11-20T03:00:00.000Z");
    const { scope } = quietScope({ queue: true }, freshScope(hour));
    const env = { ...scope.env };
    const name = objectName(hour, "r_1", scope.tenant, 0);
    const quick = objectName(new Date(hour.getTime() + 1_000), "r_2", scope.tenant, 0);
    const sweep = ingestJobs.find(({ name }) => name === "sweep");
    const queued: string[] = [];
    const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
    // R2 says when an object was written; here the slow one was, half a minute after the quick one.
    const listed = (key: string, uploaded: Date) => ({ key, uploaded }) as R2Object;
    const objects = [listed(name, minutesAgo(1.75)), listed(quick, minutesAgo(2.25))];
    const PAYLOADS = {
      list: async ({ startAfter = "" }: R2ListOptions) => ({
        objects: objects.filter(({ key }) => key > startAfter),
        truncated: false,
      }),
    } as unknown as R2Bucket;
    const INGEST = {
      send: async ({ object }: IngestMessage) => void queued.push(object),
    } as unknown as Env["INGEST"];
    await writeCursor(env.EVENTS_0, "sweep", "in/2026-11-20/03/").run();
    await recordObject(env.EVENTS_0, { tenant: scope.tenant, name: quick, traces: [] }).run();

    await sweep?.run({ ...env, PAYLOADS, INGEST }, new Date());
    expect(queued).toEqual([]);
    await sweep?.run({ ...env, PAYLOADS, INGEST }, new Date(Date.now() + 60_000));
    expect(queued).toEqual([name]);
  });

  it("does not let a bad object hold up its neighbours", async ({ expect }) => {
    const { scope, queued } = quietScope({}, (await freshProject(NOW)).scope);
    await accept(scope, { ...nothing, observations: [generation("a")] });
    const gone = objectName(NOW, "r_gone", scope.tenant, 0);
    const messages = [gone, ...queued].map((object, i) => ({
      id: String(i),
      timestamp: NOW,
      attempts: 1,
      body: { object },
    }));
    const batch = createMessageBatch<IngestMessage>("promptside-ingest", messages);
    await consumeQueue(batch, scope.env);
    const result = await getQueueResult(batch, createExecutionContext());
    expect(result.explicitAcks.sort()).toEqual(["0", "1"]);
    expect(await countRows(scope)).toBe(1);
    const parked = await scope.env.EVENTS_0.prepare(
      "SELECT error FROM object WHERE project = ?1 AND name = ?2",
    )
      .bind(scope.tenant, gone)
      .first<string>("error");
    expect(parked).toBe(`${gone} is gone`);
  });
});
