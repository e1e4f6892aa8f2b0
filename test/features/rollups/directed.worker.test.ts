import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf, throughLabel } from "../../../src/features/ingest/model.ts";
import { shardIndex } from "../../../src/features/ingest/shard.ts";
import { foldOnce } from "../../../src/features/rollups/fold/actions.ts";
import { readMetrics } from "../../../src/features/rollups/metrics/actions.ts";
import { repair } from "../../../src/features/rollups/repair/actions.ts";
import { retain } from "../../../src/features/rollups/retention/actions.ts";
import { settleOnce } from "../../../src/features/rollups/settle/actions.ts";
import { Refusal } from "../../../src/platform/errors.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Around, faultyD1 } from "../../support/faulty-d1.ts";
import { freshScope } from "../../support/scope.ts";
import { expectExact, stored, untilQuiet } from "./comparison.ts";
import { moveLabels } from "./events.ts";

const START_US = Date.parse("2026-11-20T10:00:00Z") * 1000;
const DAY_MS = 86_400_000;

type Generation = StoredRows["observations"][number];
let serial = 0;

const clock = (): string => clockOf(true, START_US / 1000 + serial, `e${serial++}`);

const generation = (id: string, over: Partial<Generation> = {}): Generation => {
  const startUs = over.startUs ?? START_US;
  return {
    id,
    traceId: "t1",
    clock: clock(),
    type: "GENERATION",
    startUs,
    endUs: startUs + 1000,
    promptName: "greet",
    promptVersion: 1,
    parentId: "root",
    ...over,
  };
};

const sessionScore = (id: string, over: object = {}): StoredRows["scores"][number] => ({
  id,
  clock: clock(),
  sessionId: "s1",
  name: "quality",
  source: "API",
  dataType: "NUMERIC",
  value: 1,
  timestampUs: START_US,
  ...over,
});

const send = (scope: Scope, part: Partial<StoredRows>): Promise<void> =>
  applyRows(scope, [{ v: 1, observations: [], traces: [], scores: [], ...part }], true);

const shardOf = ({ shards }: Scope, owner: string): D1Database =>
  shards[shardIndex(owner, shards.length)] as D1Database;

async function foldAll({ shards, now }: Scope): Promise<void> {
  for (const shard of shards) while (await foldOnce(shard, { shards, now }));
}

const later = (scope: Scope, days: number): Scope => ({
  ...scope,
  now: new Date(scope.now.getTime() + days * DAY_MS),
});

/** A database that lets something else happen once, just before its call of that number. */
function meanwhile(db: D1Database, number: number, happens: () => Promise<unknown>): D1Database {
  let calls = 0;
  const around: Around = async (call) => {
    if (calls++ === number) await happens();
    return call();
  };
  return faultyD1(db, around);
}

describe("schedules that random histories hardly meet", () => {
  it("a value that went and came back between two log rows is an extreme again", async ({
    expect,
  }) => {
    const scope = freshScope();
    const { shards, now } = scope;
    const shard = shardOf(scope, "t1");
    const ends = (id: string, us: number) => generation(id, { endUs: START_US + us });
    await send(scope, {
      observations: [ends("a", 10), ends("b", 20), ends("c", 30), ends("d", 40)],
    });
    await untilQuiet(scope);
    // The smallest goes; before the fold looks, the next one goes too: the look-up sees neither.
    await send(scope, { observations: [ends("a", 50)] });
    const busy = meanwhile(shard, 3, () => send(scope, { observations: [ends("b", 60)] }));
    await foldOnce(busy, { shards, now });
    // It comes back in another row, and both rows are folded at once.
    await send(scope, { observations: [ends("b", 20)] });
    await untilQuiet(scope);
    await expectExact(expect, scope);
  });

  it("a change while a marked session is being settled is settled too", async ({ expect }) => {
    const scope = freshScope();
    const home = shardOf(scope, "s1");
    await send(scope, {
      traces: [{ id: "t1", clock: clock(), sessionId: "s1" }],
      observations: [generation("a")],
      scores: [sessionScore("one")],
    });
    // After the marks and the generations were read, an earlier generation comes, and its mark.
    const [first, ...others] = scope.shards as [D1Database];
    const busy = meanwhile(first, 1, async () => {
      await send(scope, {
        observations: [generation("b", { startUs: START_US - 7_200_000_000 })],
      });
      await foldAll(scope);
    });
    expect(await settleOnce(home, [busy, ...others])).toMatchObject({ sessions: 1 });
    await untilQuiet(scope);
    await expectExact(expect, scope);
  });

  it("a trace score follows the earliest generation of each version", async ({ expect }) => {
    const scope = freshScope();
    const score = { ...sessionScore("one"), traceId: "t1" };
    delete (score as { sessionId?: string }).sessionId;
    await send(scope, { scores: [score] });
    await untilQuiet(scope);
    const other = generation("b", { promptVersion: 2, startUs: START_US - 3_600_000_000 });
    await send(scope, { observations: [generation("c"), other] });
    await untilQuiet(scope);
    await expectExact(expect, scope);
    await send(scope, { observations: [generation("a", { startUs: START_US - 600_000_000 })] });
    await untilQuiet(scope);
    await expectExact(expect, scope);
    await send(scope, { observations: [{ ...generation("a"), deleted: true }] });
    await untilQuiet(scope);
    expect(await expectExact(expect, scope)).toBe(6);
  });
});

