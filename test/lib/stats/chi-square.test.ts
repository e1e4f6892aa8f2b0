import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chiSquare } from "../../../src/lib/stats/chi-square.ts";

const counts = (of: Record<string, number>): Map<string, number> => new Map(Object.entries(of));
const mix = fc.dictionary(
  fc.constantFrom("a", "b", "c", "d", "e"),
  fc.integer({ min: 0, max: 90 }),
);

describe("chiSquare", () => {
  it("agrees with SciPy when no category is rare", () => {
    // SciPy 1.17.1: chi2_contingency([[30, 20, 50], [25, 40, 35]], correction=False), association.
    const test = chiSquare(
      counts({ good: 30, fair: 20, bad: 50 }),
      counts({ good: 25, fair: 40, bad: 35 }),
    );
    expect(test).toMatchObject({ tested: true, degreesOfFreedom: 2, merged: [] });
    if (!test.tested) return;
    expect(test.statistic).toBeCloseTo(9.768270944741534, 12);
    expect(test.p).toBeCloseTo(0.00756566165907572, 14);
    expect(test.cramerV).toBeCloseTo(0.22100080254086787, 14);
  });

  it("counts rare categories as one, and takes in the next when that one is still rare", () => {
    // SciPy 1.17.1 on [[22, 50], [41, 35]]: d and e together would expect 3/155 · 72 < 5.
    const test = chiSquare(
      counts({ d: 1, e: 1, fair: 20, bad: 50 }),
      counts({ e: 1, fair: 40, bad: 35 }),
    );
    expect(test).toMatchObject({ tested: true, degreesOfFreedom: 1, merged: ["d", "e", "fair"] });
    if (!test.tested) return;
    expect(test.statistic).toBeCloseTo(8.275154116227384, 12);
    expect(test.p).toBeCloseTo(0.004019125097308051, 14);
    expect(test.cramerV).toBeCloseTo(0.23645972910418142, 14);
  });

  it("keeps merged categories apart from the rest when together they are not rare", () => {
    const test = chiSquare(
      counts({ d: 4, e: 3, f: 4, bad: 50 }),
      counts({ d: 3, e: 4, f: 3, bad: 50 }),
    );
    expect(test).toMatchObject({ tested: true, degreesOfFreedom: 1, merged: ["d", "e", "f"] });
  });

  it("lets a category stand alone from an expected count of exactly five", () => {
    const five = chiSquare(counts({ a: 4, b: 46 }), counts({ a: 6, b: 44 }));
    expect(five).toMatchObject({ tested: true, merged: [] });
    const less = chiSquare(counts({ a: 4, b: 46 }), counts({ a: 5, b: 45 }));
    expect(less).toEqual({ tested: false, because: "one-category" });
    // Two rare ones reach ten together: the third is left alone.
    const two = chiSquare(counts({ a: 2, b: 2, c: 46 }), counts({ a: 3, b: 3, c: 44 }));
    expect(two).toMatchObject({ tested: true, merged: ["a", "b"], degreesOfFreedom: 1 });
  });

  it("does not depend on the order of the counts nor on which arm is which", () => {
    fc.assert(
      fc.property(mix, mix, (a, b) => {
        const one = chiSquare(counts(a), counts(b));
        const reversed = new Map([...counts(a)].toReversed());
        expect(chiSquare(reversed, counts(b))).toEqual(one);
        const turned = chiSquare(counts(b), counts(a));
        expect(turned.tested).toBe(one.tested);
        if (one.tested && turned.tested) expect(turned.p).toBeCloseTo(one.p, 10);
      }),
    );
  });

  it("finds nothing in equal mixes and everything in disjoint ones", () => {
    const same = chiSquare(counts({ a: 30, b: 60 }), counts({ a: 10, b: 20 }));
    expect(same).toMatchObject({ statistic: 0, p: 1, cramerV: 0 });
    const apart = chiSquare(counts({ a: 30 }), counts({ b: 30 }));
    expect(apart).toMatchObject({ statistic: 60, cramerV: 1 });
  });

  it("says why it cannot be made", () => {
    const untested = (because: string) => ({ tested: false, because });
    expect(chiSquare(counts({}), counts({ a: 9 }))).toEqual(untested("too-few"));
    expect(chiSquare(counts({ a: 9 }), counts({ a: 9 }))).toEqual(untested("one-category"));
    expect(chiSquare(counts({ a: 9 }), counts({ a: 9, b: 1 }))).toEqual(untested("one-category"));
    expect(() => chiSquare(counts({ a: -1 }), counts({ a: 9 }))).toThrow(RangeError);
  });
});
