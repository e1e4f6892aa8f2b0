import { begin, type Course, decide, isLive } from "../../../../src/features/rollouts/decide.ts";
import { evidenceOf, type Inputs, inputsOf } from "../../../../src/features/rollouts/evidence.ts";
import type { Facts } from "../../../../src/features/rollouts/plan/facts.ts";
import { planRollout } from "../../../../src/features/rollouts/plan/terms.ts";
import {
  cohortPlans,
  shareNow,
  steered,
  unbegun,
} from "../../../../src/features/rollouts/progress.ts";
import { StartRollout } from "../../../../src/features/rollouts/start/contract.ts";
import type { Terms } from "../../../../src/features/rollouts/terms.ts";
import { emptyCell } from "../../../../src/features/rollups/cell.ts";
import { countInCohort } from "../../../../src/features/rollups/cohorts/count.ts";
import { apply, count, type Deltas } from "../../../../src/features/rollups/fold/delta.ts";
import { type Cohort, emptyCohort } from "../../../../src/features/rollups/model.ts";
import { uniforms } from "../../../lib/stats/draws.ts";
import { CANDIDATE, CONTROL, ENVIRONMENT, START_MS, type Traffic, trafficOf } from "./traffic.ts";

/*
 * A rollout from its start to its end as the cron would play it: the terms of `planRollout`, the
 * cohorts of the fold, the decision of `decide`. Only what carries rows and answers is left out:
 * HTTP, D1, the registry.
 */

export type World = Traffic & {
  stages: readonly { share: number; minMinutes: number }[];
  /** What the rollout takes the unit for; that of the senders unless a test lies. */
  unit?: Terms["unit"];
  /** Minutes between checks; left out: ever more, as evidence changes ever more slowly. */
  checkMinutes?: number;
};

export type Ending = {
  state: Course["state"];
  minutes: number;
  /** Why, in the rollout's own words. */
  because: string | null;
};

const MS_PER_MINUTE = 60_000;
const BASELINE_CALLS = 5_000;

/** The cron checks every minute. Later that changes nothing but the time it takes to simulate. */
function isChecked({ checkMinutes }: World, minutes: number): boolean {
  const usual = minutes <= 60 ? 1 : minutes <= 360 ? 5 : 15;
  return minutes % (checkMinutes ?? usual) === 0;
}

/** The control's last days. */
function baselineOf(world: World): Facts["recent"] {
  const quiet = { ...world, senders: { unit: "request" } as const, hasIncidents: false };
  const source = trafficOf({ ...quiet, dailySwing: 0, perHour: BASELINE_CALLS }, uniforms(99));
  const deltas: Deltas = new Map();
  for (let minute = 0; minute < 60; minute++) {
    source(minute, 0, (item) => count(deltas, item, 1));
  }
  const cell = emptyCell();
  for (const delta of deltas.values()) apply(cell, delta);
  return cell;
}

/** The terms of a rollout with all six guardrails. */
export function termsOf(world: World): Terms {
  const recent = baselineOf(world);
  const config = { minValue: null, maxValue: null, categories: [], direction: "higher" } as const;
  const start = StartRollout.parse({
    prompt: "p",
    label: "production",
    candidate: CANDIDATE,
    environment: ENVIRONMENT,
    unit: world.unit ?? world.senders.unit,
    stages: world.stages.map(({ share, minMinutes }) => ({ share: 100 * share, minMinutes })),
  });
  const planned = planRollout(start, {
    control: CONTROL,
    baseline: recent,
    recent,
    scoreConfigs: [
      {
        ...config,
        categories: [],
        id: "1",
        name: "judge",
        dataType: "NUMERIC",
        minValue: 0,
        maxValue: 1,
      },
      { ...config, categories: [], id: "2", name: "thumb", dataType: "BOOLEAN" },
    ],
    margins: new Map(),
    generationsPerHour: world.perHour,
  });
  if ("fault" in planned) throw new Error(planned.fault.message);
  if (planned.terms.guardrails.length !== 6) throw new Error("a guardrail is missing");
  return planned.terms;
}

/** Inputs of cohorts that follow each other: as `inputsOf` all of them, without counting cells again. */
function joined(a: Inputs, b: Inputs): Inputs {
  const sumOf = (arm: "control" | "candidate") => ({
    generations: a.errors[arm].generations + b.errors[arm].generations,
    errors: a.errors[arm].errors + b.errors[arm].errors,
    errorMinutes: a.errors[arm].errorMinutes + b.errors[arm].errorMinutes,
  });
  return {
    guardrails: a.guardrails.map(({ metric, stages, scored }, i) => ({
      metric,
      stages: [...stages, ...(b.guardrails[i]?.stages ?? [])],
      scored: scored && [...scored, ...(b.guardrails[i]?.scored ?? [])],
    })),
    served: [...a.served, ...b.served],
    errors: { control: sumOf("control"), candidate: sumOf("candidate") },
  };
}

/** Plays one rollout to its end. */
export function playRollout(world: World, terms: Terms, seed: number): Ending {
  const source = trafficOf(world, uniforms(seed));
  const split = (changedMs: number) => ({ id: "spl_1", changedMs });
  const actor = { kind: "system", id: "cron" } as const;
  let progress = steered(terms, unbegun(begin(terms, START_MS), actor, null), split(START_MS));
  const living = (): Cohort => {
    const plan = cohortPlans({ id: "r", prompt: "p" }, terms, progress).at(-1);
    if (!plan) throw new Error("no cohort");
    return emptyCohort(plan);
  };
  let cohort = living();
  let before: Inputs = inputsOf(terms, []);
  for (let minute = 0; ; minute++) {
    source(minute, shareNow(terms, progress), (item) => countInCohort(cohort, item, 1));
    const minutes = minute + 1;
    if (!isChecked(world, minutes)) continue;
    const nowMs = START_MS + minutes * MS_PER_MINUTE;
    const inputs = joined(before, inputsOf(terms, [cohort]));
    const { course } = decide(terms, progress.course, evidenceOf(terms, inputs), nowMs);
    const { state, because } = course;
    if (!isLive(state) || state === "held" || state === "inconclusive") {
      return { state, minutes, because };
    }
    const hasStepped = course.stage !== progress.course.stage;
    progress = { ...progress, course };
    if (hasStepped) {
      progress = steered(terms, progress, split(nowMs));
      before = inputs;
      cohort = living();
    }
  }
}

/** Plays a world many times. */
export function play(world: World, runs: number, firstSeed = 1): Ending[] {
  const terms = termsOf(world);
  return Array.from({ length: runs }, (_, run) =>
    playRollout(world, terms, firstSeed + 7919 * run),
  );
}

export const shareOf = (endings: readonly Ending[], is: (one: Ending) => boolean): number =>
  endings.filter(is).length / endings.length;
export const ended =
  (state: Course["state"]) =>
  (ending: Ending): boolean =>
    ending.state === state;

/** The middle one of some endings' minutes; null for none. */
export function medianMinutes(endings: readonly Ending[]): number | null {
  const sorted = endings.map(({ minutes }) => minutes).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
