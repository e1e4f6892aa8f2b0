import { describe, it } from "vitest";

import type { ComparedMetric } from "../../../../src/features/comparisons/model.ts";
import { differenceOfDays, movementOf } from "../../../../src/features/reports/section/movement.ts";
import { DEFAULT_MARGINS } from "../../../../src/lib/stats/margins.ts";
import { mergeMoments, type Moments, NO_MOMENTS } from "../../../../src/lib/stats/moments.ts";
import { welch } from "../../../../src/lib/stats/welch.ts";

const LATENCY: ComparedMetric = {
  id: "latencyMs",
  kind: "log",
  unit: "ms",
  margin: DEFAULT_MARGINS.latency,
  perUnit: 1e3,
};

/** Days so full that only what the days differ by counts. */
const fullDays = (means: readonly number[], n = 100_000): Moments[] =>
  means.map((mean) => ({ n, mean, m2: 0 }));

// Extra hours of sleep after two drugs. Source: R 4, data `sleep`,
// t.test(extra ~ group, data = sleep, var.equal = TRUE).
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe("the difference of days", () => {
  it("is Student's where all days have as many values", ({ expect }) => {
    const found = differenceOfDays(fullDays(DRUG_2), fullDays(DRUG_1));
    expect(found?.estimate).toBeCloseTo(1.58, 10);
    expect(found?.p).toBeCloseTo(0.07919, 5);
    expect(found?.interval.low).toBeCloseTo(-0.203874, 6);
    expect(found?.interval.high).toBeCloseTo(3.363874, 6);
  });

  it("weighs days by their values, so that the means are those of all values", ({ expect }) => {
    const [a, b] = fullDays([1, 4], 1000);
    const thin = { n: 100, mean: 10, m2: 0 };
    const before = fullDays([1, 2, 1, 2, 1.5, 1.2]);
    const found = differenceOfDays(
      [a, b, thin].flatMap((day) => day ?? []),
      before,
    );
    const mean = (1000 * 1 + 1000 * 4 + 100 * 10) / 2100;
    expect(found?.estimate).toBeCloseTo(mean - (1 + 2 + 1 + 2 + 1.5 + 1.2) / 6, 10);
  });

  it("never claims more than so few values can tell", ({ expect }) => {
    const before = fullDays([1, 1.01, 0.99, 1, 1.01, 0.99, 1]);
    const many = differenceOfDays([{ n: 10_000, mean: 1.2, m2: 10_000 }], before);
    const few = differenceOfDays([{ n: 25, mean: 1.2, m2: 25 }], before);
    expect(many?.p).toBeLessThan(0.001);
    expect(few?.p).toBeGreaterThan(0.2);
    expect(few?.estimate).toBeCloseTo(many?.estimate ?? 0, 10);
  });

  it("is unknown for too few days or values, and where all days are alike", ({ expect }) => {
    const week = fullDays([1, 2, 3, 4, 5, 6, 7]);
    expect(differenceOfDays(week, week.slice(0, 4))).toBeUndefined();
    expect(differenceOfDays(fullDays([2], 19), week)).toBeUndefined();
    expect(differenceOfDays([], week)).toBeUndefined();
    const alike = fullDays([3, 3, 3, 3, 3]);
    expect(differenceOfDays(alike, alike)).toBeUndefined();
    // Days without a value are no days.
    expect(differenceOfDays(week, [...week.slice(0, 4), ...fullDays([9, 9], 0)])).toBeUndefined();
  });

  const random = (() => {
    let state = 20_261_122;
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  })();
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

  /** Days of latency as in the study of before and after: drift by the hour, days that differ, 50 an hour. */
  function drifting(days: number): Moments[] {
    let drift = 0.05 * normal();
    return Array.from({ length: days }, () => {
      const weather = 0.03 * normal();
      let sum = 0;
      for (let hour = 0; hour < 24; hour++) {
        drift = 0.9 * drift + 0.05 * Math.sqrt(1 - 0.81) * normal();
        sum += drift + 0.1 * Math.sin((2 * Math.PI * hour) / 24) + weather;
      }
      const n = 24 * 50;
      return { n, mean: sum / 24 + (0.6 / Math.sqrt(n)) * normal(), m2: n * 0.36 };
    });
  }

  const RUNS = 1500;

  /** How often generations taken for independent would find a change at 5 %. */
  const isNaiveAlarm = (current: readonly Moments[], before: readonly Moments[]): boolean => {
    const together = (days: readonly Moments[]): Moments => days.reduce(mergeMoments, NO_MOMENTS);
    const test = welch({ treatment: together(current), control: together(before) });
    return test.tested && test.p < 0.05;
  };

  it.for<[string, number, number]>([
    ["a week against a week", 7, 0.1],
    ["a day against a week", 1, 0.07],
  ])("rarely finds a change where there is none: %s", ([, length, most], { expect }) => {
    const alarms = { days: 0, naive: 0 };
    for (let run = 0; run < RUNS; run++) {
      const days = drifting(7 + length);
      const [current, before] = [days.slice(7), days.slice(0, 7)];
      if ((differenceOfDays(current, before)?.p ?? 1) < 0.05) alarms.days++;
      if (isNaiveAlarm(current, before)) alarms.naive++;
    }
    expect(alarms.days / RUNS).toBeLessThan(most);
    expect(alarms.naive / RUNS).toBeGreaterThan(0.3);
  });

  it("finds a week that is a tenth slower nearly always", ({ expect }) => {
    let found = 0;
    for (let run = 0; run < 300; run++) {
      const days = drifting(14);
      const slower = days.slice(7).map((day) => ({ ...day, mean: day.mean + Math.log(1.1) }));
      if ((differenceOfDays(slower, days.slice(0, 7))?.p ?? 1) < 0.05) found++;
    }
    expect(found / 300).toBeGreaterThan(0.8);
  });
});

