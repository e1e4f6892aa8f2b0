import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { brunnerMunzel } from "../../../src/lib/stats/brunner-munzel.ts";

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
const ratings = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 40 });

describe("brunnerMunzel", () => {
  it("agrees with SciPy and statsmodels on the pain scores of the paper", () => {
    // SciPy 1.17.1 brunnermunzel; statsmodels 0.15.0 rank_compare_2indep(use_t=True).
    const test = brunnerMunzel(
      countsOf([3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]),
      countsOf([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]),
    );
    expect(test.tested).toBe(true);
    if (!test.tested) return;
    expect(test.auc).toBeCloseTo(0.7889610389610391, 14);
    expect(test.t).toBeCloseTo(3.1374674823029505, 12);
    expect(test.p).toBeCloseTo(0.005786208666151469, 13);
    expect(test.degreesOfFreedom).toBeCloseTo(17.682841979481548, 11);
    expect(test.interval.low).toBeCloseTo(0.5952168642537365, 12);
    expect(test.interval.high).toBeCloseTo(0.9827052136683416, 12);
    expect(test.cliffDelta).toBeCloseTo(2 * 0.7889610389610391 - 1, 14);
  });

  it("counts pairs: the AUC is their share, ties half", () => {
    fc.assert(
      fc.property(ratings, ratings, (a, b) => {
        const test = brunnerMunzel(countsOf(a), countsOf(b));
        fc.pre(test.tested);
        if (!test.tested) return;
        let wins = 0;
        for (const x of a) for (const y of b) wins += x > y ? 1 : x === y ? 0.5 : 0;
        expect(test.auc).toBeCloseTo(wins / (a.length * b.length), 12);
        const turned = brunnerMunzel(countsOf(b), countsOf(a));
        if (!turned.tested) throw new Error("one way only");
        expect(turned.auc).toBeCloseTo(1 - test.auc, 12);
        expect(turned.p).toBeCloseTo(test.p, 10);
      }),
    );
  });

  it("depends on the order of the bins only", () => {
    fc.assert(
      fc.property(ratings, ratings, (a, b) => {
        const stretch = (x: number): number => x ** 3 - 100;
        const one = brunnerMunzel(countsOf(a), countsOf(b));
        expect(brunnerMunzel(countsOf(a.map(stretch)), countsOf(b.map(stretch)))).toEqual(one);
      }),
    );
  });

  it("says why it cannot be made", () => {
    const untested = (because: string) => ({ tested: false, because });
    expect(brunnerMunzel(countsOf([1]), countsOf([1, 2]))).toEqual(untested("too-few"));
    expect(brunnerMunzel(countsOf([]), countsOf([1, 2]))).toEqual(untested("too-few"));
    expect(brunnerMunzel(countsOf([1, 2]), countsOf([3, 4]))).toEqual(untested("no-variance"));
    expect(brunnerMunzel(countsOf([3, 3]), countsOf([3, 3]))).toEqual(untested("no-variance"));
    expect(() => brunnerMunzel(new Map([[1, -1]]), countsOf([1, 2]))).toThrow(RangeError);
  });
});
