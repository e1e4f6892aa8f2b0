import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { shardIndex } from "../../../src/features/ingest/shard.ts";
import { foldOnce } from "../../../src/features/rollups/fold/actions.ts";
import { keepCohorts, readCohorts } from "../../../src/features/rollups/index.ts";
import {
  type CohortPlan,
  countsOf,
  errorCountOf,
  momentsOfSeries,
  totalOfCells,
} from "../../../src/features/rollups/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Around, faultyD1 } from "../../support/faulty-d1.ts";
import { freshScope } from "../../support/scope.ts";
import { expectCohorts, METRICS } from "./cohort-plans.ts";
import { untilQuiet } from "./comparison.ts";

const NOW_US = Date.parse("2026-11-20T12:00:00Z") * 1000;
const MINUTE_US = 60_000_000;

type Generation = StoredRows["observations"][number];
let serial = 0;
const clock = (): string => clockOf(true, NOW_US / 1000 + serial, `e${serial++}`);

const generation = (id: string, over: Partial<Generation> = {}): Generation => {
  const startUs = over.startUs ?? NOW_US;
  return {
    id,
    traceId: "t1",
    clock: clock(),
    type: "GENERATION",
    startUs,
    endUs: startUs + 1_000_000,
    environment: "default",
    promptName: "greet",
    promptVersion: 1,
    parentId: "root",
    ...over,
  };
};

const send = (scope: Scope, part: Partial<StoredRows>): Promise<void> =>
  applyRows(scope, [{ v: 1, observations: [], traces: [], scores: [], ...part }], true);

const plan = (over: Partial<CohortPlan> = {}): CohortPlan => ({
  rollout: "r1",
  stage: 0,
  prompt: "greet",
  control: 1,
  candidate: 2,
  environment: "default",
  split: "spl_1",
  unit: "request",
  share: 0.5,
  fromUs: NOW_US - 60 * MINUTE_US,
  eventsFromUs: NOW_US - 60 * MINUTE_US,
  untilUs: null,
  metrics: METRICS,
  ...over,
});

/** A database that lets something else happen once, just before its call of that number. */
function meanwhile(db: D1Database, number: number, happens: () => Promise<unknown>) {
  let calls = 0;
  const around: Around = async (call) => {
    if (calls++ === number) await happens();
    return call();
  };
  return { db: faultyD1(db, around), callsMade: () => calls };
}

const fold = (scope: Scope, shard: D1Database): Promise<unknown> =>
  foldOnce(shard, { shards: scope.shards, now: scope.now });

const homeOf = ({ shards }: Scope): number => shardIndex("t1", shards.length);
const home = (scope: Scope): D1Database => scope.shards[homeOf(scope)] as D1Database;

/** Some rows, of which the first half is folded. */
async function halfFolded(scope: Scope): Promise<void> {
  await send(scope, {
    observations: [generation("a"), generation("b", { promptVersion: 2, level: "ERROR" })],
  });
  await fold(scope, home(scope));
  await send(scope, {
    observations: [generation("a", { endUs: NOW_US + 5 }), generation("c", { promptVersion: 2 })],
  });
}

/** Plays a schedule for every call of a work at which something else may come between. */
async function atEveryCall(
  play: (scope: Scope, number: number) => Promise<{ callsMade: () => number }>,
): Promise<number> {
  for (let number = 0; ; number++) {
    const scope = freshScope(new Date(NOW_US / 1000));
    const { callsMade } = await play(scope, number);
    if (callsMade() <= number) return number;
  }
}

