import { describe, expect, it } from "vitest";

import { adoptionChart, reachedText } from "../../src/dashboard/charts/adoption.ts";
import { isBlank, reachOf } from "../../src/dashboard/charts/chart.ts";
import {
  costChart,
  lineChart,
  percentilesChart,
  scoreChart,
  volumeChart,
} from "../../src/dashboard/charts/over-time.ts";
import {
  adoptionTable,
  distributionTable,
  joinedTable,
  timeseriesTable,
} from "../../src/dashboard/charts/tables.ts";
import type { Timeseries } from "../../src/features/rollups/timeseries/contract.ts";

type Series = Timeseries["data"][number];
type Point = Series["points"][number];

const T0 = "2026-11-20T00:00:00.000Z";
const T1 = "2026-11-21T00:00:00.000Z";
const [t0, t1] = [Date.parse(T0), Date.parse(T1)];

const line = (version: number, points: Point[], dataType: string | null = null): Series => ({
  version,
  dataType,
  points,
  observations: "/api/public/v2/observations",
});

const series = (metric: string, unit: string, data: Series[]): Timeseries => ({
  metric,
  unit,
  granularity: "day",
  stepSeconds: 86_400,
  note: null,
  from: T0,
  to: "2026-11-22T00:00:00.000Z",
  data,
  deployments: [],
});