describe("a version that a trace meets by number and by label", () => {
  /** Generations of version 1: by its number, and through the label that points at it. */
  const labelled = (id: string, over: Partial<Generation> = {}): Generation => {
    const { promptVersion: _, ...rest } = generation(id, over);
    return { ...rest, promptLabel: "live" };
  };
  /** Values of a score per stored version, over all days. */
  const scored = async (scope: Scope): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    for (const [key, { metrics }] of (await stored(scope)).flatMap((cells) => [...cells])) {
      const [level, , version] = key.split("/");
      if (level !== "2") continue;
      for (const [metric, { n }] of Object.entries(metrics)) {
        if (metric.includes(":NUMERIC:")) found[version ?? ""] = (found[version ?? ""] ?? 0) + n;
      }
    }
    return found;
  };
  const traceScore: StoredRows["scores"][number] = (() => {
    const { sessionId: _, ...rest } = sessionScore("one");
    return { ...rest, traceId: "t1" };
  })();

  it("has its trace's score once, beside the generation that named it", async ({ expect }) => {
    const scope = freshScope();
    await moveLabels(scope, START_US / 1000);
    await send(scope, {
      // The label's generation is the earlier one: it led to version 1.
      observations: [generation("a"), labelled("b", { startUs: START_US - 3_600_000_000 })],
      scores: [traceScore],
    });
    await untilQuiet(scope);
    expect(await scored(scope)).toEqual({ "1": 1 });
    const { data } = await readMetrics(scope, "greet", {});
    expect(data[0]).toMatchObject({ version: 1, count: 2, countThroughLabel: 1 });
    expect(data[0]?.scores).toMatchObject([
      { n: 1, source: "API" },
      { n: 1, source: null },
    ]);
    // Without the one that named it, the label's has it.
    await send(scope, { observations: [{ ...generation("a"), deleted: true }] });
    await untilQuiet(scope);
    expect(await scored(scope)).toEqual({ [throughLabel(1)]: 1 });
    await expectExact(expect, scope);
  });

  it("has its session's score once, over all shards", async ({ expect }) => {
    const scope = freshScope();
    await moveLabels(scope, START_US / 1000);
    const inSession = (id: string) => ({ id, clock: clock(), sessionId: "s1" });
    await send(scope, {
      traces: [inSession("t1"), inSession("t2"), inSession("t3")],
      observations: [
        labelled("b", { startUs: START_US - 3_600_000_000 }),
        generation("a", { traceId: "t2" }),
        generation("c", { traceId: "t3", promptVersion: 2 }),
      ],
      scores: [sessionScore("one")],
    });
    await untilQuiet(scope);
    expect(await scored(scope)).toEqual({ "1": 1, "2": 1 });
    await expectExact(expect, scope);
    await send(scope, {
      observations: [{ ...generation("a", { traceId: "t2" }), deleted: true }],
    });
    await untilQuiet(scope);
    expect(await scored(scope)).toEqual({ [throughLabel(1)]: 1, "2": 1 });
    await expectExact(expect, scope);
  });
});

