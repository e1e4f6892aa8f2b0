import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  addToBin,
  addValue,
  binOf,
  emptySketch,
  type Sketch,
  valueOf,
} from "../../../src/lib/sketch/sketch.ts";
import {
  binOfRank,
  logMoments,
  lowerEdge,
  mayUseLogs,
  upperEdge,
} from "../../../src/lib/stats/bins.ts";
import { brunnerMunzel } from "../../../src/lib/stats/brunner-munzel.ts";
import { normalQuantile } from "../../../src/lib/stats/distributions.ts";
import { geometricRatio } from "../../../src/lib/stats/geometric-ratio.ts";
import { momentsOf, varianceOf } from "../../../src/lib/stats/moments.ts";
import {
  minimumForQuantile,
  quantileInterval,
  quantileRanks,
} from "../../../src/lib/stats/quantile-interval.ts";
import { quantileRatio } from "../../../src/lib/stats/quantile-ratio.ts";
import {
  tailOfSketch,
  thresholdBin,
  winsorisedMoments,
} from "../../../src/lib/stats/winsorised.ts";
import { congruential, normals, uniforms } from "./draws.ts";

function sketchOf(values: readonly number[]): Sketch {
  const sketch = emptySketch();
  for (const value of values) addValue(sketch, value);
  return sketch;
}

/** Lognormal latencies in microseconds, the same list as in the reference program. */
function latencies(seed: number, n: number, mu: number, sd: number): number[] {
  const uniform = congruential(seed);
  return Array.from({ length: n }, () => Math.round(Math.exp(mu + sd * normalQuantile(uniform()))));
}
const T = latencies(1, 600, 13.9, 0.6);
const C = latencies(2, 500, 13.8, 0.5);

const positive = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 5, maxLength: 80 });
const anyInteger = fc.integer({ min: -1_000_000, max: 1_000_000 });

// All reference numbers below: a sketch written from its definition in Python 3.11 (keys
// ceil(ln x / ln gamma)) over the same two lists, with NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0.
it("has the lists of the reference program", () => {
  expect(T.slice(0, 4)).toEqual([1_111_104, 622_171, 806_286, 1_146_246]);
  expect(C.slice(0, 4)).toEqual([377_908, 1_273_061, 771_117, 860_858]);
});

describe("edges", () => {
  it("enclose every value of their bin and its representative", () => {
    fc.assert(
      fc.property(anyInteger, (x) => {
        const bin = binOf(x);
        const slack = 1e-9 * Math.abs(x);
        for (const inside of [x, valueOf(bin)]) {
          expect(lowerEdge(bin)).toBeLessThanOrEqual(inside + slack);
          expect(upperEdge(bin)).toBeGreaterThanOrEqual(inside - slack);
        }
      }),
    );
  });

  it("meet: where a bin ends the next begins", () => {
    for (const bin of [1, 2, 347, 692]) {
      expect(upperEdge(bin)).toBeCloseTo(lowerEdge(bin + 1), 6);
      expect(lowerEdge(-bin)).toBeCloseTo(-upperEdge(bin), 6);
    }
    expect([lowerEdge(0), upperEdge(0)]).toEqual([0, 0]);
  });
});

describe("logMoments", () => {
  it("agree with the reference", () => {
    const { logs, notPositive } = logMoments(sketchOf(T));
    expect(notPositive).toBe(0);
    expect(logs.n).toBe(600);
    expect(logs.mean).toBeCloseTo(13.89646322779392, 11);
    expect(logs.m2).toBeCloseTo(194.97299832987483, 9);
  });

  it("are within the bin of those of the values", () => {
    fc.assert(
      fc.property(positive, (values) => {
        const { logs } = logMoments(sketchOf(values));
        const exact = momentsOf(values.map((x) => Math.log(x)));
        expect(Math.abs(logs.mean - exact.mean)).toBeLessThanOrEqual(0.0100004);
      }),
    );
  });

  it("do not depend, to the last bit, on the order in which values came", () => {
    fc.assert(
      fc.property(positive, (values) => {
        expect(logMoments(sketchOf(values.toReversed()))).toEqual(logMoments(sketchOf(values)));
      }),
    );
  });

  it("count what has no logarithm, and say when that is too much", () => {
    const few = logMoments(sketchOf([0, ...Array.from({ length: 19 }, () => 7)]));
    expect(few.notPositive).toBe(1);
    expect(mayUseLogs(few)).toBe(true);
    expect(mayUseLogs(logMoments(sketchOf([0, -1, ...T.slice(0, 30)])))).toBe(false);
    expect(mayUseLogs(logMoments(emptySketch()))).toBe(true);
  });
});