describe("charts over time", () => {
  it("stack volumes: no generations are 0, and known to be", () => {
    const chart = volumeChart(
      series("count", "generations", [
        line(1, [
          { at: T0, n: 5, count: 5 },
          { at: T1, n: 0, count: 0 },
        ]),
        line(3, [
          { at: T0, n: 2, count: 2 },
          { at: T1, n: 4, count: 4 },
        ]),
      ]),
    );
    expect(chart.lines.map(({ name, stack, as }) => [name, stack, as])).toEqual([
      ["v1", "volume", "bar"],
      ["v3", "volume", "bar"],
    ]);
    const [v1, v3] = chart.lines.map(({ key }) => key);
    expect(chart.rows.map((row) => [row.at, row[v1!], row[v3!]])).toEqual([
      [t0, 5, 2],
      [t1, 0, 4],
    ]);
    expect(chart).toMatchObject({ n: 11, unit: "generations", stepMs: 86_400_000 });
    expect(reachOf(chart)).toEqual({ least: 4, greatest: 7 });
  });

  it("leave a gap where nothing is known, never a 0", () => {
    const chart = lineChart(
      series("latencyMs", "ms", [
        line(1, [
          { at: T0, n: 0, mean: null },
          { at: T1, n: 3, mean: 120 },
        ]),
        line(2, [{ at: T1, n: 1, mean: 80 }]),
      ]),
      "mean",
    );
    const [v1, v2] = chart.lines.map(({ key }) => key);
    expect(chart.rows).toMatchObject([
      { at: t0, [v1!]: null, [v2!]: null },
      { at: t1, [v1!]: 120, [v2!]: 80 },
    ]);
    expect(chart.unit).toBe("ms");
  });

  it("know the unit of every statistic", () => {
    const of = (metric: string, unit: string, statistic: "count" | "rate" | "mean") =>
      lineChart(series(metric, unit, []), statistic).unit;
    expect(of("errors", "generations", "rate")).toBe("share");
    expect(of("count", "generations", "rate")).toBe("generations/min");
    expect(of("costUsd", "USD", "mean")).toBe("USD");
    expect(of("score:quality", "score", "count")).toBe("values");
    expect(of("score:quality", "score", "mean")).toBe("score");
  });

  it("draw the percentiles of one version with the bands between them", () => {
    const chart = percentilesChart(
      series("latencyMs", "ms", [
        line(1, [{ at: T0, n: 9, p50: 1, p95: 2, p99: 3 }]),
        line(2, [
          { at: T0, n: 4, p50: 100, p95: 200, p99: 300 },
          { at: T1, n: 0, p50: null, p95: null, p99: null },
        ]),
      ]),
      2,
    );
    expect(chart.rows).toMatchObject([
      { p50: 100, p95: 200, p99: 300, p95_range: [100, 200], p99_range: [200, 300] },
      { p50: null, p95: null, p99: null, p95_range: null, p99_range: null },
    ]);
    expect(chart.n).toBe(4);
    expect(new Set(chart.lines.map(({ look }) => look.dash)).size).toBe(3);
    expect(isBlank(percentilesChart(series("latencyMs", "ms", []), 2))).toBe(true);
  });

  it("add costs up over versions, cached input apart, and unknown stays unknown", () => {
    const money = (sums: (number | null)[][]) =>
      series(
        "inputCostUsd",
        "USD",
        sums.map(([first, second], i) =>
          line(i + 1, [
            { at: T0, n: first === null ? 0 : 1, sum: first ?? null },
            { at: T1, n: second === null ? 0 : 1, sum: second ?? null },
          ]),
        ),
      );
    const chart = costChart({
      input: money([
        [0.5, null],
        [0.25, null],
      ]),
      output: money([[1, null]]),
      cached: money([[0.25, null]]),
    });
    expect(chart.lines.map(({ name }) => name)).toEqual(["input", "cached input", "output"]);
    expect(chart.rows).toMatchObject([
      { input: 0.5, cached: 0.25, output: 1 },
      { input: null, cached: null, output: null },
    ]);
    expect(chart.n).toBe(2);
    const withoutCache = costChart({
      input: money([[1, 1]]),
      output: money([[1, 1]]),
      cached: null,
    });
    expect(withoutCache.lines.map(({ name }) => name)).toEqual([
      "input, cached included",
      "output",
    ]);
  });

  it("draw the mean of a score with its interval, of a boolean the share of True", () => {
    const numeric = scoreChart(
      series("score:quality", "score", [
        line(
          1,
          [
            {
              at: T0,
              n: 4,
              mean: 0.5,
              intervals: { mean: { low: 0.25, high: 0.75, needs: null } },
            },
            {
              at: T1,
              n: 1,
              mean: 0.9,
              intervals: { mean: { low: null, high: null, needs: 2 } },
            },
          ],
          "NUMERIC",
        ),
      ]),
    );
    const { key, range } = numeric.lines[0]!;
    expect(numeric.unit).toBe("score");
    expect(numeric.rows[0]![key]).toBe(0.5);
    expect(numeric.rows[0]![range!]).toEqual([0.25, 0.75]);
    expect(numeric.rows[1]![range!]).toBeNull();

    const boolean = scoreChart(
      series("score:passed", "score", [
        line(
          1,
          [
            { at: T0, n: 4, counts: { False: 1, True: 3 }, share: { False: 0.25, True: 0.75 } },
            { at: T1, n: 0, counts: null, share: null },
          ],
          "BOOLEAN",
        ),
        line(1, [], "CATEGORICAL"),
      ]),
    );
    expect(boolean.lines).toHaveLength(1);
    expect(boolean.unit).toBe("share");
    expect(boolean.rows.map((row) => row[boolean.lines[0]!.key])).toEqual([0.75, null]);
  });
});