describe("a movement", () => {
  it("has an effect, a margin and a verdict", ({ expect }) => {
    const before = fullDays([6.68, 6.7, 6.69, 6.71, 6.7, 6.69, 6.7]);
    const slower = before.map((day) => ({ ...day, mean: day.mean + Math.log(1.3) }));
    const found = movementOf(LATENCY, slower, before);
    expect(found).toMatchObject({ metric: "latencyMs", days: 7, daysBefore: 7, verdict: "worse" });
    expect(found?.effect.unit).toBe("relative");
    expect(found?.effect.estimate).toBeCloseTo(0.3, 10);
    expect(found?.margin).toBeCloseTo(0.1, 10);
    expect(found?.why).toMatch(
      /^Latency: \+30 % \(95 % interval .* 7 days against the 7 before; the margin is 10 %: worse\.$/,
    );
  });

  it("of cost is relative to what was paid before, and of errors in points", ({ expect }) => {
    const cost: ComparedMetric = {
      id: "costUsd",
      kind: "amount",
      unit: "USD",
      margin: DEFAULT_MARGINS.cost,
      perUnit: 1e9,
    };
    const week = [0.01, 0.0101, 0.0099, 0.01, 0.0102, 0.0098, 0.01];
    const cheaper = movementOf(cost, fullDays(week.map((usd) => usd * 0.8)), fullDays(week));
    expect(cheaper).toMatchObject({ verdict: "better", margin: 0.1 });
    expect(cheaper?.effect.estimate).toBeCloseTo(-0.2, 10);

    const errors: ComparedMetric = {
      id: "errors",
      kind: "events",
      unit: "share of generations",
      margin: DEFAULT_MARGINS.errors,
      perUnit: 1,
    };
    const shares = [0.01, 0.011, 0.009, 0.01, 0.0105, 0.0095, 0.01];
    const broken = movementOf(errors, fullDays(shares.map((share) => share * 5)), fullDays(shares));
    expect(broken?.effect).toMatchObject({ unit: "points" });
    expect(broken?.effect.estimate).toBeCloseTo(0.04, 10);
    // Twice as many is the margin: one point more.
    expect(broken?.margin).toBeCloseTo(0.01, 10);
    expect(broken?.verdict).toBe("worse");
  });

  it("has no verdict where nobody said what matters, and is none of categories", ({ expect }) => {
    const week = fullDays([10, 11, 10, 11, 10, 11, 10]);
    const more = fullDays([20, 21, 20, 21, 20, 21, 20]);
    const free: ComparedMetric = {
      id: "score:len",
      kind: "mean",
      unit: "score",
      margin: null,
      perUnit: 1e6,
    };
    expect(movementOf(free, more, week)).toMatchObject({ verdict: null, margin: null });
    expect(movementOf({ ...free, kind: "categories" }, more, week)).toBeUndefined();
  });
});
