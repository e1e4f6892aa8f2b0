import { describe, expect, it } from "vitest";

import { type Reading, readEvents, readMean } from "../../../src/lib/stats/guardrail.ts";
import { lnHarm, lnSafe } from "../../../src/lib/stats/half-normal-mixture.ts";
import type { Moments } from "../../../src/lib/stats/moments.ts";
import {
  decideRollout,
  DEFAULT_POLICY,
  type NamedReading,
  type RolloutCheck,
} from "../../../src/lib/stats/rollout-decision.ts";

const calm: Reading = {
  tested: true,
  kind: "mean",
  degradation: 0,
  margin: 0.1,
  interval: { low: -0.05, high: 0.05 },
  lnHarm: -1,
  lnSafe: 0,
};
const LN = (x: number): number => Math.log(x);
const named = (readings: Record<string, NamedReading["reading"]>): NamedReading[] =>
  Object.entries(readings).map(([name, reading]) => ({ name, reading }));
const check = (
  readings: Record<string, NamedReading["reading"]>,
  rest: Partial<RolloutCheck> = {},
): RolloutCheck => ({
  guardrails: named(readings),
  provenSafe: [],
  mismatch: false,
  minutesSinceStart: 300,
  minutesInStage: 300,
  ...rest,
});
const actionOf = (given: RolloutCheck) => decideRollout(given).decision.action;

const harmed: Reading = { ...calm, degradation: 0.2, lnHarm: LN(3 / 0.05) };
const safe: Reading = { ...calm, lnSafe: LN(1 / 0.05) };

describe("rolling back", () => {
  it("needs evidence at alpha over the number of guardrails, and a degradation of the margin", () => {
    expect(actionOf(check({ a: harmed, b: calm, c: calm }))).toBe("roll back");
    expect(actionOf(check({ a: harmed, b: calm, c: calm, d: calm }))).toBe("continue");
    const small = { ...harmed, degradation: 0.0999 };
    expect(actionOf(check({ a: small, b: calm, c: calm }))).toBe("continue");
    const atMargin = { ...harmed, degradation: 0.1 };
    expect(actionOf(check({ a: atMargin, b: calm, c: calm }))).toBe("roll back");
  });

  it("names the surest guardrail, and others that Holm's procedure finds", () => {
    const surer = { ...harmed, lnHarm: LN(1000) };
    const second = { ...harmed, lnHarm: LN(2 / 0.05) };
    const third = { ...harmed, lnHarm: LN(1 / 0.05) - 0.01 };
    const { decision } = decideRollout(check({ a: third, b: second, c: surer }));
    expect(decision).toEqual({ action: "roll back", guardrail: "c", harmed: ["c", "b"] });
  });

  it("comes before a mismatch and before proof of safety", () => {
    const all = { a: harmed, b: safe, c: safe };
    expect(actionOf(check(all, { mismatch: true, provenSafe: ["a", "b", "c"] }))).toBe("roll back");
  });

  it("waits for the warm-up with means, never with events", () => {
    const young = { minutesSinceStart: 9, minutesInStage: 9 };
    const events: Reading = { ...harmed, kind: "events" };
    expect(actionOf(check({ a: harmed }, young))).toBe("continue");
    expect(actionOf(check({ a: events }, young))).toBe("roll back");
    expect(actionOf(check({ a: harmed }, { ...young, minutesSinceStart: 10 }))).toBe("roll back");
  });
});