describe("adoption", () => {
  const deployment = {
    id: "dep_1",
    at: T0,
    from: 1,
    to: 2,
    until: T1,
    observations: null,
    stepSeconds: 3600,
    count: 30,
    timeToShare: { p50: 60, p90: null, p99: null },
    points: [
      { at: T0, n: 0, shares: null },
      { at: "2026-11-20T01:00:00.000Z", n: 10, shares: { "1": 0.4, "2": 0.6 } },
      { at: "2026-11-20T02:00:00.000Z", n: 20, shares: { "2": 1 } },
    ],
  };

  it("is shares on each other, with gaps where nobody called", () => {
    const chart = adoptionChart(deployment);
    expect(chart.rows.map(({ v1, v2 }) => [v1, v2])).toEqual([
      [null, null],
      [0.4, 0.6],
      [0, 1],
    ]);
    expect(chart).toMatchObject({
      n: 30,
      unit: "share",
      marks: [{ atMs: t0, says: ["v1 to v2"] }],
    });
  });

  it("joins steps that would be too thin, by counts and not by shares", () => {
    const points = Array.from({ length: 96 }, (_, i) => ({
      at: new Date(t0 + i * 300_000).toISOString(),
      n: i % 2 === 0 ? 1 : 3,
      shares: i % 2 === 0 ? { "1": 1 } : { "2": 1 },
    }));
    const chart = adoptionChart({ ...deployment, points, stepSeconds: 300 });
    expect(chart.rows).toHaveLength(48);
    expect(chart.rows[0]).toMatchObject({ at: t0, v1: 0.25, v2: 0.75, v1_n: 1, v2_n: 3 });
    expect(chart.stepMs).toBe(600_000);
  });

  it("says what was reached, and what was not", () => {
    expect(reachedText(deployment.timeToShare, (s) => `${s} s`)).toEqual([
      "50 % after 60 s",
      "90 % not reached yet",
      "99 % not reached yet",
    ]);
  });

  it("is told in full as a table", () => {
    const table = adoptionTable({
      prompt: "p",
      label: "production",
      deployments: [deployment],
      stragglers: null,
    });
    expect(table.columns.slice(-2)).toEqual(["share of v1", "share of v2"]);
    expect(table.rows.map((row) => row.slice(-3))).toEqual([
      [0, null, null],
      [10, 0.4, 0.6],
      [20, 0, 1],
    ]);
  });
});

describe("tables of charts", () => {
  it("hold what the API told, nothing rounded", () => {
    const table = timeseriesTable(
      series("latencyMs", "ms", [
        line(1, [
          { at: T0, n: 2, mean: 123.456789, p99: 400.000001 },
          { at: T1, n: 0, mean: null, p99: null },
        ]),
      ]),
    );
    expect(table.columns).toEqual(["at", "metric", "unit", "version", "type", "n", "mean", "p99"]);
    expect(table.rows).toEqual([
      [T0, "latencyMs", "ms", 1, null, 2, 123.456789, 400.000001],
      [T1, "latencyMs", "ms", 1, null, 0, null, null],
    ]);
  });

  it("count every category, and know 0 from unknown", () => {
    const table = timeseriesTable(
      series("score:tone", "score", [
        line(1, [
          { at: T0, n: 1, counts: { kind: 1 }, share: { kind: 1 } },
          { at: T1, n: 1, counts: { curt: 1 }, share: { curt: 1 } },
          { at: T1, n: 0, counts: null, share: null },
        ]),
      ]),
    );
    expect(table.columns.slice(-2)).toEqual(["count of curt", "count of kind"]);
    expect(table.rows.map((row) => row.slice(-2))).toEqual([
      [0, 1],
      [1, 0],
      [null, null],
    ]);
  });

  it("are joined by the names of their columns", () => {
    expect(
      joinedTable([
        { columns: ["a", "b"], rows: [[1, 2]] },
        { columns: ["b", "c"], rows: [[3, 4]] },
      ]),
    ).toEqual({
      columns: ["a", "b", "c"],
      rows: [
        [1, 2, null],
        [null, 3, 4],
      ],
    });
  });

  it("tell a distribution bin by bin", () => {
    const { rows } = distributionTable({
      metric: "score:x",
      unit: "score",
      scale: "linear",
      data: [
        {
          version: 1,
          dataType: "NUMERIC",
          n: 3,
          bins: [{ low: 0, high: 0.1, count: 3 }],
          categories: null,
          observations: "",
        },
        {
          version: 2,
          dataType: "CATEGORICAL",
          n: 1,
          bins: null,
          categories: { kind: 1 },
          observations: "",
        },
      ],
    });
    expect(rows).toEqual([
      ["score:x", "score", 1, "NUMERIC", 0, 0.1, null, 3],
      ["score:x", "score", 2, "CATEGORICAL", null, null, "kind", 1],
    ]);
  });
});
