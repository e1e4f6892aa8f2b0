import type { ExpectStatic } from "vitest";

import { readCohorts } from "../../../src/features/rollups/index.ts";
import type { CohortMetric, CohortPlan } from "../../../src/features/rollups/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { plainCohort, recomputedCohort } from "./cohort-oracle.ts";
import { closedUs } from "./comparison.ts";
import { chance, pick, SPLITS, type World } from "./events.ts";

/** One of each kind; scores of several sources and levels, and names that share a place. */
export const METRICS: CohortMetric[] = [
  { name: "latency", kind: "log", of: "latency" },
  { name: "outputTokens", kind: "log", of: "tout" },
  { name: "cost", kind: "cost", capNanoUsd: 1_000_000_000 },
  { name: "slow", kind: "slow", aboveBin: 692 },
  {
    name: "quality",
    kind: "score",
    of: ["O:API:NUMERIC:quality", "O:EVAL:NUMERIC:quality", "T:API:NUMERIC:quality"],
    min: -1,
    max: 3,
  },
  {
    name: "thumb",
    kind: "bad",
    of: ["O:API:BOOLEAN:thumb", "T:EVAL:BOOLEAN:thumb", "T:API:CATEGORICAL:thumb"],
    categories: ["True", "bad"],
  },
];

const MINUTE_US = 60_000_000;

/** A stage of a rollout that began, or will begin, about now. */
export function randomPlan({ random, nowMs }: World, stage: number): CohortPlan {
  const fromUs = nowMs * 1000 + pick(random, [-1800, -1800, -60, -5, 0, 3]) * MINUTE_US;
  const [control, candidate] = pick(random, [
    [1, 2],
    [1, 2],
    [2, 1],
    [1, 3],
  ] as const);
  return {
    rollout: pick(random, ["r1", "r2"]),
    stage,
    prompt: chance(random, 0.8) ? "greet" : "sum",
    control,
    candidate,
    environment: chance(random, 0.9) ? "default" : "staging",
    split: pick(random, SPLITS),
    unit: pick(random, ["request", "key", "process"] as const),
    share: 0.25,
    fromUs,
    eventsFromUs: fromUs - pick(random, [0, 7]) * MINUTE_US,
    untilUs: chance(random, 0.8) ? null : fromUs + 30 * MINUTE_US,
    metrics: METRICS,
  };
}

/** Begins another stage, or ends one, or says another end of it: a plan of all stages so far. */
export function planned(world: World, plans: readonly CohortPlan[]): CohortPlan[] {
  const { random, nowMs } = world;
  if (plans.length === 0 || chance(random, 0.4)) {
    return [...plans, randomPlan(world, plans.length)];
  }
  const changed = pick(random, plans);
  const untilUs = pick(random, [null, null, nowMs * 1000, nowMs * 1000 - 2 * MINUTE_US]);
  return plans.map((plan) => (plan === changed ? { ...plan, untilUs } : plan));
}

/**
 * Expects every cohort whose rows are all there to be what they say.
 *
 * @returns how many generations and scores they hold
 */
export async function expectCohorts(
  expect: ExpectStatic,
  scope: Scope,
  plans: readonly CohortPlan[],
): Promise<number> {
  const closed = await closedUs(scope);
  let held = 0;
  for (const plan of plans.filter(({ eventsFromUs }) => eventsFromUs >= closed)) {
    const kept = await readCohorts(scope, plan);
    const cohort = kept.find(({ plan: { stage } }) => stage === plan.stage)!;
    expect(cohort.plan).toEqual(plan);
    const found = plainCohort(cohort);
    expect(found).toEqual(await recomputedCohort(scope, plan));
    for (const { errors, metrics } of [found.control, found.candidate]) {
      for (const { n } of [errors, ...Object.values(metrics)]) {
        held += Object.values(n).reduce((sum, count) => sum + count, 0);
      }
    }
  }
  return held;
}