describe("a winsorised mean", () => {
  const cap = thresholdBin(sketchOf(C), 0.99);

  it("agrees with the reference", () => {
    expect(upperEdge(cap)).toBeCloseTo(3_019_184.631039958, 3);
    const moments = winsorisedMoments(sketchOf(T), cap);
    expect(moments.mean / 1_249_797.7154872739).toBeCloseTo(1, 12);
    expect(varianceOf(moments) / 475_685_887_642.97644).toBeCloseTo(1, 12);
  });

  it("is not moved by how far out the largest values are", () => {
    const tame = winsorisedMoments(sketchOf([...T, 4_000_000]), cap);
    const wild = winsorisedMoments(sketchOf([...T, 4_000_000_000_000]), cap);
    expect(wild).toEqual(tame);
  });
});

describe("the share above a threshold", () => {
  it("agrees with the reference, and is exact", () => {
    const bin = thresholdBin(sketchOf(C), 0.95);
    expect(tailOfSketch(sketchOf(T), bin)).toEqual({ successes: 52, trials: 600 });
    expect(T.filter((x) => x > upperEdge(bin))).toHaveLength(52);
  });

  it("of the baseline itself is at most what was asked for", () => {
    fc.assert(
      fc.property(positive, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (values, q) => {
        const sketch = sketchOf(values);
        const { successes, trials } = tailOfSketch(sketch, thresholdBin(sketch, q));
        expect(successes / trials).toBeLessThanOrEqual(1 - q + 1 / trials + 1e-12);
      }),
    );
  });

  it("refuses an empty baseline and an impossible quantile", () => {
    expect(() => thresholdBin(emptySketch(), 0.95)).toThrow(RangeError);
    expect(() => thresholdBin(sketchOf(C), 1.5)).toThrow(RangeError);
    expect(() => binOfRank(sketchOf(C), 0)).toThrow(RangeError);
    expect(() => binOfRank(sketchOf(C), 501)).toThrow(RangeError);
  });
});

describe("the interval of a quantile", () => {
  // SciPy 1.17.1: binom.ppf(0.025, n, p) and binom.ppf(0.975, n, p) + 1.
  it.each([
    [20, 0.5, 6, 15],
    [100, 0.95, 90, 100],
    [366, 0.99, 358, 367],
    [367, 0.99, 359, 368],
    [71, 0.95, 63, 72],
    [50_000, 0.5, 24_781, 25_220],
  ])("takes the ranks of SciPy for n %d, p %d", (n, p, low, high) => {
    expect(quantileRanks(n, p)).toEqual({ low, high });
  });

  it.each([
    ["T", T, 0.5, 1_004_962.4085104943, 1_155_987.3222646888],
    ["T", T, 0.95, 2_471_882.8263902124, 3_080_178.259949856],
    ["C", C, 0.5, 909_324.5596710395, 1_045_977.0971549384],
    ["C", C, 0.95, 2_148_941.663043632, 2_521_819.8531859736],
  ])("agrees with the reference for %s", (_, values, p, low, high) => {
    const found = quantileInterval(sketchOf(values), p);
    expect(found.known).toBe(true);
    if (!found.known) return;
    expect(found.interval.low / low).toBeCloseTo(1, 11);
    expect(found.interval.high / high).toBeCloseTo(1, 11);
  });

  it("has no upper bound for p99 of 400 values when the ranks end", () => {
    const found = quantileInterval(sketchOf(T.slice(0, 400)), 0.99, undefined, 0.999);
    expect(found).toMatchObject({ known: true, interval: { high: Infinity } });
  });

  it("is refused, with the n that is needed", () => {
    const small = sketchOf(T.slice(0, 99));
    expect(quantileInterval(small, 0.95)).toEqual({ known: false, n: 99, need: 100 });
    expect(quantileInterval(small, 0.99)).toEqual({ known: false, n: 99, need: 400 });
    expect(quantileInterval(small, 0.5).known).toBe(true);
  });

  it.each([
    [0.5, 20],
    [0.9, 50],
    [0.95, 100],
    [0.05, 100],
    [0.99, 400],
    [0.01, 400],
  ])("of p %d needs n >= %d", (p, need) => expect(minimumForQuantile(p)).toBe(need));

  it.each([0, 1, Number.NaN])("of p %d does not exist", (p) => {
    expect(() => minimumForQuantile(p)).toThrow(RangeError);
    expect(() => quantileInterval(sketchOf(T), p)).toThrow(RangeError);
    expect(() => quantileRanks(100, 0.5, p)).toThrow(RangeError);
  });

  it("never leaves smallest and largest value", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 20 }), (values) => {
        const bounds = { min: Math.min(...values), max: Math.max(...values) };
        const found = quantileInterval(sketchOf(values), 0.5, bounds);
        if (!found.known) throw new Error("20 values are enough");
        expect(found.interval.low).toBeGreaterThanOrEqual(bounds.min);
        expect(found.interval.high).toBeLessThanOrEqual(bounds.max);
        expect(found.interval.low).toBeLessThanOrEqual(found.interval.high);
      }),
    );
  });

  it("covers the true quantile at least as often as it says", () => {
    // 2,000 samples of 150 lognormal values: 95 % less three standard errors of the simulation.
    const normal = normals(uniforms(11));
    for (const [p, truth] of [
      [0.5, Math.exp(13)],
      [0.95, Math.exp(13 + 0.6 * normalQuantile(0.95))],
    ] as const) {
      let covered = 0;
      for (let run = 0; run < 1000; run++) {
        const sketch = emptySketch();
        for (let i = 0; i < 150; i++) addValue(sketch, Math.round(Math.exp(13 + 0.6 * normal())));
        const found = quantileInterval(sketch, p);
        if (found.known && found.interval.low <= truth && truth <= found.interval.high) covered++;
      }
      expect(covered / 1000).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / 1000));
    }
  });
});

