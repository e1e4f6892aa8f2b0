import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  addTold,
  comparableCounts,
  distributionOf,
  isPlain,
} from "../../../src/lib/sketch/plain.ts";
import {
  addValue,
  binOf,
  emptySketch,
  isNothing,
  merge,
  mergeInto,
  quantile,
  type Sketch,
} from "../../../src/lib/sketch/sketch.ts";
import { decodeSketch, encodeSketch } from "../../../src/lib/sketch/text.ts";
import { brunnerMunzel } from "../../../src/lib/stats/brunner-munzel.ts";
import { quantileInterval, quantileRanks } from "../../../src/lib/stats/quantile-interval.ts";

/** Millionths, as scores are kept. */
const UNIT = 1_000_000;

const told = (values: readonly number[], count = 1): Sketch => {
  const sketch = emptySketch();
  for (const x of values) addTold(sketch, { x, bin: binOf(x), unit: UNIT }, count);
  return sketch;
};
const binned = (values: readonly number[]): Sketch => {
  const sketch = emptySketch();
  for (const x of values) addValue(sketch, x);
  return sketch;
};
const sorted = (counts: Map<number, number>) => [...counts].sort(([a], [b]) => a - b);
const shown = (sketch: Sketch) => {
  const { n, bins, values } = sketch;
  return { n, bins: sorted(bins), values: values && !isNothing(sketch) ? sorted(values) : null };
};

const rating = fc.integer({ min: 1, max: 5 }).map((x) => x * UNIT);
const hundredth = fc.integer({ min: -100, max: 100 }).map((x) => x * 10_000);
const any = fc.oneof(
  rating,
  hundredth,
  fc.constantFrom(0, -UNIT, UNIT, 500_000, 333_333, 666_667, 995_000, 990_000, 1_005_000),
  fc.integer({ min: -2 * UNIT, max: 2 * UNIT }),
  fc.maxSafeInteger(),
);
const some = fc.array(any, { maxLength: 60 });
const atRank = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;

describe("plain values", () => {
  it.each([
    [0, true],
    [0.01, true],
    [-0.37, true],
    [0.005, false],
    [1, true],
    [1.01, false],
    [3.25, true],
    [9.95, true],
    [10.05, false],
    [87, true],
    [87.5, false],
    [100, true],
    [-100, true],
    [101, false],
    [1 / 3, false],
  ])("%d: %s", (score, expected) => {
    expect(isPlain(Math.round(score * UNIT), UNIT)).toBe(expected);
  });

  it("are few enough to keep", () => {
    let plain = 0;
    for (let x = -101 * UNIT; x <= 101 * UNIT; x += 10_000) plain += isPlain(x, UNIT) ? 1 : 0;
    expect(plain).toBe(741);
  });
});

