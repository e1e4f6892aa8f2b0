import { describe, expect, it } from "vitest";

import { checkView, evidenceView } from "../../../src/features/rollouts/check.ts";
import { begin } from "../../../src/features/rollouts/decide.ts";
import {
  evidenceOf,
  inputsOf,
  isMismatched,
  lnMismatch,
  type Read,
  readGuardrail,
} from "../../../src/features/rollouts/evidence.ts";
import { type StageSums, sumsOf } from "../../../src/features/rollouts/inputs.ts";
import type { Guardrail, Terms } from "../../../src/features/rollouts/terms.ts";
import {
  type Arm,
  type Cohort,
  type CohortPlan,
  emptyCohort,
} from "../../../src/features/rollups/model.ts";
import type { Moments } from "../../../src/lib/stats/moments.ts";

const LATENCY: Guardrail = {
  metric: "latencyMs",
  kind: "mean",
  series: { name: "latencyMs", kind: "log", of: "latency" },
  margin: { scale: "log", margin: 1.1, better: "lower" },
  bound: Math.log(1.1),
  values: "continuous",
  isGoodShare: false,
  unit: "ms",
  perUnit: 1000,
  required: true,
  threshold: null,
  baseline: null,
  bad: null,
  note: null,
};
const ERRORS: Guardrail = {
  ...LATENCY,
  metric: "errors",
  kind: "events",
  series: null,
  margin: { scale: "events", margin: 2, better: "lower" },
  bound: 2,
  unit: "share of generations",
  perUnit: 1,
};
const THUMBS: Guardrail = {
  ...LATENCY,
  metric: "score:thumb",
  series: {
    name: "score:thumb",
    kind: "bad",
    of: ["O:API:BOOLEAN:thumb"],
    categories: ["False"],
  },
  margin: { scale: "raw", margin: 0.03, better: "higher" },
  bound: 0.03,
  values: "bounded",
  isGoodShare: true,
  unit: "share of true",
  perUnit: 1,
};

const moments = (n: number, mean: number, sd: number): Moments => ({ n, mean, m2: n * sd ** 2 });
const trials = (n: number, bad: number): Moments => ({
  n,
  mean: bad / n,
  m2: (bad * (n - bad)) / n,
});
const ONE = { control: 1, candidate: 1 };

const stage = (
  share: number,
  control: Moments,
  candidate: Moments,
  effect: StageSums["effect"] = ONE,
): StageSums => ({ share, control, candidate, effect, cells: 30 });

const tested = (read: Read) => {
  if (!read.tested) throw new Error(read.because);
  return read;
};

/** ln latency at 5 % and at 50 %, with the day's drift between them. */
const ramp = (candidate = 1): StageSums[] => [
  stage(0.05, moments(950, 7, 0.5), moments(50, 7.06, 0.6)),
  stage(0.5, moments(400, 7.1, 0.5), moments(400, 7.16, 0.6), { control: 1, candidate }),
];

// References: Python 3.11, formulas of the method written anew, the mixture by Simpson's rule.
describe("a mean", () => {
  it("is stratified over stages", () => {
    const read = tested(readGuardrail(LATENCY, ramp(), null));
    expect(read.degradation).toBeCloseTo(0.06, 12);
    expect(read.lnHarm).toBeCloseTo(0.821_153_211_6, 8);
    expect(read.lnSafe).toBeCloseTo(-0.121_192_062, 8);
  });

  it("has the variance of clustered units multiplied by their design effect", () => {
    const read = tested(readGuardrail(LATENCY, ramp(3), null));
    expect(read.lnHarm).toBeCloseTo(0.343_816_138_3, 8);
    expect(read.lnSafe).toBeCloseTo(-0.186_737_248, 8);
  });

  it("leaves out a stage with too few units, and says when none has enough", () => {
    const early = [stage(0.5, moments(99, 9, 1), moments(99, 1, 1), null)];
    expect(readGuardrail(LATENCY, [...ramp(), ...early], null)).toEqual(
      readGuardrail(LATENCY, ramp(), null),
    );
    expect(readGuardrail(LATENCY, early, null)).toEqual({
      tested: false,
      because: "too-few-units",
      cells: 30,
    });
    expect(readGuardrail(LATENCY, [], null)).toMatchObject({ because: "too-few-units" });
  });

  it("of what should be high is worse when it falls", () => {
    const fallen = [stage(0.5, moments(400, 0.8, 0.4), moments(400, 0.7, 0.45))];
    expect(tested(readGuardrail(THUMBS, fallen, null)).degradation).toBeCloseTo(0.1, 12);
  });
});

describe("bad events", () => {
  const counts = (effect: number): StageSums[] => [
    stage(0.05, trials(950, 40), trials(50, 6)),
    stage(0.5, trials(400, 12), trials(400, 22), { control: effect, candidate: effect }),
  ];

  it("are counted with the share of each stage inside one mixture", () => {
    const read = tested(readGuardrail(ERRORS, counts(1), null));
    expect(read.lnHarm).toBeCloseTo(2.634_380_914, 8);
    expect(read.lnSafe).toBeCloseTo(-1.124_823_05, 8);
  });

  it("are divided by their design effect", () => {
    const read = tested(readGuardrail(ERRORS, counts(2), null));
    expect(read.lnHarm).toBeCloseTo(2.046_291_483, 8);
    expect(read.lnSafe).toBeCloseTo(-1.060_411_796, 8);
  });
});

