import { describe, expect, it } from "vitest";

import type { Cell } from "../../../src/features/rollups/cell.ts";
import { summarise } from "../../../src/features/rollups/metrics/summary.ts";
import { seriesOf } from "../../../src/features/rollups/timeseries/points.ts";
import { cellOf, type Made } from "../comparisons/cells.ts";

const metricsOf = (all: readonly Made[]) =>
  summarise(cellOf(all), {
    version: 1,
    labels: [],
    countThroughLabel: 0,
    ever: { first: null, last: null },
    observations: "/",
  });

const scoresOf = (all: readonly Made[]) =>
  Object.fromEntries(
    metricsOf(all)
      .scores.filter(({ source }) => source === null)
      .map((score) => [score.name, score]),
  );

const repeat = (n: number, made: (i: number) => Made): Made[] =>
  Array.from({ length: n }, (_, i) => made(i));

describe("the intervals of a version's metrics", () => {
  it("are Student's for means", () => {
    // Python 3, from the closed form of Student's distribution at 4 degrees: 3000 ± 2.776445 · 707.107.
    const { latencyMs } = metricsOf(repeat(5, (i) => ({ latencyMs: (i + 1) * 1000 })));
    expect(latencyMs.mean).toBe(3000);
    expect(latencyMs.intervals.mean.low).toBeCloseTo(1036.757, 3);
    expect(latencyMs.intervals.mean.high).toBeCloseTo(4963.243, 3);
    expect(latencyMs.intervals.mean.needs).toBeNull();
  });

  it("are order statistics for quantiles, and refused below 20, 100 and 400 values", () => {
    const { latencyMs } = metricsOf(repeat(99, (i) => ({ latencyMs: i + 1 })));
    const { p50, p95, p99 } = latencyMs.intervals;
    expect([p95, p99]).toEqual([
      { low: null, high: null, needs: 100 },
      { low: null, high: null, needs: 400 },
    ]);
    expect(p50.needs).toBeNull();
    expect(metricsOf(repeat(19, () => ({ latencyMs: 5 }))).latencyMs.intervals.p50.needs).toBe(20);
    expect(
      metricsOf(repeat(100, () => ({ latencyMs: 5 }))).latencyMs.intervals.p95.needs,
    ).toBeNull();
  });

  it("of ratings end at ratings", () => {
    // Python 3, exact binomial sums: of 21 values the 6th and the 16th bound the median.
    const { quality } = scoresOf(repeat(21, (i) => ({ quality: (i % 21) * 0.05 })));
    expect(quality).toMatchObject({
      p50: 0.5,
      intervals: { p50: { low: 0.25, high: 0.75, needs: null }, p95: { needs: 100 } },
    });
  });

  it("are Wilson's for shares of failures and categories", () => {
    const all = repeat(10, (i) => ({
      failed: i < 3,
      helpful: i < 3,
      tone: i < 3 ? "curt" : "kind",
    }));
    // Python 3, Wilson's formula for 3 of 10: 0.10779 to 0.60322.
    const wanted = { value: 0.3, low: expect.closeTo(0.1078, 4), high: expect.closeTo(0.6032, 4) };
    expect(metricsOf(all).errorRate).toMatchObject({ ...wanted, needs: null });
    const { helpful, tone } = scoresOf(all);
    expect(helpful?.shares?.["True"]).toMatchObject(wanted);
    expect(Object.keys(tone?.shares ?? {})).toEqual(["kind", "curt"]);
    expect(tone?.shares?.["curt"]).toMatchObject(wanted);
  });

  it("are unknown where nothing is known, and say what they need", () => {
    const { errorRate, costUsd } = metricsOf([]);
    expect(errorRate).toEqual({ value: null, low: null, high: null, needs: 1 });
    expect(costUsd.intervals).toEqual({
      mean: { low: null, high: null, needs: 2 },
      p50: { low: null, high: null, needs: 20 },
      p95: { low: null, high: null, needs: 100 },
      p99: { low: null, high: null, needs: 400 },
    });
  });
});

describe("the distribution of a score", () => {
  it("is told where its values are few and plain, ascending", () => {
    const { quality } = scoresOf(repeat(9, (i) => ({ quality: ((i + 1) % 3) / 2 })));
    expect(quality?.distribution).toEqual([
      { value: 0, count: 3 },
      { value: 0.5, count: 3 },
      { value: 1, count: 3 },
    ]);
    expect(quality).toMatchObject({ p5: 0, p50: 0.5, p95: 1 });
    expect(scoresOf([{ quality: 1 / 3 }])["quality"]?.distribution).toBeNull();
  });
});

describe("a series with intervals", () => {
  const series = (cell: Cell, hasIntervals: boolean) =>
    seriesOf({
      cells: new Map([[0, cell]]),
      steps: { level: 1, from: 0, to: 2, pointsPerSlot: 1 },
      metric: { kind: "measure", measure: "latencyMs" },
      asked: new Set(["mean", "p95"]),
      hasIntervals,
    })[0]?.points;

  it("has those of what was asked for, point by point", () => {
    const cell = cellOf(repeat(5, (i) => ({ latencyMs: (i + 1) * 1000 })));
    const [first, second] = series(cell, true) ?? [];
    expect(first?.intervals).toEqual({
      mean: { low: expect.closeTo(1036.757, 3), high: expect.closeTo(4963.243, 3), needs: null },
      p95: { low: null, high: null, needs: 100 },
    });
    expect(second).toMatchObject({ n: 0, mean: null, intervals: { mean: { needs: 2 } } });
    expect(series(cell, false)?.[0]).not.toHaveProperty("intervals");
  });

  it("has one of the errors' rate and of shares", () => {
    const cell = cellOf(repeat(10, (i) => ({ failed: i < 3, helpful: i < 3 })));
    const of = (metric: Parameters<typeof seriesOf>[0]["metric"]) =>
      seriesOf({
        cells: new Map([[0, cell]]),
        steps: { level: 1, from: 0, to: 1, pointsPerSlot: 1 },
        metric,
        asked: new Set(["rate", "share"]),
        hasIntervals: true,
      })[0]?.points[0];
    const wilson = { low: expect.closeTo(0.1078, 4), high: expect.closeTo(0.6032, 4) };
    expect(of({ kind: "errors" })).toMatchObject({ rate: 0.3, intervals: { rate: wilson } });
    const share = of({ kind: "score", name: "helpful" });
    expect(share).toMatchObject({ share: { True: 0.3 }, shares: { True: wilson } });
  });
});