describe("a cohort counts what rows say, whenever it begins", () => {
  it("at any moment of a fold, be it the first of its shard or not", async ({ expect }) => {
    for (const isFirst of [true, false]) {
      const calls = await atEveryCall(async (scope, number) => {
        await halfFolded(scope);
        if (isFirst) await home(scope).prepare("DELETE FROM cursor WHERE name = 'cohorts'").run();
        const between = meanwhile(home(scope), number, () => keepCohorts(scope, [plan()]));
        await fold(scope, between.db);
        await keepCohorts(scope, [plan()]);
        await untilQuiet(scope);
        expect(await expectCohorts(expect, scope, [plan()])).toBeGreaterThan(0);
        return between;
      });
      expect(calls).toBeGreaterThan(4);
    }
  });

  it("with a fold at any moment of its beginning, and of its end", async ({ expect }) => {
    const ended = plan({ untilUs: NOW_US });
    for (const [before, after] of [
      [[], [plan()]],
      [[plan()], [ended]],
      [[ended], [plan()]],
    ] as const) {
      const calls = await atEveryCall(async (scope, number) => {
        await keepCohorts(scope, before);
        await halfFolded(scope);
        const between = meanwhile(home(scope), number, () => fold(scope, home(scope)));
        await keepCohorts(
          { ...scope, shards: scope.shards.with(homeOf(scope), between.db) },
          after,
        );
        await untilQuiet(scope);
        await expectCohorts(expect, scope, after);
        return between;
      });
      expect(calls).toBeGreaterThan(3);
    }
  });

  it("from hours ago on, with rows that are folded, changed, deleted and waiting", async ({
    expect,
  }) => {
    const scope = freshScope(new Date(NOW_US / 1000));
    const hoursAgo = (hours: number): number => NOW_US - hours * 60 * MINUTE_US;
    const rows = [0, 1, 2, 3.5, 7, 7.2, 11].map((hours, i) =>
      generation(`g${i}`, { startUs: hoursAgo(hours), promptVersion: (i % 2) + 1 }),
    );
    await send(scope, { observations: rows });
    await untilQuiet(scope);
    await send(scope, {
      observations: [
        { ...generation("g1"), startUs: hoursAgo(1), deleted: true },
        generation("g4", { startUs: hoursAgo(7), level: "ERROR", endUs: hoursAgo(6) }),
        generation("ahead", { startUs: NOW_US + 4 * MINUTE_US }),
      ],
    });
    const wanted = [plan({ fromUs: hoursAgo(9), eventsFromUs: hoursAgo(10) })];
    await keepCohorts(scope, wanted);
    await untilQuiet(scope);
    // Six generations, each an error or none, a latency, and slow or not.
    expect(await expectCohorts(expect, scope, wanted)).toBe(18);
  });
});

