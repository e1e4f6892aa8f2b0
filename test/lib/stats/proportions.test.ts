import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { centralZ } from "../../../src/lib/stats/distributions.ts";
import { compareProportions } from "../../../src/lib/stats/newcombe.ts";
import { shareOf, wilsonInterval } from "../../../src/lib/stats/wilson.ts";

const Z95 = centralZ(0.95);
const of = (successes: number, trials: number) => ({ successes, trials });
const counts = fc
  .integer({ min: 1, max: 5000 })
  .chain((trials) =>
    fc.record({ trials: fc.constant(trials), successes: fc.integer({ min: 0, max: trials }) }),
  );

describe("wilsonInterval", () => {
  // statsmodels 0.15.0 proportion_confint(x, n, method="wilson").
  it.each([
    [0, 10, 0, 0.27753279986288926],
    [1, 10, 0.017876213095072924, 0.40415002679523854],
    [50, 100, 0.4038315303659956, 0.5961684696340044],
    [10, 10, 0.7224672001371106, 1],
    [37, 41_234, 0.0006511079054179497, 0.0012365141443060907],
  ])("agrees with statsmodels for %d of %d", (x, n, low, high) => {
    const interval = wilsonInterval(of(x, n), Z95);
    expect(interval.low).toBeCloseTo(low, 14);
    expect(interval.high).toBeCloseTo(high, 14);
  });

  it("holds the observed share, stays in [0, 1] and narrows as trials grow", () => {
    fc.assert(
      fc.property(counts, ({ successes, trials }) => {
        const once = wilsonInterval(of(successes, trials), Z95);
        const tenfold = wilsonInterval(of(10 * successes, 10 * trials), Z95);
        expect(once.low).toBeGreaterThanOrEqual(0);
        expect(once.high).toBeLessThanOrEqual(1);
        expect(once.low).toBeLessThanOrEqual(successes / trials);
        expect(once.high).toBeGreaterThanOrEqual(successes / trials);
        expect(tenfold.high - tenfold.low).toBeLessThan(once.high - once.low);
      }),
    );
  });

  it.each([
    [3, 2],
    [0, 0],
    [Number.NaN, 2],
    [-1, 2],
  ])("refuses %d of %d", (x, n) => {
    expect(() => wilsonInterval(of(x, n), Z95)).toThrow(RangeError);
    expect(() => shareOf(of(x, n))).toThrow(RangeError);
  });

  it("refuses a z below 0", () => {
    expect(() => wilsonInterval(of(1, 2), -1)).toThrow(RangeError);
  });
});

describe("compareProportions", () => {
  // statsmodels 0.15.0: confint_proportions_2indep(method="newcomb", compare="diff",
  // correction=False), proportions_ztest and proportion_effectsize.
  it.each([
    [
      56, 70, 48, 80, 0.05243147240236498, 0.33387265403690614, 2.6501719512585336,
      0.00804508136819656, 0.4421431880029534,
    ],
    [
      9, 10, 3, 10, 0.1705227239345029, 0.809017973535488, 2.738612787525831, 0.006169899320544151,
      1.3388120640691004,
    ],
    [10, 10, 0, 20, 0.6790860371419145, 1, 5.47722557505166, 4.320463057827506e-8, Math.PI],
    [
      5, 1200, 31, 22_800, 0.00035432358117522267, 0.008371578068671375, 2.4489385544828806,
      0.014327788809605035, 0.05542570336035492,
    ],
  ])(
    "agrees with statsmodels for %d of %d against %d of %d",
    (x1, n1, x2, n2, low, high, z, p, h) => {
      const test = compareProportions(of(x1, n1), of(x2, n2));
      expect(test.difference).toBeCloseTo(x1 / n1 - x2 / n2, 15);
      expect(test.interval.low).toBeCloseTo(low, 13);
      expect(test.interval.high).toBeCloseTo(high, 13);
      expect(test.z).toBeCloseTo(z, 12);
      expect(test.p / p).toBeCloseTo(1, 10);
      expect(test.h).toBeCloseTo(h, 13);
    },
  );

  it("of two arms without any event finds no difference, with the interval of their sizes", () => {
    // statsmodels 0.15.0, as above; its z-test divides by 0 here.
    const test = compareProportions(of(0, 10), of(0, 20));
    expect(test).toMatchObject({ difference: 0, z: 0, p: 1, h: 0 });
    expect(test.interval.low).toBeCloseTo(-0.1611251580528194, 13);
    expect(test.interval.high).toBeCloseTo(0.27753279986288926, 13);
  });

  it("mirrors when the arms change places, and never leaves [-1, 1]", () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const one = compareProportions(a, b);
        const turned = compareProportions(b, a);
        expect(turned.interval.low).toBeCloseTo(-one.interval.high, 12);
        expect(turned.z).toBeCloseTo(-one.z, 12);
        expect(one.interval.low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(one.interval.high).toBeLessThanOrEqual(1 + 1e-12);
        expect(one.interval.low).toBeLessThanOrEqual(one.difference);
        expect(one.interval.high).toBeGreaterThanOrEqual(one.difference);
      }),
    );
  });

  it("refuses an arm without trials", () => {
    expect(() => compareProportions(of(0, 0), of(1, 2))).toThrow(RangeError);
  });
});