describe("bad events that the control never had", () => {
  // Python 3.11, the mixture of the method: ln sum w_i (q_i/q_0)^b for b failures, all of them the candidate's.
  const rising = (share: number, bad: number) =>
    tested(readGuardrail(ERRORS, [stage(share, trials(1000, 0), trials(300, bad))], null));
  const LN_PROVEN_OF_SIX = Math.log(6 / 0.05);

  it.each([
    [0.1, 6, 5.161_366_782],
    [0.5, 10, 3.145_623_376],
  ])("are tested as any: at a share of %d, %d of them", (share, bad, lnHarm) => {
    expect(rising(share, bad).lnHarm).toBeCloseTo(lnHarm, 8);
  });

  it.each([
    [0.05, 6],
    [0.1, 6],
    [0.25, 8],
    [0.5, 14],
  ])("prove harm among six guardrails, at a share of %d with %d of them", (share, needed) => {
    expect(rising(share, needed - 1).lnHarm).toBeLessThan(LN_PROVEN_OF_SIX);
    const read = rising(share, needed);
    expect(read.lnHarm).toBeGreaterThanOrEqual(LN_PROVEN_OF_SIX);
    expect(read.degradation).toBeGreaterThanOrEqual(read.margin);
  });
});

describe("the sample ratio", () => {
  const served = (
    share: number,
    candidate: number,
    control: number,
    effect: number | null = 1,
  ) => ({
    share,
    candidate,
    control,
    effect,
  });

  it("is multiplied over stages, each with its own shares", () => {
    const right = [served(0.05, 50, 950), served(0.5, 400, 400)];
    expect(lnMismatch(right)).toBeCloseTo(-0.641_413_540_7, 8);
    const wrong = [served(0.05, 90, 910), served(0.5, 460, 340)];
    expect(lnMismatch(wrong)).toBeCloseTo(10.736_100_15, 7);
    expect([isMismatched(right), isMismatched(wrong)]).toEqual([false, true]);
  });

  it("is not known before there are units enough", () => {
    expect(lnMismatch([served(0.5, 0, 500, null)])).toBeNull();
    expect(isMismatched([served(0.5, 0, 500, null)])).toBe(false);
  });
});

const PLAN: CohortPlan = {
  rollout: "rol_1",
  stage: 0,
  prompt: "p",
  control: 1,
  candidate: 2,
  environment: "default",
  split: "spl_1",
  unit: "key",
  share: 0.5,
  fromUs: 0,
  eventsFromUs: 0,
  untilUs: null,
  metrics: [LATENCY, THUMBS].flatMap(({ series }) => series ?? []),
};

/** `users` with ten generations each, of which the first `failing` fail in every one. */
function fill(arm: Arm, { users, failing }: { users: number; failing: number }): void {
  for (let user = 0; user < users; user++) {
    arm.served[user] = 10;
    arm.errors.n[user] = 10;
    arm.errors.sum[user] = user < failing ? 10 : 0;
    arm.errors.sumSq += user < failing ? 10n : 0n;
    arm.errorMinutes[user] = user < failing ? 10 : 0;
  }
}

function cohortOf(
  control: { users: number; failing: number },
  candidate: { users: number; failing: number },
): Cohort {
  const cohort = emptyCohort(PLAN);
  fill(cohort.control, control);
  fill(cohort.candidate, candidate);
  return cohort;
}

describe("sums of cohorts", () => {
  const calm = { users: 25, failing: 0 };

  it("have the design effect of their units: users that fail in all they do", () => {
    const cohort = cohortOf(calm, { users: 25, failing: 5 });
    const [sums] = sumsOf(ERRORS, [cohort], "key");
    expect(sums?.candidate.n).toBe(250);
    expect(sums?.candidate.mean).toBeCloseTo(0.2, 12);
    // G/(G-1)·Σe²/N² over p(1-p)/N: 25 cells of 10, 5 of them all bad.
    expect(sums?.effect?.candidate).toBeCloseTo(10.416_666_667, 8);
    expect(sums?.effect?.control).toBe(sums?.effect?.candidate);
  });

  it("take requests as independent, and wait for twenty of other units in each arm", () => {
    const cohort = cohortOf(calm, { users: 19, failing: 5 });
    expect(sumsOf(ERRORS, [cohort], "request")[0]?.effect).toEqual(ONE);
    expect(sumsOf(ERRORS, [cohort], "process")[0]).toMatchObject({ effect: null, cells: 19 });
  });

  it("turn what is bad into what is good where people speak of the good", () => {
    const cohort = emptyCohort(PLAN);
    const series = cohort.candidate.metrics[1];
    if (!series) throw new Error("no series");
    for (let cell = 0; cell < 40; cell++) {
      series.n[cell] = 1;
      series.sum[cell] = cell < 10 ? 1 : 0;
      series.sumSq += cell < 10 ? 1n : 0n;
    }
    const [sums] = sumsOf(THUMBS, [cohort], "request");
    expect(sums?.candidate.mean).toBeCloseTo(0.75, 12);
    expect(sums?.candidate.m2).toBeCloseTo(7.5, 12);
  });
});

