import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { geometricRatio } from "../../../src/lib/stats/geometric-ratio.ts";
import { hedgesG } from "../../../src/lib/stats/hedges.ts";
import { momentsOf, type Pair } from "../../../src/lib/stats/moments.ts";
import { relativeLift } from "../../../src/lib/stats/relative-lift.ts";
import { welch } from "../../../src/lib/stats/welch.ts";

const A = [12.1, 9.8, 11.4, 13.9, 10.2, 15.3, 8.7];
const B = [10, 9.1, 10.6, 9.7, 11.2];
const pairOf = (treatment: readonly number[], control: readonly number[]): Pair => ({
  treatment: momentsOf(treatment),
  control: momentsOf(control),
});
const logs = (values: readonly number[]): number[] => values.map((x) => Math.log(x));

function tested<T extends { tested: boolean }>(outcome: T): Extract<T, { tested: true }> {
  expect(outcome.tested).toBe(true);
  return outcome as Extract<T, { tested: true }>;
}

const sample = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), {
  minLength: 3,
  maxLength: 30,
});

describe("welch", () => {
  it("agrees with SciPy and statsmodels", () => {
    // SciPy 1.17.1 ttest_ind(equal_var=False); interval also statsmodels 0.15.0 CompareMeans.
    const test = tested(welch(pairOf(A, B)));
    expect(test.t).toBeCloseTo(1.5778438236202317, 13);
    expect(test.p).toBeCloseTo(0.15396424910506418, 13);
    expect(test.degreesOfFreedom).toBeCloseTo(7.851686527177294, 12);
    expect(test.interval.low).toBeCloseTo(-0.7034619736034249, 12);
    expect(test.interval.high).toBeCloseTo(3.720604830746279, 12);
  });

  it("agrees with SciPy on unequal arms of thousands", () => {
    // SciPy 1.17.1 ttest_ind_from_stats(103.2, 48.7, 1200, 100.1, 30.3, 11400, equal_var=False).
    const test = tested(
      welch({
        treatment: { n: 1200, mean: 103.2, m2: 1199 * 48.7 ** 2 },
        control: { n: 11_400, mean: 100.1, m2: 11_399 * 30.3 ** 2 },
      }),
    );
    expect(test.t).toBeCloseTo(2.1614769741584983, 11);
    expect(test.p).toBeCloseTo(0.030840791556912897, 12);
  });

  it("turns its sign when the arms change places, and ignores shifts and units", () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -50, max: 50 }), (a, b, shift) => {
        fc.pre(new Set(a).size > 1 || new Set(b).size > 1);
        const one = tested(welch(pairOf(a, b)));
        const turned = tested(welch(pairOf(b, a)));
        expect(turned.t).toBeCloseTo(-one.t, 9);
        expect(turned.p).toBeCloseTo(one.p, 9);
        const moved = (x: number): number => 1000 * (x + shift);
        const other = tested(welch(pairOf(a.map(moved), b.map(moved))));
        expect(other.p).toBeCloseTo(one.p, 6);
      }),
    );
  });

  it("excludes 0 from the interval exactly when p is below 5 %", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        fc.pre(new Set(a).size > 1 || new Set(b).size > 1);
        const { p, interval } = tested(welch(pairOf(a, b)));
        fc.pre(Math.abs(p - 0.05) > 1e-9);
        expect(interval.low > 0 || interval.high < 0).toBe(p < 0.05);
      }),
    );
  });

  it("keeps its degrees of freedom for tiny units", () => {
    const small = (x: number): number => x * 1e-90;
    const test = tested(welch(pairOf(A.map(small), B.map(small))));
    expect(test.degreesOfFreedom).toBeCloseTo(7.851686527177294, 9);
  });

  it("says why it cannot be made", () => {
    expect(welch(pairOf([1], B))).toEqual({ tested: false, because: "too-few" });
    expect(welch(pairOf([5, 5, 5], [5, 5]))).toEqual({ tested: false, because: "no-variance" });
    expect(() => welch(pairOf(A, B), 1.5)).toThrow(RangeError);
  });
});

describe("geometricRatio", () => {
  it("agrees with SciPy on logarithms", () => {
    // SciPy 1.17.1 ttest_ind(np.log(a), np.log(b), equal_var=False), exponentiated.
    const test = tested(geometricRatio(pairOf(logs(A), logs(B))));
    expect(test.ratio).toBeCloseTo(1.1325009900508205, 12);
    expect(test.p).toBeCloseTo(0.17194817492865927, 12);
    expect(test.interval.low).toBeCloseTo(0.9359659168685888, 12);
    expect(test.interval.high).toBeCloseTo(1.3703046973730368, 12);
  });

  it("of exchanged arms is one over the ratio", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        fc.pre(new Set(a).size > 1 || new Set(b).size > 1);
        const one = tested(geometricRatio(pairOf(logs(a), logs(b))));
        const turned = tested(geometricRatio(pairOf(logs(b), logs(a))));
        expect(one.ratio * turned.ratio).toBeCloseTo(1, 9);
        expect(one.interval.low * turned.interval.high).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe("hedgesG", () => {
  it("agrees with statsmodels", () => {
    // statsmodels 0.15.0 meta_analysis.effectsize_smd.
    const found = tested(hedgesG(pairOf(A, B)));
    expect(found.g).toBeCloseTo(0.7390530515489668, 13);
  });

  it("says why it cannot be made", () => {
    expect(hedgesG(pairOf([1], B))).toEqual({ tested: false, because: "too-few" });
    expect(hedgesG(pairOf([2, 2], [2, 2]))).toEqual({ tested: false, because: "no-variance" });
  });
});

describe("relativeLift", () => {
  it("agrees with the gradient form of the delta method", () => {
    // NumPy 2.4.6, SciPy 1.17.1: J diag(v) J' with J = (1/c, -t/c²), Satterthwaite t.
    const test = tested(relativeLift(pairOf(A, B)));
    expect(test.lift).toBeCloseTo(0.1490683229813663, 13);
    expect(test.standardError).toBeCloseTo(0.0966267829152274, 13);
    expect(test.p).toBeCloseTo(0.1599412871324061, 12);
    expect(test.interval.low).toBeCloseTo(-0.07218200854745827, 12);
    expect(test.interval.high).toBeCloseTo(0.37031865451019086, 12);
  });

  it("does not depend on the unit", () => {
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (a, b, unit) => {
        fc.pre(new Set(a).size > 1 || new Set(b).size > 1);
        const one = tested(relativeLift(pairOf(a, b)));
        const scaled = (x: number): number => x * unit;
        const other = tested(relativeLift(pairOf(a.map(scaled), b.map(scaled))));
        expect(other.lift).toBeCloseTo(one.lift, 9);
        expect(other.standardError / one.standardError).toBeCloseTo(1, 6);
      }),
    );
  });

  it("says that nothing can be relative to a mean that is not above 0", () => {
    expect(relativeLift(pairOf(A, [-1, 1]))).toEqual({ tested: false, because: "baseline" });
    expect(relativeLift(pairOf([1], [1]))).toEqual({ tested: false, because: "too-few" });
    expect(relativeLift(pairOf([3, 3], [2, 2]))).toEqual({ tested: false, because: "no-variance" });
  });
});
