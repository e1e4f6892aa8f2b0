import { describe, type ExpectStatic, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { repriceStep } from "../../../src/features/ingest/reprice/actions.ts";
import { setPrice } from "../../../src/features/pricing/actions.ts";
import { foldOnce } from "../../../src/features/rollups/fold/actions.ts";
import { keepCohorts } from "../../../src/features/rollups/index.ts";
import type { CohortPlan } from "../../../src/features/rollups/model.ts";
import { repair } from "../../../src/features/rollups/repair/actions.ts";
import { retain } from "../../../src/features/rollups/retention/actions.ts";
import { settleOnce } from "../../../src/features/rollups/settle/actions.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import {
  type Around,
  crashAt,
  faultyD1,
  interleave,
  isCrash,
  seeded,
} from "../../support/faulty-d1.ts";
import { freshScope } from "../../support/scope.ts";
import { expectCohorts, planned } from "./cohort-plans.ts";
import { expectExact, untilQuiet } from "./comparison.ts";
import { chance, moveLabels, pick, randomRows, type World } from "./events.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEPS = 24;

type Counts = {
  crashes: number;
  races: number;
  lookUps: number;
  repriced: number;
  compared: number;
  /** Values in the cohorts that were compared. */
  held: number;
};

/** What a step of a history may do to the storage it is given. */
type Work = (scope: Scope) => Promise<unknown>;

const through = (scope: Scope, around: Around): Scope => ({
  ...scope,
  db: openRegistry(faultyD1(scope.env.DB, around)),
  shards: scope.shards.map((shard) => faultyD1(shard, around)),
});

const ingest =
  (rows: StoredRows): Work =>
  (scope) =>
    applyRows(scope, [rows], true);

const fold =
  (index: number, counts: Counts): Work =>
  async ({ shards, now }) => {
    const folded = await foldOnce(shards[index] as D1Database, { shards, now });
    counts.lookUps += folded?.lookUps ?? 0;
  };

const keep =
  (plans: readonly CohortPlan[]): Work =>
  (scope) =>
    keepCohorts(scope, plans);

const settle =
  (index: number): Work =>
  ({ shards }) =>
    settleOnce(shards[index] as D1Database, shards);