const TERMS: Terms = {
  control: 1,
  candidate: 2,
  environment: "default",
  unit: "key",
  stages: [{ share: 0.5, minMinutes: 0, requires: ["latencyMs"] }],
  guardrails: [LATENCY, ERRORS, THUMBS],
  alphaHarm: 0.05,
  alphaSafe: 0.05,
  warmupMinutes: 10,
  maxMinutes: 2880,
  noDataMinutes: 60,
  onInconclusive: "hold",
  holdback: null,
  method: "rollout/1",
};

describe("evidence", () => {
  it("sees an emergency when most calls fail in five minutes, though units are too few to test", () => {
    const failing = cohortOf({ users: 3, failing: 0 }, { users: 6, failing: 5 });
    const seen = evidenceOf(TERMS, inputsOf(TERMS, [failing]));
    expect(seen.emergency).toBe(true);
    expect(seen.seen).toBe(90);
    expect(seen.readings.every(({ reading }) => !reading.tested)).toBe(true);
    const both = cohortOf({ users: 3, failing: 3 }, { users: 6, failing: 5 });
    expect(evidenceOf(TERMS, inputsOf(TERMS, [both])).emergency).toBe(false);
  });

  it("sees arms that are scored unequally often", () => {
    const cohort = cohortOf({ users: 100, failing: 0 }, { users: 100, failing: 0 });
    for (let cell = 0; cell < 100; cell++) {
      for (const [arm, n] of [
        [cohort.control, 8],
        [cohort.candidate, 4],
      ] as const) {
        const series = arm.metrics[1];
        if (series) series.n[cell] = n;
      }
    }
    const inputs = inputsOf(TERMS, [cohort]);
    expect(isMismatched(inputs.served)).toBe(false);
    expect(evidenceOf(TERMS, inputs).mismatch).toBe(true);
  });
});

describe("what is shown", () => {
  it("is a ratio with bounds that each belong to their own test", () => {
    const stages = ramp();
    const shown = evidenceView(TERMS, LATENCY, { stages, provenSafe: false });
    expect(shown.estimate).toBeCloseTo(Math.exp(0.06), 12);
    expect(shown.control.n).toBe(1350);
    // The geometric mean over all, in ms: e^(…) µs.
    expect(shown.control.value).toBeCloseTo(Math.exp((950 * 7 + 400 * 7.1) / 1350) / 1000, 9);
    expect(shown.needHarm).toBeCloseTo(Math.log(60), 12);
    expect(shown.needSafe).toBeCloseTo(Math.log(20), 12);
    expect(shown.inMargins?.estimate).toBeCloseTo(0.06 / Math.log(1.1), 12);
    expect(shown.verdict).toBe("open");
    const harm = tested(readGuardrail(LATENCY, stages, 0.05 / 3)).interval.low;
    const safe = tested(readGuardrail(LATENCY, stages, 0.05)).interval.high;
    expect(shown.interval?.low).toBeCloseTo(Math.exp(harm), 12);
    expect(shown.interval?.high).toBeCloseTo(Math.exp(safe), 12);
  });

  it("is a difference the way people read it, where more is better", () => {
    const fallen = [stage(0.5, moments(4000, 0.8, 0.4), moments(4000, 0.7, 0.45))];
    const shown = evidenceView(TERMS, THUMBS, { stages: fallen, provenSafe: false });
    expect(shown.estimate).toBeCloseTo(-0.1, 12);
    expect(shown.interval?.high).toBeLessThan(0);
    expect(shown.inMargins?.low).toBeGreaterThan(0);
    expect(shown.verdict).toBe("harmful");
  });

  it("says what is missing", () => {
    const none = evidenceView(TERMS, LATENCY, { stages: [], provenSafe: false });
    expect(none.because).toBe("Needs values from 20 users of each version; one has 0");
    const few = [stage(0.5, moments(49, 7, 1), moments(400, 7, 1))];
    expect(evidenceView(TERMS, LATENCY, { stages: few, provenSafe: false }).because).toBe(
      "Needs 50 values of each version",
    );
  });

  it("can be written as JSON and read again, open bounds and all", () => {
    const inputs = inputsOf(TERMS, [
      cohortOf({ users: 25, failing: 0 }, { users: 25, failing: 1 }),
    ]);
    const course = begin(TERMS, 0);
    const view = checkView(TERMS, inputs, {
      course,
      decision: { action: "continue", missing: [] },
    });
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    const stored = JSON.parse(JSON.stringify(inputs)) as typeof inputs;
    expect(evidenceOf(TERMS, stored)).toEqual(evidenceOf(TERMS, inputs));
  });
});