describe("retention", () => {
  const keep = (scope: Scope) => ({
    now: scope.now,
    daysOf: (project: number) => (project === scope.tenant ? 30 : 3650),
    projects: [scope.tenant],
    payloads: scope.env.PAYLOADS,
  });
  const walk = async (scope: Scope): Promise<void> => {
    for (const [i, shard] of scope.shards.entries()) {
      await shard.prepare("DELETE FROM cursor WHERE name = 'retention'").run();
      const retention = keep(scope);
      await retain(shard, i === 0 ? retention : { ...retention, projects: [] }, 500);
    }
  };
  const rowsOf = async ({ shards, tenant }: Scope, table: string): Promise<unknown[]> => {
    const parts = await Promise.all(
      shards.map((shard) =>
        shard.prepare(`SELECT * FROM ${table} WHERE project = ${tenant}`).all(),
      ),
    );
    return parts.flatMap(({ results }) => results);
  };

  it("deletes whole traces that are closed, and keeps what they counted in daily buckets", async ({
    expect,
  }) => {
    const scope = freshScope();
    await send(scope, {
      traces: [{ id: "t1", clock: clock(), sessionId: "s1" }],
      observations: [
        generation("a"),
        generation("b", { endUs: START_US + 7 }),
        generation("c", { traceId: "t2" }),
      ],
      scores: [sessionScore("one")],
    });
    await untilQuiet(scope);
    const days = async () =>
      (await stored(scope)).map((cells) =>
        Object.fromEntries([...cells].filter(([key]) => key.startsWith("2/"))),
      );
    const before = await days();

    const straddling = later(scope, 29);
    await send(straddling, {
      observations: [
        generation("d", { traceId: "t2", startUs: straddling.now.getTime() * 1000 - 1_000_000 }),
      ],
    });
    await untilQuiet(straddling);
    const end = later(scope, 31);
    await walk(end);
    expect(await rowsOf(end, "obs")).toMatchObject([{ id: "c" }, { id: "d" }]);
    expect(await rowsOf(end, "score")).toEqual([]);
    expect(await rowsOf(end, "session_use")).toEqual([]);

    // An update of the straddling trace still reaches its closed day, exactly.
    await send(end, { observations: [{ ...generation("c", { traceId: "t2" }), deleted: true }] });
    await untilQuiet(end);
    const after = await days();
    const day = (cells: typeof before): number =>
      cells
        .flatMap((each) => Object.entries(each))
        .filter(([key]) => key.includes(`/${Math.floor(START_US / 86_400_000_000)}/`))
        .reduce((sum, [, { n }]) => sum + n, 0);
    expect(day(before)).toBe(3);
    expect(day(after)).toBe(2);
    await expectExact(expect, end);
  });

  it("deletes 5-minute buckets after 73 hours and hours after 91 days", async ({ expect }) => {
    const scope = freshScope();
    await send(scope, { observations: [generation("a")] });
    await untilQuiet(scope);
    const levels = async (): Promise<string[]> =>
      (await stored(scope)).flatMap((cells) => [...cells.keys()].map((key) => key.slice(0, 1)));
    expect((await levels()).sort()).toEqual(["0", "1", "2"]);
    await walk(later(scope, 3));
    expect((await levels()).sort()).toEqual(["1", "2"]);
    await walk(later(scope, 92));
    expect(await levels()).toEqual(["2"]);
  });

  it("deletes old payload objects and what is recorded of them", async ({ expect }) => {
    const scope = freshScope();
    const [home] = scope.shards as [D1Database];
    const names = [`in/2026-11-20/10/x-${scope.tenant}-0`, `in/2026-12-25/10/y-${scope.tenant}-0`];
    for (const name of names) {
      await scope.env.PAYLOADS.put(name, "payload");
      await home
        .prepare("INSERT INTO object (project, name, traces) VALUES (?1, ?2, '[]')")
        .bind(scope.tenant, name)
        .run();
    }
    await walk(later(scope, 40));
    expect(await rowsOf(scope, "object")).toMatchObject([{ name: names[1] }]);
    expect(await scope.env.PAYLOADS.head(names[0] ?? "")).toBeNull();
    expect(await scope.env.PAYLOADS.head(names[1] ?? "")).not.toBeNull();
  });
});

describe("repair", () => {
  const DAY = "2026-11-20";

  it("makes spoilt buckets what the rows say, and touches nothing that is right", async ({
    expect,
  }) => {
    const scope = freshScope();
    await send(scope, { observations: [generation("a"), generation("b", { traceId: "t2" })] });
    await untilQuiet(scope);
    const version = { prompt: "greet", version: 1 };
    expect(await repair(scope, version, [DAY])).toEqual([{ day: DAY, changed: 0 }]);
    for (const shard of scope.shards) {
      await shard
        .prepare("UPDATE bucket SET data = replace(data, '1000', '1001') WHERE project = ?1")
        .bind(scope.tenant)
        .run();
      await shard
        .prepare("UPDATE bucket SET env = 'lost' WHERE project = ?1 AND level = 1")
        .bind(scope.tenant)
        .run();
    }
    const [repaired] = await repair(scope, version, [DAY]);
    expect(repaired?.changed).toBeGreaterThanOrEqual(4);
    await expectExact(expect, scope);
  });

  it("folds first what waits, so that nothing is counted twice", async ({ expect }) => {
    const scope = freshScope();
    await send(scope, { observations: [generation("a")] });
    await repair(scope, { prompt: "greet", version: 1 }, [DAY]);
    await untilQuiet(scope);
    await expectExact(expect, scope);
  });

  it("refuses days whose rows are deleted", async ({ expect }) => {
    const scope = freshScope();
    await send(scope, { observations: [generation("a")] });
    await untilQuiet(scope);
    const end = later(scope, 40);
    for (const shard of end.shards) {
      await shard.prepare("DELETE FROM cursor WHERE name = 'retention'").run();
      const daysOf = (project: number): number => (project === end.tenant ? 30 : 3650);
      await retain(shard, { now: end.now, daysOf, projects: [], payloads: end.env.PAYLOADS }, 500);
    }
    const refused = repair(end, { prompt: "greet", version: 1 }, [DAY]);
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(DAY);
  });
});
