import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows, NotYetKnown } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Around, faultyD1 } from "../../support/faulty-d1.ts";
import { freshScope } from "../../support/scope.ts";

const START_US = Date.parse("2026-11-20T10:00:00Z") * 1000;

const rows = (part: Partial<StoredRows>): StoredRows => ({
  v: 1,
  observations: [],
  traces: [],
  scores: [],
  ...part,
});

async function all<T>(scope: Scope, table: string): Promise<T[]> {
  const parts = await Promise.all(
    scope.shards.map((shard) =>
      shard.prepare(`SELECT * FROM ${table} WHERE project = ?1`).bind(scope.tenant).all<T>(),
    ),
  );
  return parts.flatMap(({ results }) => results);
}

const generation = (traceId: string | null, id: string, over: object = {}) => ({
  id,
  traceId,
  clock: clockOf(false, START_US / 1000, id),
  type: "GENERATION" as const,
  startUs: START_US,
  endUs: START_US + 250_000,
  parentId: "root",
  promptName: "greet",
  promptVersion: 2,
  model: "gpt-4o",
  usage: { input: 100, output: 10, total: 110 },
  ...over,
});

describe("consumer", () => {
  it("keeps a parentless span in its trace's row and a generation in one of its own", async ({
    expect,
  }) => {
    const scope = freshScope();
    const object = rows({
      observations: [
        {
          id: "root",
          traceId: "t1",
          clock: clockOf(false, 1, "root"),
          type: "SPAN",
          startUs: START_US,
        },
        generation("t1", "g1"),
      ],
      traces: [{ id: "t1", clock: clockOf(false, 1, "root"), name: "chat", timestampUs: START_US }],
    });
    await applyRows(scope, [object], false);
    await applyRows(scope, [object, object], false);

    expect(await all(scope, "obs")).toMatchObject([
      {
        trace: "t1",
        id: "g1",
        prompt: "greet",
        version: 2,
        tin: 100,
        tout: 10,
        rev: 1,
        err: 0,
        env: "default",
      },
    ]);
    expect(await all(scope, "trace")).toMatchObject([{ id: "t1", root_id: "root", rev: 1 }]);
  });

  it("prices what two events together make known", async ({ expect }) => {
    const scope = freshScope();
    const { usage, model, ...create } = generation("t1", "g1");
    await applyRows(scope, [rows({ observations: [{ ...create, model }] })], false);
    expect(await all(scope, "obs")).toMatchObject([{ cost: null, tin: null, rev: 1 }]);
    const update = { id: "g1", traceId: "t1", clock: clockOf(true, 5, "u"), usage };
    await applyRows(scope, [rows({ observations: [update] })], false);
    // gpt-4o: 2.50 USD and 10 USD per million tokens (OpenAI's price list of 2024-10).
    expect(await all(scope, "obs")).toMatchObject([
      { cost: 350_000, cost_in: 250_000, cost_out: 100_000, tin: 100, tout: 10, ttot: 110, rev: 2 },
    ]);
  });

  it("finds the trace of an observation that does not name it, in any shard", async ({
    expect,
  }) => {
    const scope = freshScope();
    for (const trace of ["ta", "tb", "tc", "td"]) {
      await applyRows(scope, [rows({ observations: [generation(trace, `g-${trace}`)] })], false);
      const update = {
        id: `g-${trace}`,
        traceId: null,
        clock: clockOf(true, 9, "u"),
        name: "found",
      };
      await applyRows(scope, [rows({ observations: [update] })], false);
    }
    const found = await all<{ trace: string; rev: number }>(scope, "obs");
    expect(Object.fromEntries(found.map(({ trace, rev }) => [trace, rev]))).toEqual({
      ta: 2,
      tb: 2,
      tc: 2,
      td: 2,
    });
  });

  it("waits for an unknown observation, and takes the event as it is at the last chance", async ({
    expect,
  }) => {
    const scope = freshScope();
    const orphan = rows({ observations: [generation(null, "g9")] });
    await expect(applyRows(scope, [orphan], false)).rejects.toThrow(NotYetKnown);
    await applyRows(scope, [orphan], true);
    expect(await all(scope, "obs")).toMatchObject([{ trace: "g9", id: "g9" }]);
  });

  it("loses no saying when many writers touch one row at once", async ({ expect }) => {
    const scope = freshScope();
    const says = Array.from({ length: 6 }, (_, i) => ({
      id: "g1",
      traceId: "t1",
      clock: clockOf(true, i, `e${i}`),
      modelParameters: { i },
      metadata: [`ref-${i}`],
    }));
    await Promise.all(
      says.map((patch) => applyRows(scope, [rows({ observations: [patch] })], false)),
    );
    await applyRows(scope, [rows({ observations: [generation("t1", "g1")] })], false);
    const [row] = await all<{ doc: string; rev: number }>(scope, "obs");
    const { v } = JSON.parse(row?.doc ?? "{}") as { v: Record<string, unknown> };
    expect(v["metadata"]).toEqual(says.map(({ metadata }) => metadata[0]));
    expect(v["modelParameters"]).toEqual({ i: 5 });
  });

  it("moves a root span into a row of its own when it turns out to be a generation", async ({
    expect,
  }) => {
    const scope = freshScope();
    const { parentId: _parent, ...root } = generation("t1", "root", { type: "SPAN" });
    await applyRows(scope, [rows({ observations: [root] })], false);
    expect(await all(scope, "trace")).toMatchObject([{ root_id: "root" }]);
    const update = {
      id: "root",
      traceId: "t1",
      clock: clockOf(true, 1, "u"),
      type: "GENERATION" as const,
    };
    await applyRows(scope, [rows({ observations: [update] })], false);
    expect(await all(scope, "trace")).toMatchObject([{ root_id: null, root: null }]);
    expect(await all(scope, "obs")).toMatchObject([{ id: "root", type: "GENERATION", version: 2 }]);
  });

  const { parentId: _parent, ...root } = generation("t1", "one", { type: "SPAN" });
  // Each is written between another writer's read and its write.
  it.for([
    { says: "a generation", observation: generation("t1", "one"), table: "obs" },
    {
      says: "the root of its trace",
      observation: root,
      table: "trace",
    },
  ])("merges into a row that came meanwhile: $says", async ({ observation, table }, { expect }) => {
    const scope = freshScope();
    const meanwhile = () => applyRows(scope, [rows({ observations: [observation] })], false);
    const late = {
      id: "one",
      traceId: "t1",
      clock: clockOf(true, START_US / 1000, "late"),
      type: observation.type,
      name: "late",
    };
    const { shards, moved } = interrupted(scope.shards, meanwhile);
    await applyRows({ ...scope, shards }, [rows({ observations: [late] })], false);
    expect(moved()).toBe(1);
    const found = await all<{ doc: string; root: string | null }>(scope, table);
    const docs = found.map((row) => row.root ?? row.doc);
    expect(docs.map((doc) => JSON.parse(doc) as object)).toMatchObject([
      { v: { name: "late", startUs: START_US } },
    ]);
    const other = table === "obs" ? "trace" : "obs";
    expect(await all(scope, other)).toEqual([]);
  });

  it("cuts a large request into transactions and parameters of bounded size", async ({
    expect,
  }) => {
    const scope = freshScope();
    const statusMessage = "x".repeat(4_000);
    const observations = Array.from({ length: 700 }, (_, i) =>
      generation(`t${i % 40}`, `g${i}`, { statusMessage }),
    );
    const { shards, transactions, longest } = watched(scope.shards);
    await applyRows({ ...scope, shards }, [rows({ observations })], false);
    expect((await all(scope, "obs")).length).toBe(700);
    // With what a row has beside it some 1.8 million characters in each of two shards.
    expect(transactions()).toBe(2 * scope.shards.length);
    expect(longest()).toBeLessThanOrEqual(500_000 + 5_000);
    expect(longest()).toBeGreaterThan(250_000);
  });
});

/** Shards on which another writer comes between the first read and the first write. */
function interrupted(shards: readonly D1Database[], meanwhile: () => Promise<void>) {
  let batches = 0;
  let failed = 0;
  const around: Around = async (call) => {
    batches += 1;
    if (batches === 2) await meanwhile();
    try {
      return await call();
    } catch (error) {
      failed += 1;
      throw error;
    }
  };
  return { shards: shards.map((shard) => faultyD1(shard, around)), moved: () => failed };
}

/** Shards that tell how many transactions wrote to them, and how long the longest parameter was. */
function watched(shards: readonly D1Database[]) {
  let transactions = 0;
  let longest = 0;
  const watch = (shard: D1Database): D1Database =>
    ({
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => {
          if (sql.startsWith("INSERT INTO change")) transactions += 1;
          for (const value of values) longest = Math.max(longest, String(value).length);
          return shard.prepare(sql).bind(...values);
        },
      }),
      batch: (statements: D1PreparedStatement[]) => shard.batch(statements),
    }) as unknown as D1Database;
  return {
    shards: shards.map(watch),
    transactions: () => transactions,
    longest: () => longest,
  };
}
