import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { around, mapInterval } from "../../../src/lib/stats/interval.ts";
import {
  baselineDays,
  DEFAULT_MARGINS,
  marginOnScale,
  rateMargin,
} from "../../../src/lib/stats/margins.ts";
import { degradationOf, verdictOf } from "../../../src/lib/stats/verdict.ts";

describe("a verdict", () => {
  it.each([
    [0.11, 0.2, "worse"],
    [0.1, 0.2, "worse"],
    [0.09, 0.2, "not enough data"],
    [-0.09, 0.09, "equivalent"],
    [0.01, 0.09, "equivalent"],
    [-0.1, 0.09, "not enough data"],
    [-0.2, -0.1, "better"],
    [-Infinity, Infinity, "not enough data"],
  ])("on an interval from %d to %d with margin 0.1 is %s", (low, high, verdict) => {
    expect(verdictOf({ low, high }, 0.1, "lower")).toBe(verdict);
  });

  it("turns round where higher is better", () => {
    const mirror = { worse: "better", better: "worse" } as Record<string, string>;
    const end = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(end, end, (a, b) => {
        const interval = { low: Math.min(a, b), high: Math.max(a, b) };
        const cost = verdictOf(interval, 0.1, "lower");
        const score = verdictOf(interval, 0.1, "higher");
        expect(score).toBe(mirror[cost] ?? cost);
      }),
    );
    expect(degradationOf(0.3, "higher")).toBe(-0.3);
    expect(degradationOf(0.3, "lower")).toBe(0.3);
  });

  it("never follows from a wide interval", () => {
    const centre = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(centre, (x) => {
        const verdict = verdictOf(around(x, 2), 0.1, "lower");
        expect(verdict).toBe("not enough data");
      }),
    );
  });

  it("refuses a margin of nothing and crossed ends", () => {
    expect(() => verdictOf({ low: 0, high: 1 }, 0, "lower")).toThrow(RangeError);
    expect(() => verdictOf({ low: 1, high: 0 }, 0.1, "lower")).toThrow(RangeError);
    expect(() => verdictOf({ low: Number.NaN, high: 0 }, 0.1, "lower")).toThrow(RangeError);
    expect(() => around(0, -1)).toThrow(RangeError);
    expect(mapInterval({ low: 0, high: Math.LN2 }, Math.exp)).toEqual({ low: 1, high: 2 });
  });
});

describe("margins", () => {
  it("are on the scale of their test", () => {
    expect(marginOnScale(DEFAULT_MARGINS.latency, 0)).toBeCloseTo(0.0953, 4);
    expect(marginOnScale(DEFAULT_MARGINS.errors, 0)).toBeCloseTo(Math.LN2, 15);
    expect(marginOnScale(DEFAULT_MARGINS.cost, 40)).toBeCloseTo(4, 14);
    expect(marginOnScale(DEFAULT_MARGINS.rating, 0)).toBe(0.2);
  });

  it("are by default the documented ones", () => {
    const documented = Object.entries(DEFAULT_MARGINS).map(
      ([metric, { scale, margin, better }]) => `${metric} ${scale} ${margin} ${better}`,
    );
    expect(documented).toEqual([
      "latency log 1.1 lower",
      "timeToFirstToken log 1.1 lower",
      "slowShare events 1.5 lower",
      "outputTokens log 1.1 lower",
      "cost relative 0.1 lower",
      "errors events 2 lower",
      "refusals events 2 lower",
      "invalidOutputs events 2 lower",
      "thumbsDown events 1.25 lower",
      "rating raw 0.2 higher",
      "judgeScore raw 0.03 higher",
      "passRate raw 0.03 higher",
    ]);
  });

  it.each([
    ["a ratio of 1", { ...DEFAULT_MARGINS.latency, margin: 1 }, 1],
    ["a baseline of 0", DEFAULT_MARGINS.cost, 0],
    ["a negative ratio", { ...DEFAULT_MARGINS.errors, margin: -2 }, 1],
  ])("refuse %s", (_, margin, baseline) => {
    expect(() => marginOnScale(margin, baseline)).toThrow(RangeError);
  });

  it("of a common event are a difference of rates", () => {
    expect(rateMargin(1.25, 0.4)).toBeCloseTo(0.1, 15);
    expect(() => rateMargin(1, 0.4)).toThrow(RangeError);
    expect(() => rateMargin(2, 0)).toThrow(RangeError);
  });
});

it("a baseline is a week, four weeks, or none", () => {
  expect([baselineDays(500, 500), baselineDays(499, 500), baselineDays(3, 499)]).toEqual([
    7,
    28,
    undefined,
  ]);
  expect(() => baselineDays(5, 4)).toThrow(RangeError);
});
