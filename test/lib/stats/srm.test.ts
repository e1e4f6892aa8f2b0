import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isMismatch, lnSrm, type ServedArm, srmChiSquare } from "../../../src/lib/stats/srm.ts";

const arms = (...pairs: [count: number, weight: number][]): ServedArm[] =>
  pairs.map(([count, weight]) => ({ count, weight }));

describe("srmChiSquare", () => {
  // SciPy 1.17.1: scipy.stats.chisquare.
  it.each([
    [arms([5030, 0.5], [4970, 0.5]), 0.5485062355001471],
    [arms([480, 5], [9520, 95]), 0.3587953578869416],
    [arms([300, 1], [340, 1], [360, 1]), 0.060810062625218514],
  ])("agrees with SciPy, case %#", (served, p) => {
    expect(srmChiSquare(served)).toBeCloseTo(p, 13);
  });

  it("of nothing served is no mismatch", () => {
    expect(srmChiSquare(arms([0, 1], [0, 1]))).toBe(1);
  });
});

describe("lnSrm", () => {
  // mpmath 1.4.1: quadrature of the beta-binomial mixture for two arms, log gammas for three.
  it.each([
    [arms([5030, 0.5], [4970, 0.5]), -1.03552285686285],
    [arms([430, 0.5], [570, 0.5]), 4.55976778320976],
    [arms([80, 0.05], [920, 0.95]), 3.87462785445934],
    [arms([4700, 0.5], [5300, 0.5]), 15.1740752374848],
    [arms([0, 0.5], [0, 0.5]), 0],
    [arms([300, 1], [340, 1], [460, 1]), 9.02234532186602],
    [arms([520, 2], [230, 1], [250, 1]), -0.0788847137841577],
  ])("agrees with exact arithmetic, case %#", (served, ln) => {
    expect(lnSrm([served])).toBeCloseTo(ln, 9);
  });

  it("multiplies over stages, in any order of stages and arms", () => {
    const arm = fc.record({
      count: fc.integer({ min: 0, max: 5000 }),
      weight: fc.constantFrom(0.05, 0.25, 0.5, 0.75, 0.95),
    });
    const stages = fc.array(fc.array(arm, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(stages, (stages) => {
        const alone = stages.map((stage) => lnSrm([stage])).reduce((sum, ln) => sum + ln, 0);
        const turned = stages.toReversed().map((stage) => stage.toReversed());
        expect(lnSrm(stages)).toBeCloseTo(alone, 9);
        expect(lnSrm(turned)).toBeCloseTo(alone, 6);
      }),
    );
  });

  it("is an exact test: under the weights E has mean 1", () => {
    let mean = 0;
    let chance = 0.95 ** 40;
    for (let k = 0; k <= 40; k++) {
      mean += chance * Math.exp(lnSrm([arms([k, 0.05], [40 - k, 0.95])]));
      chance *= ((40 - k) * 0.05) / (k + 1) / 0.95;
    }
    expect(mean).toBeCloseTo(1, 12);
  });

  it("flags 47 % where 50 % was promised, given enough traffic, and keeps quiet about 50 %", () => {
    // mpmath 1.4.1: 6.60829 after 5000 generations, 8.28938 after 6000; ln 1000 = 6.90776.
    expect(isMismatch(lnSrm([arms([2350, 0.5], [2650, 0.5])]))).toBe(false);
    expect(isMismatch(lnSrm([arms([2820, 0.5], [3180, 0.5])]))).toBe(true);
    expect(isMismatch(lnSrm([arms([94, 0.5], [106, 0.5])]))).toBe(false);
    expect(isMismatch(lnSrm([arms([20_000, 0.5], [20_100, 0.5])]))).toBe(false);
    expect(isMismatch(Math.log(1000))).toBe(true);
    expect(isMismatch(Math.log(999))).toBe(false);
  });

  it.each([
    ["one arm", arms([1, 1])],
    ["a weight of 0", arms([1, 1], [1, 0])],
    ["a negative count", arms([-1, 1], [1, 1])],
    ["a count that is no number", arms([Number.NaN, 1], [1, 1])],
  ])("refuses %s", (_, served) => {
    expect(() => lnSrm([served])).toThrow(RangeError);
    expect(() => srmChiSquare(served)).toThrow(RangeError);
  });
});
