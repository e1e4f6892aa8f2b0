import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  clusterVariance,
  commonEffect,
  designEffect,
  type ErrorCount,
  filledCells,
  isEmergency,
  shareDesignEffect,
  splitDesignEffect,
  type UnitCells,
} from "../../../src/lib/stats/design-effect.ts";
import { uniforms } from "./draws.ts";

type Pair = readonly [n: number, sum: number];

const cellsOf = (pairs: readonly Pair[]): UnitCells => ({
  n: pairs.map(([n]) => n),
  sum: pairs.map(([, sum]) => sum),
});
// prettier-ignore
const PAIRS: readonly Pair[] = [
  [7, 1], [1, 1], [2, 2], [2, 2], [2, 0], [7, 2], [7, 3], [5, 3], [1, 1], [1, 1], [3, 1], [4, 2],
  [5, 2], [4, 2], [3, 3], [2, 1], [6, 3], [6, 0], [1, 0], [1, 1], [4, 3], [4, 1], [8, 0], [5, 1],
];
const CELLS = cellsOf(PAIRS);

describe("the design effect", () => {
  it("agrees with the cluster-robust variance of statsmodels", () => {
    // statsmodels 0.15.0: OLS of the 91 zeros and ones on a constant, cov_type="cluster" without
    // its own correction, times G/(G-1).
    expect(clusterVariance(CELLS)).toBeCloseTo(0.004164450687449324, 16);
    const found = shareDesignEffect(CELLS);
    expect(found).toMatchObject({ known: true, cells: 24 });
    if (found.known) expect(found.effect).toBeCloseTo(1.5849541762585224, 12);
  });

  it("does not see empty cells nor the order of the cells", () => {
    const empty = Array.from({ length: 232 }, (): Pair => [0, 0]);
    expect(clusterVariance(cellsOf([...empty, ...PAIRS]))).toBe(clusterVariance(CELLS));
    expect(clusterVariance(cellsOf(PAIRS.toReversed()))).toBeCloseTo(clusterVariance(CELLS), 16);
    expect(filledCells(cellsOf([...empty, ...PAIRS]).n)).toBe(24);
  });

  it("is never below 1, and 1 for what does not vary", () => {
    const cells = fc.array(
      fc
        .integer({ min: 1, max: 9 })
        .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }))),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(cells, (pairs) => {
        const found = shareDesignEffect(cellsOf(pairs));
        expect(found.known && found.effect >= 1).toBe(true);
      }),
    );
    const still = Array.from({ length: 30 }, (): Pair => [3, 0]);
    expect(shareDesignEffect(cellsOf(still))).toEqual({ known: true, effect: 1, cells: 30 });
  });

  it("of copies in a cell is their number", () => {
    // Each user sends the same value ten times: ten times less is known than it seems.
    const random = uniforms(5);
    const users = Array.from({ length: 256 }, () => (random() < 0.3 ? 1 : 0));
    const tenfold = shareDesignEffect(cellsOf(users.map((y) => [10, 10 * y])));
    expect(tenfold).toEqual({
      known: true,
      effect: expect.closeTo((10 * 256) / 255, 10),
      cells: 256,
    });
  });

  it("is unknown below 20 filled cells", () => {
    const first = (count: number) => cellsOf(PAIRS.slice(0, count));
    expect(shareDesignEffect(first(19))).toEqual({ known: false, cells: 19, need: 20 });
    expect(shareDesignEffect(first(0))).toEqual({ known: false, cells: 0, need: 20 });
    expect(designEffect(first(20), 0.001)).toMatchObject({ known: true });
  });

  it("common to cohorts is the greatest, and unknown when one is", () => {
    const of = (effect: number) => ({ known: true as const, effect, cells: 40 });
    expect(commonEffect([of(1.2), of(3.4)])).toEqual(of(3.4));
    const young = { known: false as const, cells: 7, need: 20 };
    expect(commonEffect([of(2), young])).toEqual(young);
    expect(() => commonEffect([])).toThrow(RangeError);
  });

  it("of a split is that of the share of the treatment, once both arms have their cells", () => {
    // The reference cells again: n of both arms, of which sum went to the treatment.
    const treatment = PAIRS.map(([, sum]) => sum);
    const control = PAIRS.map(([n, sum]) => n - sum);
    expect(splitDesignEffect(treatment, control)).toEqual({ known: false, cells: 17, need: 20 });
    const more = treatment.map((n, i) => n + (i < 20 ? 1 : 0));
    const all = control.map((n) => n + 1);
    const joined = { n: more.map((n, i) => n + all[i]!), sum: more };
    expect(splitDesignEffect(more, all)).toEqual(shareDesignEffect(joined));
    expect(() => splitDesignEffect(more, all.slice(1))).toThrow(RangeError);
  });

  it("refuses impossible cells", () => {
    expect(() => clusterVariance(cellsOf([[1, 1]]))).toThrow(RangeError);
    expect(() =>
      clusterVariance(
        cellsOf([
          [-1, 0],
          [2, 1],
        ]),
      ),
    ).toThrow(RangeError);
    expect(() => designEffect(CELLS, -1)).toThrow(RangeError);
  });
});

describe("the emergency rule", () => {
  const broken: ErrorCount = { generations: 20, errors: 10, errorMinutes: 5 };
  const sound: ErrorCount = { generations: 100, errors: 9, errorMinutes: 4 };

  it("acts on half of 20 generations in 5 minutes while the control is under 10 %", () => {
    expect(isEmergency(broken, sound)).toBe(true);
  });

  it.each([
    ["19 generations", { ...broken, generations: 19 }, sound],
    ["less than half failed", { ...broken, errors: 9 }, sound],
    ["4 minutes", { ...broken, errorMinutes: 4 }, sound],
    ["a control that fails too", broken, { ...sound, errors: 10 }],
    ["no control", broken, { generations: 0, errors: 0, errorMinutes: 0 }],
  ])("does not act on %s", (_, candidate, control) => {
    expect(isEmergency(candidate, control)).toBe(false);
  });

  it("refuses more errors than generations", () => {
    expect(() => isEmergency({ ...broken, errors: 21 }, sound)).toThrow(RangeError);
  });
});