describe("a sketch that tells values", () => {
  it("has exact quantiles of ratings and hundredths", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(rating, hundredth), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          expect(quantile(told(values), q)).toBe(atRank(values, q));
        },
      ),
    );
  });

  it("keeps to 1 % of all others", () => {
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const truth = atRank(values, q);
          const found = quantile(told(values), q) ?? Number.NaN;
          expect(Math.abs(found - truth)).toBeLessThanOrEqual(0.0100001 * Math.abs(truth));
        },
      ),
    );
  });

  it("is the same in any order and grouping, and gives back what is taken out", () => {
    fc.assert(
      fc.property(some, some, some, (a, b, gone) => {
        const whole = shown(told([...a, ...b]));
        expect(shown(merge(told(a), told(b)))).toEqual(whole);
        expect(shown(merge(told(b), told(a)))).toEqual(whole);
        const spare = told([...gone, ...a]);
        mergeInto(spare, told(gone, -1));
        mergeInto(spare, told(b));
        expect(shown(spare)).toEqual(whole);
      }),
    );
  });

  it("is a difference even where values of one bin change places", () => {
    const alike = told([1_000_000]);
    mergeInto(alike, told([990_000], -1));
    expect(binOf(1_000_000)).toBe(binOf(990_000));
    expect([alike.n, alike.bins.size]).toEqual([0, 0]);
    const moved = told([990_000]);
    mergeInto(moved, alike);
    expect(quantile(moved, 0.5)).toBe(1_000_000);
    const onto = emptySketch();
    mergeInto(onto, alike);
    mergeInto(onto, told([990_000]));
    expect(shown(onto)).toEqual(shown(moved));
  });

  it("tells nothing more once one that tells nothing is added", () => {
    const mixed = merge(told([UNIT]), binned([2 * UNIT]));
    expect(shown(mixed)).toEqual(shown(binned([UNIT, 2 * UNIT])));
    expect(shown(merge(binned([2 * UNIT]), told([UNIT])))).toEqual(shown(mixed));
    expect(shown(merge(emptySketch(), told([UNIT])))).toEqual(shown(told([UNIT])));
    expect(shown(merge(told([UNIT]), emptySketch()))).toEqual(shown(told([UNIT])));
  });

  it("comes back from its text, which is canonical", () => {
    fc.assert(
      fc.property(some, (values) => {
        const text = encodeSketch(told(values));
        expect(shown(decodeSketch(text))).toEqual(shown(told(values)));
        expect(encodeSketch(told(values.toReversed()))).toBe(text);
      }),
    );
  });

  // Python 3, written from the description: bins 683: 1; divisor 500000; 0: 2, 500000: 1, 4000000: 3.
  it("stays readable: this is version 2", () => {
    const values = [0, 0, 500_000, 4_000_000, 4_000_000, 4_000_000, 833_333];
    expect(encodeSketch(told(values))).toBe("22qBC.gyweAECCOG");
    expect(shown(decodeSketch("22qBC.gyweAECCOG"))).toEqual(shown(told(values)));
    expect(encodeSketch(told([333]))).toMatch(/^2\w+\.$/);
  });

  it.each(["2", "2AC", "2AC.CA", "2.gy", "2.CA", "2AC!.CAC"])("refuses %j", (text) => {
    expect(() => decodeSketch(text)).toThrow(RangeError);
  });

  it("takes little room: ratings a character or two each", () => {
    const ratings = Array.from({ length: 500 }, (_, i) => ((i % 5) + 1) * UNIT);
    expect(encodeSketch(told(ratings)).length).toBeLessThan(30);
    const hundredths = Array.from({ length: 500 }, (_, i) => (i % 101) * 10_000);
    expect(encodeSketch(told(hundredths)).length).toBeLessThan(220);
  });
});

describe("distributionOf", () => {
  it("is the table of values, where all are told and at most 50 differ", () => {
    expect(distributionOf(told([UNIT, 0, UNIT]))).toEqual([
      [0, 1],
      [UNIT, 2],
    ]);
    expect(distributionOf(told([UNIT, 333]))).toBeNull();
    expect(distributionOf(binned([UNIT]))).toBeNull();
    const hundredths = Array.from({ length: 51 }, (_, i) => i * 10_000);
    expect(distributionOf(told(hundredths))).toBeNull();
    expect(distributionOf(told(hundredths.slice(1)))).toHaveLength(50);
  });
});

describe("intervals and ranks", () => {
  it("end at values themselves", () => {
    fc.assert(
      fc.property(fc.array(rating, { minLength: 20, maxLength: 200 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const found = quantileInterval(told(values), 0.5);
        const { low, high } = quantileRanks(values.length, 0.5);
        expect(found).toEqual({
          known: true,
          interval: { low: sorted[low - 1], high: sorted[high - 1] },
        });
      }),
    );
  });

  it("tell 0.99 and 1 apart, which share a bin; unless an arm does not", () => {
    const a = told([990_000, 990_000, 1_000_000, 1_000_000]);
    const b = told([990_000, 1_000_000, 1_000_000, 1_000_000]);
    const test = brunnerMunzel(...comparableCounts(b, a));
    // Of 16 pairs 6 are greater, 8 ties: (6 + 4) / 16.
    expect(test).toMatchObject({ tested: true, auc: 0.625 });
    const [x, y] = comparableCounts(a, binned([990_000, 1_200_000]));
    expect([...x.values()]).toEqual([4]);
    expect([...y.values()]).toEqual([1, 1]);
    expect([...y.keys()]).toContain([...x.keys()][0]);
  });
});