/** Another price, and the rows priced anew by it. */
const reprice =
  (random: () => number, counts: Counts): Work =>
  async (given) => {
    // The registry stays up: what is not known there is refused, and that is no crash.
    const scope = { ...given, db: openRegistry(given.env.DB) };
    const usdPerMillion = { input: pick(random, [0, 3, 250]), output: pick(random, [1, 40]) };
    const validFrom = pick(random, ["2026-01-01T00:00:00.000Z", "2026-11-19T00:00:00.000Z"]);
    await setPrice(scope, {
      model: pick(random, ["gpt-4o", "claude-sonnet-4"]),
      validFrom,
      usdPerMillion,
    });
    let cursor: string | undefined;
    do {
      const { changed, nextCursor } = await repriceStep(scope, { cursor });
      counts.repriced += changed;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  };

/** Deletes only the history's own rows; every call is a new day's walk. */
const expire: Work = async ({ shards, now, tenant, env }) => {
  for (const shard of shards) {
    await shard.prepare("DELETE FROM cursor WHERE name = 'retention'").run();
    const daysOf = (project: number): number => (project === tenant ? 30 : 3650);
    await retain(shard, { now, daysOf, projects: [], payloads: env.PAYLOADS }, 200);
  }
};

/** Runs a work that crashes at one of its calls, or not at all. @returns whether it got through */
async function attempt(scope: Scope, work: Work, random: () => number): Promise<boolean> {
  const crash = crashAt(Math.floor(random() * 14), pick(random, ["before", "after"] as const));
  try {
    await work(chance(random, 0.35) ? through(scope, crash) : scope);
    return true;
  } catch (error) {
    if (isCrash(error)) return false;
    throw error;
  }
}

/** Makes a stored bucket wrong, and says which day has to be repaired. */
async function spoil({ shards, tenant }: Scope, random: () => number) {
  const shard = pick(random, shards);
  const { results } = await shard
    .prepare("SELECT * FROM bucket WHERE project = ?1 AND level = 2 ORDER BY prompt, version, slot")
    .bind(tenant)
    .all<{ prompt: string; version: number; slot: number; data: string }>();
  if (results.length === 0) return undefined;
  const { prompt, version, slot, data } = pick(random, results);
  const where = `project = ${tenant} AND prompt = ? AND version = ? AND level = 2 AND slot = ?`;
  const sql = chance(random, 0.5)
    ? `DELETE FROM bucket WHERE ${where}`
    : `UPDATE bucket SET data = '${data.replaceAll("'", "''").replace(/"n":\d+/, '"n":77')}' WHERE ${where}`;
  await shard.prepare(sql).bind(prompt, version, slot).run();
  return { prompt, version, day: new Date(slot * DAY_MS).toISOString().slice(0, 10) };
}

async function runHistory(seed: number, expect: ExpectStatic) {
  const random = seeded(seed);
  const base = freshScope();
  const scopeAt = (ms: number): Scope => ({ ...base, now: new Date(ms) });
  const world: World = { random, nowMs: Date.parse("2026-11-20T12:00:00Z"), serial: 0 };
  await moveLabels(base, world.nowMs);
  const shards = base.shards.length;
  const sent: StoredRows[] = [];
  const pending: StoredRows[] = [];
  const spoilt: NonNullable<Awaited<ReturnType<typeof spoil>>>[] = [];
  const counts: Counts = { crashes: 0, races: 0, lookUps: 0, repriced: 0, compared: 0, held: 0 };
  let plans: CohortPlan[] = [];
  const jumps = chance(random, 0.25);
  const spoils = chance(random, 0.25);

  const nextRows = (): StoredRows => {
    const again = sent.length > 0 && chance(random, 0.2);
    const rows = again ? pick(random, sent) : randomRows(world);
    sent.push(rows);
    return rows;
  };
  const step = async (): Promise<void> => {
    const scope = scopeAt(world.nowMs);
    const kind = random();
    if (kind < 0.45) {
      const rows = nextRows();
      if (await attempt(scope, ingest(rows), random)) return;
      counts.crashes++;
      pending.push(rows);
    } else if (kind < 0.49) {
      plans = planned(world, plans);
      if (!(await attempt(scope, keep(plans), random))) counts.crashes++;
    } else if (kind < 0.65) {
      if (!(await attempt(scope, fold(pick(random, [0, shards - 1]), counts), random)))
        counts.crashes++;
    } else if (kind < 0.7) {
      if (!(await attempt(scope, reprice(random, counts), random))) counts.crashes++;
    } else if (kind < 0.78) {
      if (!(await attempt(scope, settle(pick(random, [0, shards - 1])), random))) counts.crashes++;
    } else if (kind < 0.9) {
      const shard = pick(random, [0, shards - 1]);
      const rows = [nextRows(), nextRows()];
      plans = planned(world, plans);
      const all = [
        fold(shard, counts),
        fold(shard, counts),
        settle(shard),
        settle(0),
        reprice(random, counts),
        keep(plans),
        keep(plans.slice(0, 1)),
        ...rows.map(ingest),
      ];
      const works = all.filter(() => chance(random, 0.5));
      const results = await interleave(
        random,
        works.map((work) => (around: Around) => work(through(scope, around))),
      );
      for (const result of results) if (result.status === "rejected") throw result.reason;
      pending.push(...rows);
      counts.races++;
    } else {
      world.nowMs += pick(random, [60_000, 400_000, HOUR_MS, 5 * HOUR_MS, 40 * HOUR_MS]);
    }
  };

  for (let i = 0; i < STEPS; i++) {
    if (i % 10 === 2) plans = planned(world, plans);
    await step();
    if (jumps && i === 14) {
      world.nowMs += pick(random, [3, 10, 29, 35, 42]) * DAY_MS;
      await attempt(scopeAt(world.nowMs), expire, random);
    }
    if (spoils && chance(random, 0.2)) {
      const spoiltNow = await spoil(scopeAt(world.nowMs), random);
      if (spoiltNow) spoilt.push(spoiltNow);
    }
  }
  const end = scopeAt(world.nowMs);
  for (const rows of pending) await applyRows(end, [rows], true);
  await untilQuiet(end);
  for (const { prompt, version, day } of spoilt) {
    await repair(end, { prompt, version }, [day]).catch((error: unknown) => {
      if (!String(error).includes("deleted by now")) throw error;
    });
  }
  await keepCohorts(end, plans);
  counts.compared = await expectExact(expect, end);
  counts.held = await expectCohorts(expect, end, plans);
  return counts;
}

/** More histories: `VITE_FOLD_HISTORIES=500 VITE_FOLD_SEED=1000 npm run test:worker -- test/features/rollups`. */
const given = (import.meta as unknown as { env: Record<string, string | undefined> }).env;
const HISTORIES = Number(given["VITE_FOLD_HISTORIES"] ?? 25);
const FIRST_SEED = Number(given["VITE_FOLD_SEED"] ?? 1);

describe("buckets and cohorts", () => {
  it(
    "equal a recomputation from the rows after any history",
    { timeout: 1_800_000 },
    async ({ expect }) => {
      const sum: Counts = { crashes: 0, races: 0, lookUps: 0, repriced: 0, compared: 0, held: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
        try {
          const counts = await runHistory(seed, expect);
          sum.crashes += counts.crashes;
          sum.races += counts.races;
          sum.lookUps += counts.lookUps;
          sum.repriced += counts.repriced;
          sum.compared += counts.compared;
          sum.held += counts.held;
        } catch (error) {
          throw new Error(`the history of seed ${seed}: ${String(error)}`, { cause: error });
        }
      }
      // The histories did what they are for.
      expect(sum.crashes).toBeGreaterThan(HISTORIES / 2);
      expect(sum.races).toBeGreaterThan(HISTORIES / 2);
      expect(sum.lookUps).toBeGreaterThan(HISTORIES / 2);
      expect(sum.repriced).toBeGreaterThan(HISTORIES);
      expect(sum.compared).toBeGreaterThan(5 * HISTORIES);
      expect(sum.held).toBeGreaterThan(5 * HISTORIES);
    },
  );
});
