import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  mergeMoments,
  type Moments,
  momentsOf,
  momentsOfCounts,
  momentsOfSums,
  momentsOfTrials,
  NO_MOMENTS,
  varianceOf,
  varianceOfMean,
} from "../../../src/lib/stats/moments.ts";

const sumsOf = (values: readonly number[]) => ({
  n: values.length,
  sum: values.reduce((sum, x) => sum + BigInt(x), 0n),
  sumSq: values.reduce((sum, x) => sum + BigInt(x) ** 2n, 0n),
});
const integers = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 60 });
const expectNear = (a: Moments, b: Moments): void => {
  expect(a.n).toBe(b.n);
  expect(Math.abs(a.mean - b.mean)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(b.mean)) * 1e3);
  expect(Math.abs(a.m2 - b.m2)).toBeLessThanOrEqual(1e-9 * (1 + b.m2));
};

describe("moments", () => {
  it("agree with NumPy", () => {
    // NumPy 2.4.6: np.mean and np.var(ddof=1) of these seven values.
    const moments = momentsOf([12.1, 9.8, 11.4, 13.9, 10.2, 15.3, 8.7]);
    expect(moments.mean).toBeCloseTo(11.628571428571428, 14);
    expect(varianceOf(moments)).toBeCloseTo(5.479047619047621, 13);
    expect(varianceOfMean(moments)).toBeCloseTo(5.479047619047621 / 7, 13);
  });

  it("of exact sums lose no digit to a large mean", () => {
    // Around 10^15 the squares pass 2^53 by far; the variance is that of -1, 0, 1.
    const base = 1_000_000_000_000_000;
    const moments = momentsOfSums(sumsOf([base - 1, base, base + 1]));
    expect(moments).toEqual({ n: 3, mean: base, m2: 2 });
  });

  it("of exact sums change unit by the scale", () => {
    expect(momentsOfSums(sumsOf([1000, 3000]), 1000)).toEqual({ n: 2, mean: 2, m2: 2 });
  });

  it("of sums are those of the values", () => {
    fc.assert(
      fc.property(integers, (values) => {
        expectNear(momentsOfSums(sumsOf(values)), momentsOf(values));
      }),
    );
  });

  it("merge as if they had been one list, in any order and grouping", () => {
    fc.assert(
      fc.property(integers, integers, integers, (a, b, c) => {
        const [x, y, z] = [momentsOf(a), momentsOf(b), momentsOf(c)];
        const whole = momentsOf([...a, ...b, ...c]);
        expectNear(mergeMoments(mergeMoments(x, y), z), whole);
        expectNear(mergeMoments(z, mergeMoments(y, x)), whole);
        expect(mergeMoments(x, NO_MOMENTS)).toEqual(x);
      }),
    );
  });

  it("of trials are those of zeros and ones", () => {
    const moments = momentsOfTrials(3, 10);
    expect(moments.n).toBe(10);
    expect(moments.mean).toBeCloseTo(0.3, 15);
    expect(moments.m2).toBeCloseTo(10 * 0.3 * 0.7, 14);
  });

  it.each([
    ["the variance of one value", () => varianceOf(momentsOf([1]))],
    ["a value that is no number", () => momentsOf([Number.NaN])],
    ["a negative count", () => momentsOfCounts([[1, -1]])],
    ["more successes than trials", () => momentsOfTrials(3, 2)],
    ["sums that no values have", () => momentsOfSums({ n: 2, sum: 10n, sumSq: 1n })],
    ["a scale of 0", () => momentsOfSums({ n: 0, sum: 0n, sumSq: 0n }, 0)],
    ["half a value", () => momentsOfSums({ n: 0.5, sum: 0n, sumSq: 0n })],
  ])("refuse %s", (_, call) => expect(call).toThrow(RangeError));
});
