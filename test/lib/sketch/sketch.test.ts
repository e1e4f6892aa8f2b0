import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  addValue,
  binOf,
  emptySketch,
  merge,
  mergeInto,
  quantile,
  quantiles,
  removeValue,
  type Sketch,
  valueOf,
} from "../../../src/lib/sketch/sketch.ts";
import { decodeSketch, encodeSketch, readSketch } from "../../../src/lib/sketch/text.ts";

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = emptySketch();
  for (const value of values) addValue(sketch, value);
  return sketch;
};
const plain = ({ n, bins }: Sketch) => ({ n, bins: [...bins].sort(([a], [b]) => a - b) });

const value = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeInteger(),
  fc.double({ min: 0, max: 36, noNaN: true }).map((ln) => Math.round(Math.exp(ln))),
);
const values = fc.array(value, { maxLength: 200 });

describe("bins", () => {
  // Python 3 decimal, 60 digits: 1 + ceil(ln x / ln(101/99)) and 2 g^k / (g + 1).
  it.each([
    { x: 1, bin: 1, centre: 0.99 },
    { x: 2, bin: 36, centre: 1.9936617014173506 },
    { x: 100, bin: 232, centre: 100.494567708567 },
    { x: 1000, bin: 347, centre: 1002.4280085221611 },
    { x: 123_456, bin: 588, centre: 124_286.04729557024 },
    { x: 1_000_000, bin: 692, centre: 994_912.7844254513 },
    { x: 987_654_321, bin: 1037, centre: 987_453_902.1236073 },
    { x: Number.MAX_SAFE_INTEGER, bin: 1838, centre: 8_956_665_550_920_786 },
  ])("agree with exact arithmetic for $x", ({ x, bin, centre }) => {
    expect(binOf(x)).toBe(bin);
    expect(binOf(-x)).toBe(-bin);
    expect(valueOf(bin) / centre).toBeCloseTo(1, 11);
    expect(valueOf(-bin)).toBe(-valueOf(bin));
  });

  it("keep zero apart", () => {
    expect(binOf(0)).toBe(0);
    expect(valueOf(0)).toBe(0);
  });

  it("grow with their values", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(binOf(low)).toBeLessThanOrEqual(binOf(high));
      }),
    );
  });

  it.each([0.5, Number.NaN, Infinity, 2 ** 53])("refuse %s", (x) => {
    expect(() => binOf(x)).toThrow(RangeError);
  });
});

describe("quantile", () => {
  it("is within 1 % of the value at its rank", () => {
    const some = fc.array(value, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const truth = sorted[Math.floor(q * (list.length - 1))] ?? Number.NaN;
        const found = quantile(sketchOf(list), q) ?? Number.NaN;
        expect(Math.abs(found - truth)).toBeLessThanOrEqual(0.0100001 * Math.abs(truth));
      }),
    );
  });

  it("ends at the smallest and the largest value, and never leaves them", () => {
    const sketch = sketchOf([1000, 1003, 1009]);
    const bounds = { min: 1000, max: 1009 };
    expect(quantiles(sketch, [0, 1], bounds)).toEqual([1000, 1009]);
    for (const q of [0.1, 0.5, 0.9]) {
      expect(quantile(sketch, q, bounds)).toBeGreaterThanOrEqual(1000);
      expect(quantile(sketch, q, bounds)).toBeLessThanOrEqual(1009);
    }
    expect(quantile(sketch, 0)).toBeCloseTo(1002.428, 3);
  });

  it("of nothing is unknown", () => {
    expect(quantile(emptySketch(), 0.5)).toBeNull();
  });

  it("refuses a share outside [0, 1]", () => {
    expect(() => quantile(sketchOf([1]), 1.1)).toThrow(RangeError);
    expect(() => quantile(sketchOf([1]), Number.NaN)).toThrow(RangeError);
  });
});

describe("merging", () => {
  it("gives the sketch of the union, in any order and grouping", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const whole = plain(sketchOf([...a, ...b, ...c]));
        const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        expect(plain(merge(merge(x, y), z))).toEqual(whole);
        expect(plain(merge(z, merge(y, x)))).toEqual(whole);
        expect(plain(x)).toEqual(plain(sketchOf(a)));
      }),
    );
  });

  it("is undone by taking the values out again", () => {
    fc.assert(
      fc.property(values, values, (kept, gone) => {
        const sketch = sketchOf([...gone, ...kept]);
        for (const x of gone) removeValue(sketch, x);
        expect(plain(sketch)).toEqual(plain(sketchOf(kept)));
      }),
    );
  });
});

describe("text", () => {
  // Python 3, written from the description: bins -82, 0, 1, 36, 347 with counts 1, 1, 1, 1e6, 2.
  const FIXED = "1lFCkFCCCmCgkh9BuTE";

  it("comes back as the same sketch, and equal sketches have equal texts", () => {
    fc.assert(
      fc.property(values, (list) => {
        const text = encodeSketch(sketchOf(list));
        expect(plain(decodeSketch(text))).toEqual(plain(sketchOf(list)));
        expect(encodeSketch(sketchOf(list.toReversed()))).toBe(text);
        // Read in order, where the other has its bins as they came.
        const qs = [0.99, 0, 0.5, 1];
        expect(quantiles(decodeSketch(text), qs)).toEqual(quantiles(sketchOf(list), qs));
        expect(quantiles(readSketch(text), qs)).toEqual(quantiles(sketchOf(list), qs));
      }),
    );
  });

  it("read to be asked is the same sketch, also when others are added to it, or it to them", () => {
    fc.assert(
      fc.property(values, values, value, (a, b, one) => {
        const read = (list: readonly number[]): Sketch => readSketch(encodeSketch(sketchOf(list)));
        expect(plain(read(a))).toEqual(plain(sketchOf(a)));
        expect(plain(merge(read(a), read(b)))).toEqual(plain(sketchOf([...a, ...b])));
        const changed = read(a);
        addValue(changed, one);
        mergeInto(changed, read(b));
        const whole = sketchOf([...a, one, ...b]);
        expect(plain(changed)).toEqual(plain(whole));
        expect(quantiles(changed, [0.5, 0.9])).toEqual(quantiles(whole, [0.5, 0.9]));
        expect(encodeSketch(changed)).toBe(encodeSketch(whole));
        const empty = readSketch(encodeSketch(sketchOf([])));
        mergeInto(empty, read(a));
        expect(plain(empty)).toEqual(plain(sketchOf(a)));
      }),
    );
  });

  it("stays readable: this is version 1", () => {
    const sketch = sketchOf([0, 1, 1000, 1000, -5]);
    for (let i = 0; i < 1e6; i++) addValue(sketch, 2);
    expect(encodeSketch(sketch)).toBe(FIXED);
    expect(plain(decodeSketch(FIXED))).toEqual(plain(sketch));
  });

  it.each(["", "2AC", "1A", "1Ag", "1A!", "1ACg"])("refuses %j", (text) => {
    expect(() => decodeSketch(text)).toThrow(RangeError);
    expect(() => readSketch(text)).toThrow(RangeError);
  });
});