describe("going on", () => {
  it("needs every guardrail proven safe, once is enough", () => {
    const first = decideRollout(check({ a: safe, b: calm }));
    expect(first).toEqual({
      decision: { action: "continue", missing: ["b"] },
      provenSafe: ["a"],
    });
    const later = check({ a: calm, b: safe }, { provenSafe: first.provenSafe });
    expect(decideRollout(later)).toEqual({
      decision: { action: "advance" },
      provenSafe: ["a", "b"],
    });
  });

  it("between stages asks only for the guardrails it is told to", () => {
    expect(actionOf(check({ a: safe, b: calm }, { required: ["a"] }))).toBe("advance");
    expect(() => decideRollout(check({ a: safe }, { required: ["z"] }))).toThrow(RangeError);
    expect(() => decideRollout(check({}))).toThrow(RangeError);
  });

  it("waits for the least time in the stage and for the warm-up", () => {
    expect(actionOf(check({ a: safe }, { minutesInStage: 119 }))).toBe("continue");
    expect(actionOf(check({ a: safe }, { minutesInStage: 120 }))).toBe("advance");
    const young = check({ a: safe }, { minutesSinceStart: 9, minutesInStage: 9 });
    expect(decideRollout(young).provenSafe).toEqual([]);
  });

  it("never happens with an untested guardrail", () => {
    const untested = { tested: false, because: "no-variance" } as const;
    const { decision } = decideRollout(check({ a: safe, b: untested }));
    expect(decision).toEqual({ action: "continue", missing: ["b"] });
  });

  it("stops while arms do not get their shares, and nothing is proven meanwhile", () => {
    const found = decideRollout(check({ a: safe }, { mismatch: true }));
    expect(found).toEqual({
      decision: { action: "hold", because: "sample ratio mismatch" },
      provenSafe: [],
    });
  });

  it("ends without an answer after 48 hours, naming what is missing", () => {
    const old = { minutesSinceStart: 48 * 60 };
    expect(decideRollout(check({ a: safe, b: calm }, old)).decision).toEqual({
      action: "inconclusive",
      missing: ["b"],
    });
    expect(actionOf(check({ a: safe }, old))).toBe("advance");
    expect(actionOf(check({ b: calm }, { minutesSinceStart: 48 * 60 - 1 }))).toBe("continue");
  });
});

describe("reading a guardrail", () => {
  const arm = (n: number, mean: number): Moments => ({ n, mean, m2: (n - 1) * 0.36 });
  const mean = (treatment: Moments, control: Moments) =>
    ({
      strata: [{ treatment, control }],
      margin: 0.1,
      better: "lower",
      values: "continuous",
      alpha: 0.05,
    }) as const;

  it("is the mixture on the stratified difference", () => {
    const reading = readMean(mean(arm(400, 7.05), arm(600, 7)));
    const estimate = { degradation: 7.05 - 7, variance: 0.36 / 400 + 0.36 / 600 };
    expect(reading).toMatchObject({ tested: true, kind: "mean", margin: 0.1 });
    if (!reading.tested) return;
    expect(reading.degradation).toBeCloseTo(0.05, 12);
    expect(reading.lnHarm).toBeCloseTo(lnHarm(estimate, 0.1), 12);
    expect(reading.lnSafe).toBeCloseTo(lnSafe(estimate, 0.1), 12);
    expect(reading.interval.low).toBeLessThan(0.05);
    expect(reading.interval.high).toBeGreaterThan(0.05);
  });

  it("turns a score round, where higher is better", () => {
    const score = readMean({ ...mean(arm(400, 6.8), arm(600, 7)), better: "higher" });
    expect(score.tested && score.degradation).toBeCloseTo(0.2, 12);
  });

  it("needs 50 values per arm, 30 where they are bounded", () => {
    const few = mean(arm(30, 7), arm(600, 7));
    expect(readMean(few)).toEqual({ tested: false, because: "too-few" });
    expect(readMean({ ...few, values: "bounded" })).toMatchObject({ tested: true });
    expect(readMean({ ...few, strata: [] })).toEqual({ tested: false, because: "too-few" });
  });

  it("makes no test of ratings that are all alike", () => {
    const still = { n: 500, mean: 5, m2: 0 };
    expect(readMean(mean(still, still))).toEqual({ tested: false, because: "no-variance" });
  });

  it("counts events from the first on", () => {
    const reading = readEvents([{ treatmentEvents: 6, controlEvents: 0, share: 0.1 }], 2, 0.05);
    expect(reading).toMatchObject({ kind: "events", margin: Math.LN2 });
    expect(reading.degradation).toBeCloseTo(Math.log(13 * 9), 12);
    expect(reading.interval.low).toBeGreaterThan(0);
    const rolled = decideRollout(
      check(
        { errors: reading, a: calm, b: calm, c: calm, d: calm, e: calm },
        {
          minutesSinceStart: 1,
          minutesInStage: 1,
        },
      ),
    );
    expect(rolled.decision).toMatchObject({ action: "roll back", guardrail: "errors" });
  });
});

it("the policy is the documented one", () => {
  expect(DEFAULT_POLICY).toEqual({
    alphaHarm: 0.05,
    alphaSafe: 0.05,
    warmupMinutes: 10,
    soakMinutes: 120,
    maxMinutes: 2880,
  });
});
