import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  countIn,
  linearPlaces,
  logPlaces,
} from "../../../src/features/rollups/distribution/bins.ts";
import { MEASURES, SCORE_SCALE } from "../../../src/features/rollups/measures.ts";
import { addTold } from "../../../src/lib/sketch/plain.ts";
import { addValue, binOf, emptySketch } from "../../../src/lib/sketch/sketch.ts";

const MS = MEASURES.latencyMs.scale;

/** @param values whole numbers, as buckets keep them */
function statOf(values: readonly number[]) {
  const sketch = emptySketch();
  for (const value of values) addValue(sketch, value);
  const none = values.length === 0;
  return { sketch, min: none ? null : Math.min(...values), max: none ? null : Math.max(...values) };
}

const total = (bins: readonly { count: number }[]): number =>
  bins.reduce((sum, { count }) => sum + count, 0);

describe("bins of times, tokens and money", () => {
  it("count exactly what lies between their edges", () => {
    const durations = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const stats = [statOf(a), statOf(b)];
        const places = logPlaces(stats);
        expect(places.length).toBeLessThanOrEqual(42);
        for (const [i, values] of [a, b].entries()) {
          const bins = countIn(places, stats[i]!.sketch, MS);
          expect(total(bins)).toBe(values.length);
          for (const { low, high, count } of bins) {
            const inside = values.filter((us) =>
              low === high ? us === 0 : us / 1000 > low && us / 1000 <= high,
            );
            expect(count).toBe(inside.length);
          }
        }
      }),
    );
  });

  it("show nothing of nothing, and zeros apart", () => {
    expect(logPlaces([statOf([])])).toEqual([]);
    const zeros = statOf([0, 0]);
    expect(countIn(logPlaces([zeros]), zeros.sketch, MS)).toEqual([{ low: 0, high: 0, count: 2 }]);
  });
});

describe("bins of scores", () => {
  it("count plain scores exactly, which share a bin of the sketch", () => {
    const sketch = emptySketch();
    for (const x of [990_000, 990_000, 1_000_000]) {
      addTold(sketch, { x, bin: binOf(x), unit: 1e6 }, 1);
    }
    expect(binOf(990_000)).toBe(binOf(1_000_000));
    const places = linearPlaces([{ sketch, min: 990_000, max: 1_000_000 }]);
    const counts = countIn(places, sketch, SCORE_SCALE);
    expect(counts.at(-1)).toMatchObject({ count: 1 });
    expect(total(counts.slice(0, -1))).toBe(2);
  });

  it("hold ratings in their middle", () => {
    const ratings = statOf([1, 2, 2, 4, 5].map((rating) => rating * 1e6));
    const bins = countIn(linearPlaces([ratings]), ratings.sketch, SCORE_SCALE);
    expect(bins).toEqual([
      { low: 0.9, high: 1.1, count: 1 },
      { low: 1.9, high: 2.1, count: 2 },
      { low: 3.9, high: 4.1, count: 1 },
      { low: 4.9, high: 5.1, count: 1 },
    ]);
  });

  it("hold every value once, of either sign", () => {
    const values = fc.array(fc.integer({ min: -5_000_000, max: 5_000_000 }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(values, (values) => {
        const stat = statOf(values);
        const bins = countIn(linearPlaces([stat]), stat.sketch, SCORE_SCALE);
        expect(total(bins)).toBe(values.length);
        for (const [i, { low, high }] of bins.entries()) {
          expect(high).toBeGreaterThanOrEqual(low);
          expect(low).toBeGreaterThanOrEqual(bins[i - 1]?.high ?? low);
        }
      }),
    );
  });

  it("are one when all values are one", () => {
    const same = statOf([500_000, 500_000]);
    expect(countIn(linearPlaces([same]), same.sketch, SCORE_SCALE)).toEqual([
      { low: 0.5, high: 0.5, count: 2 },
    ]);
  });
});