describe("a cohort", () => {
  const kept = async (scope: Scope, rows: Partial<StoredRows>, over: Partial<CohortPlan> = {}) => {
    await keepCohorts(scope, [plan(over)]);
    await send(scope, rows);
    await untilQuiet(scope);
    const [cohort] = await readCohorts(scope, { prompt: "greet", rollout: "r1" });
    return cohort!;
  };

  it("counts its own versions, environment and split, and who names none", async ({ expect }) => {
    const scope = freshScope(new Date(NOW_US / 1000));
    const of = (id: string, over: Partial<Generation> = {}) =>
      generation(id, { traceId: `t-${id}`, ...over });
    const { promptVersion: _version, ...unversioned } = of("label", { promptLabel: "production" });
    const { control, candidate } = await kept(scope, {
      observations: [
        of("control"),
        of("candidate", { promptVersion: 2, split: "spl_1" }),
        of("failed", { promptVersion: 2, level: "ERROR" }),
        of("another version", { promptVersion: 3 }),
        of("another environment", { environment: "staging" }),
        of("another split", { split: "spl_2" }),
        of("another prompt", { promptName: "sum" }),
        of("fallback", { promptFallback: true }),
        of("no generation", { type: "SPAN" }),
        of("too early", { startUs: NOW_US - 61 * MINUTE_US }),
        unversioned,
      ],
    });
    expect(totalOfCells(control.served)).toBe(1);
    expect(totalOfCells(candidate.served)).toBe(2);
    expect(errorCountOf(control)).toEqual({ generations: 1, errors: 0, errorMinutes: 0 });
    expect(errorCountOf(candidate)).toEqual({ generations: 2, errors: 1, errorMinutes: 1 });
  });

  it("says means on their own scale, cut at what was frozen", async ({ expect }) => {
    const scope = freshScope(new Date(NOW_US / 1000));
    const score = (id: string, value: number) => ({
      id,
      clock: clock(),
      traceId: "t1",
      observationId: "a",
      name: "quality",
      source: "EVAL" as const,
      dataType: "NUMERIC" as const,
      value,
      timestampUs: NOW_US,
    });
    const { control, plan: found } = await kept(scope, {
      observations: [
        generation("a", { cost: { total: 0.5 } }),
        generation("b", { endUs: NOW_US + 4_000_000, cost: { total: 7 } }),
      ],
      scores: [score("s1", 2), score("s2", 2.5), score("s3", 99)],
    });
    const momentsOf = (name: string) => {
      const i = found.metrics.findIndex((metric) => metric.name === name);
      return momentsOfSeries(found.metrics[i]!, control.metrics[i]!);
    };
    expect(momentsOf("latency").mean).toBeCloseTo(Math.log(2e6), 1);
    expect(momentsOf("cost")).toEqual({ n: 2, mean: 0.75, m2: 0.125 });
    // 99 is beyond the range and counts as 3.
    expect(momentsOf("quality")).toEqual({ n: 3, mean: 2.5, m2: 0.5 });
    const slow = control.metrics[found.metrics.findIndex(({ name }) => name === "slow")]!;
    expect(countsOf(slow)).toEqual({ n: 2, bad: 1 });
  });

  it("keeps together what was drawn together", async ({ expect }) => {
    const calls = [
      { traceId: "t1", userCell: 7 },
      { traceId: "t2", userCell: 7 },
      { traceId: "t2" },
      { traceId: "t3", startUs: NOW_US + 3 * MINUTE_US },
    ].map((over, i) => generation(`g${i}`, over));
    const cellsOf = async (unit: CohortPlan["unit"]): Promise<number[]> => {
      const scope = freshScope(new Date(NOW_US / 1000));
      const { control } = await kept(scope, { observations: calls }, { unit });
      return [...control.served].filter((n) => n > 0).sort((a, b) => a - b);
    };
    expect(await cellsOf("request")).toEqual([1, 1, 2]);
    expect(await cellsOf("key")).toEqual([1, 1, 2]);
    expect(await cellsOf("process")).toEqual([1, 3]);
  });

  it("takes what comes late after its end, and keeps the terms it was begun with", async ({
    expect,
  }) => {
    const scope = freshScope(new Date(NOW_US / 1000));
    const first = plan({ untilUs: NOW_US + MINUTE_US });
    await keepCohorts(scope, [first]);
    const second = plan({
      stage: 1,
      fromUs: NOW_US + 2 * MINUTE_US,
      eventsFromUs: NOW_US + 2 * MINUTE_US,
    });
    await keepCohorts(scope, [first, second]);
    await keepCohorts(scope, [{ ...first, candidate: 9, metrics: [] }, second]);
    await send(scope, {
      observations: [
        generation("late"),
        generation("between", { startUs: NOW_US + MINUTE_US }),
        generation("after", { startUs: NOW_US + 2 * MINUTE_US }),
      ],
    });
    await untilQuiet(scope);
    const cohorts = await readCohorts(scope, { prompt: "greet", rollout: "r1" });
    expect(cohorts.map(({ plan }) => plan)).toEqual([first, second]);
    expect(cohorts.map(({ control }) => totalOfCells(control.served))).toEqual([1, 1]);
  });

  it("is of one project only", async ({ expect }) => {
    const scope = freshScope(new Date(NOW_US / 1000));
    const other = freshScope(new Date(NOW_US / 1000));
    await keepCohorts(other, [plan()]);
    const { control } = await kept(scope, { observations: [generation("a")] });
    expect(totalOfCells(control.served)).toBe(1);
    const [theirs] = await readCohorts(other, { prompt: "greet", rollout: "r1" });
    expect(totalOfCells(theirs!.control.served)).toBe(0);
  });
});
