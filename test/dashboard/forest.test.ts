import { describe, expect, it } from "vitest";

import {
  barOf,
  type ComparedLine,
  forestRow,
  placeOf,
  reachOf,
} from "../../src/dashboard/charts/forest.ts";

type Effect = NonNullable<ComparedLine["effect"]>;
type Margin = NonNullable<ComparedLine["margin"]>;

const arm = (value: number): ComparedLine["control"] => ({
  n: 100,
  statistic: "mean",
  estimate: { value, interval: null, needs: null },
  quantiles: null,
  categories: null,
  distribution: null,
});

const compared = (
  margin: Margin | null,
  effect: Effect | null,
  judged: ComparedLine["inputs"]["judged"],
): ComparedLine => ({
  metric: "latencyMs",
  unit: "ms",
  margin,
  control: arm(0.1),
  candidate: arm(0.2),
  effect,
  test: null,
  verdict: null,
  why: "",
  needs: null,
  effectSize: null,
  chanceGreater: null,
  quantileRatios: null,
  placebo: null,
  inputs: { stages: [], hours: null, judged },
});

const LOWER: Margin = { scale: "log", margin: 1.1, better: "lower" };
const HIGHER: Margin = { scale: "raw", margin: 0.1, better: "higher" };

describe("forestRow", () => {
  it("puts a ratio on the scale of margins: 10 % more is one margin worse", () => {
    const row = forestRow(
      compared(
        LOWER,
        { unit: "relative", estimate: 0.1, interval: { low: 0, high: 0.21 } },
        { low: 0, high: Math.log(1.21), margin: Math.log(1.1) },
      ),
    );
    expect(row?.low).toBeCloseTo(0, 10);
    expect(row?.estimate).toBeCloseTo(1, 10);
    expect(row?.high).toBeCloseTo(2, 10);
  });

  it("turns what is better when higher, so that worse is always to the right", () => {
    const row = forestRow(
      compared(
        HIGHER,
        { unit: "unit", estimate: 0.1, interval: { low: 0.05, high: 0.15 } },
        { low: 0.05, high: 0.15, margin: 0.1 },
      ),
    );
    expect(row?.low).toBeCloseTo(-1.5, 10);
    expect(row?.estimate).toBeCloseTo(-1, 10);
    expect(row?.high).toBeCloseTo(-0.5, 10);
  });

  it("finds the place of a rate that is told in points and judged as a ratio", () => {
    const row = forestRow(
      compared(
        { scale: "events", margin: 2, better: "lower" },
        { unit: "points", estimate: 0.1, interval: { low: 0, high: 0.3 } },
        { low: 0, high: Math.log(4), margin: Math.log(2) },
      ),
    );
    // From 10 % to 20 % is twice as many: the margin itself.
    expect(row?.estimate).toBeCloseTo(1, 10);
    expect(row?.high).toBeCloseTo(2, 10);
  });

  it("keeps an estimate without a lower bound", () => {
    const row = forestRow(
      compared(
        { scale: "events", margin: 2, better: "lower" },
        { unit: "ratio", estimate: 2, interval: { low: null, high: 4 } },
        { low: null, high: Math.log(4), margin: Math.log(2) },
      ),
    );
    expect(row).toMatchObject({ low: null });
    expect(row?.estimate).toBeCloseTo(1, 10);
  });

  it("draws nothing without a test, an effect or a margin", () => {
    const effect: Effect = { unit: "unit", estimate: 1, interval: { low: 0, high: 2 } };
    expect(forestRow(compared(HIGHER, effect, null))).toBeNull();
    expect(forestRow(compared(null, effect, { low: 0, high: 1, margin: 1 }))).toBeNull();
    expect(forestRow(compared(HIGHER, null, { low: 0, high: 1, margin: 1 }))).toBeNull();
  });
});

describe("the plot", () => {
  const place = { width: 500, left: 50, right: 50, reach: 4 };

  it("has its zero in the middle and holds what goes beyond its ends", () => {
    expect(placeOf(0, place)).toBe(250);
    expect(placeOf(-4, place)).toBe(50);
    expect(placeOf(99, place)).toBe(450);
  });

  it("reaches as far as what it shows, within reason", () => {
    const row = { metric: "x", low: -0.5, high: 0.5, estimate: 0 };
    expect(reachOf([])).toBe(2);
    expect(reachOf([row])).toBe(2);
    expect(reachOf([row, { ...row, estimate: 6, high: 6.5, low: 5.5 }])).toBe(7);
    expect(
      reachOf([
        { ...row, high: 500 },
        { ...row, high: null, low: null },
      ]),
    ).toBe(2);
  });

  it("says when an interval goes on", () => {
    expect(barOf({ metric: "x", low: null, high: 2, estimate: 0 }, place)).toEqual({
      from: 50,
      to: 350,
      goesOnBelow: true,
      goesOnAbove: false,
    });
    expect(barOf({ metric: "x", low: 0, high: 5, estimate: 1 }, place)).toMatchObject({
      to: 450,
      goesOnAbove: true,
    });
  });
});