describe("the ratio of quantiles", () => {
  it.each([
    [
      0.5, 1.1196983562997325, 0.04257224468238085, 1.0300622712946794, 1.2171345791789108,
      0.007914280701956558,
    ],
    [
      0.95, 1.2748968056388421, 0.05741012663742715, 1.1392195902482745, 1.4267327203124225,
      2.3332239946706448e-5,
    ],
  ])("agrees with the reference for p %d", (p, ratio, error, low, high, pValue) => {
    const found = quantileRatio(sketchOf(T), sketchOf(C), p);
    expect(found.known).toBe(true);
    if (!found.known) return;
    expect(found.ratio).toBeCloseTo(ratio, 10);
    expect(found.standardErrorOfLog).toBeCloseTo(error, 10);
    expect(found.interval.low).toBeCloseTo(low, 10);
    expect(found.interval.high).toBeCloseTo(high, 10);
    expect(found.p / pValue).toBeCloseTo(1, 6);
  });

  it("of exchanged arms is one over it, and of a change of unit the same", () => {
    const one = quantileRatio(sketchOf(T), sketchOf(C), 0.9);
    const turned = quantileRatio(sketchOf(C), sketchOf(T), 0.9);
    if (!one.known || !turned.known) throw new Error("both are large enough");
    expect(one.ratio * turned.ratio).toBeCloseTo(1, 12);
    expect(one.p).toBeCloseTo(turned.p, 12);
  });

  it("is refused when fewer than five values are beyond the quantile, or it is not positive", () => {
    const small = sketchOf(T.slice(0, 99));
    const need = { known: false, because: "too-few", need: 100 };
    expect(quantileRatio(small, sketchOf(C), 0.95)).toEqual(need);
    const zeros = emptySketch();
    addToBin(zeros, 0, 500);
    expect(quantileRatio(zeros, sketchOf(C), 0.5)).toEqual({
      known: false,
      because: "not-positive",
    });
    expect(() => quantileRatio(small, small, 1)).toThrow(RangeError);
  });
});

describe("tests on bins", () => {
  it("Brunner-Munzel agrees with statsmodels on the keys, and is close to the raw values", () => {
    const test = brunnerMunzel(sketchOf(T).bins, sketchOf(C).bins);
    expect(test.tested).toBe(true);
    if (!test.tested) return;
    expect(test.auc).toBeCloseTo(0.5498766666666668, 13);
    expect(test.t).toBeCloseTo(2.880088886133946, 10);
    expect(test.p).toBeCloseTo(0.004053322951843702, 12);
    expect(test.degreesOfFreedom).toBeCloseTo(1091.552772207193, 7);
    expect(Math.abs(test.auc - 0.5495933333333333)).toBeLessThan(0.0006);
  });

  it("the geometric ratio agrees with SciPy on the middles of the bins", () => {
    const test = geometricRatio({
      treatment: logMoments(sketchOf(T)).logs,
      control: logMoments(sketchOf(C)).logs,
    });
    expect(test.tested).toBe(true);
    if (!test.tested) return;
    expect(test.ratio).toBeCloseTo(1.1042466144157326, 11);
    expect(test.p).toBeCloseTo(0.002510999663213065, 11);
    expect(test.interval.low).toBeCloseTo(1.0355448701504626, 10);
    expect(test.interval.high).toBeCloseTo(1.1775062777061864, 10);
  });
});
