import { describe, expect, it } from "vitest";

import {
  columnsOf,
  defaultIds,
  readSort,
  sortLines,
  writeSort,
} from "../../src/dashboard/screens/metrics/columns.ts";
import { readMetricsSearch, versionsOf } from "../../src/dashboard/screens/metrics/search.ts";
import { busiestVersions } from "../../src/dashboard/screens/metrics/subjects.ts";
import { metricsTable } from "../../src/dashboard/screens/metrics/table-csv.ts";
import type { ScoreLine, VersionMetrics } from "../../src/features/rollups/contract.ts";

const NEEDS = { low: null, high: null, needs: 400 };

const summary = (n: number, mean: number | null) => ({
  n,
  mean,
  min: mean,
  p50: mean,
  p95: mean,
  p99: mean,
  max: mean,
  intervals: { mean: NEEDS, p50: NEEDS, p95: { low: 90, high: 130, needs: null }, p99: NEEDS },
});

const numeric = (name: string, mean: number, source: string | null = null): ScoreLine => ({
  name,
  source,
  dataType: "NUMERIC",
  n: 3,
  mean,
});

function line(version: number, over: Partial<VersionMetrics> = {}): VersionMetrics {
  const summed = { ...summary(10, 100), total: 1000 };
  return {
    version,
    labels: [],
    count: 10,
    countThroughLabel: 0,
    errors: 2,
    errorRate: { value: 0.2, low: 0.05, high: 0.5, needs: null },
    firstAt: "2026-11-20T00:00:00.000Z",
    lastAt: "2026-11-21T00:00:00.000Z",
    firstEverAt: "2026-11-01T00:00:00.000Z",
    lastEverAt: "2026-11-21T00:00:00.000Z",
    latencyMs: summary(10, 120),
    timeToFirstTokenMs: summary(0, null),
    inputTokens: summed,
    outputTokens: summed,
    totalTokens: summed,
    costUsd: summed,
    inputCostUsd: summed,
    outputCostUsd: summed,
    cachedCostUsd: summed,
    scores: [],
    observations: "",
    ...over,
  };
}

const column = (lines: VersionMetrics[], id: string) =>
  columnsOf(lines).find((each) => each.id === id)!;

describe("columns of the metrics", () => {
  it("are the full list: every statistic of every measure, each with its n", () => {
    const ids = columnsOf([line(1)]).map(({ id }) => id);
    expect(ids).toContain("latencyMs.p99");
    expect(ids).toContain("costUsd.total");
    expect(ids).toContain("countThroughLabel");
    expect(ids).not.toContain("latencyMs.total");
    expect(new Set(ids).size).toBe(ids.length);
    expect(column([line(1)], "latencyMs.p95").of(line(1))).toEqual({
      value: 120,
      n: 10,
      interval: { low: 90, high: 130, needs: null },
    });
  });

  it("know unknown from 0", () => {
    const quiet = line(1, { count: 0, errors: 0, errorRate: { ...NEEDS, value: null } });
    expect(column([quiet], "errorRate").of(quiet)).toMatchObject({ value: null, n: 0 });
    expect(column([quiet], "errors").of(quiet).value).toBe(0);
    expect(column([quiet], "timeToFirstTokenMs.mean").of(quiet).value).toBeNull();
  });

  it("have one for each score over all sources, and one for each source to be chosen", () => {
    const scores = [numeric("a, b", 0.8), numeric("a, b", 0.9, "EVAL")];
    const lines = [line(1, { scores }), line(2, { scores: [numeric("a, b", 0.5)] })];
    const means = columnsOf(lines).filter(({ id }) => /^score:.*mean$/.test(id));
    expect(means.map(({ id, group }) => [id, group])).toEqual([
      ["score:a%2C b:NUMERIC.mean", "Score a, b"],
      ["score:a%2C b:NUMERIC@EVAL.mean", "Score a, b from EVAL"],
    ]);
    expect(lines.map((each) => means[1]?.of(each))).toEqual([
      { value: 0.9, n: 3 },
      { value: null, n: 0 },
    ]);
    const shown = defaultIds(columnsOf(lines));
    expect(means.map(({ id }) => shown.includes(id))).toEqual([true, false]);
  });

  it("have shares of categories", () => {
    const lines = [
      line(1, {
        scores: [
          numeric("quality", 0.8),
          numeric("quality", 0.9, "EVAL"),
          {
            name: "passed",
            source: null,
            dataType: "BOOLEAN",
            n: 4,
            categories: { True: 3, False: 1 },
          },
          { name: "tone", source: null, dataType: "CATEGORICAL", n: 2, categories: { kind: 2 } },
        ],
      }),
      line(2),
    ];
    const ids = columnsOf(lines).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("score:quality"))).toHaveLength(14);
    expect(ids).not.toContain("score:passed:BOOLEAN.share of False");
    const of = (id: string) => lines.map((each) => column(lines, id).of(each));
    expect(of("score:quality:NUMERIC.mean")).toEqual([
      { value: 0.8, n: 3 },
      { value: null, n: 0 },
    ]);
    expect(of("score:passed:BOOLEAN.share of True")[0]).toEqual({ value: 0.75, n: 4 });
    expect(of("score:tone:CATEGORICAL.share of kind")[0]).toEqual({ value: 1, n: 2 });
    expect(defaultIds(columnsOf(lines))).toContain("score:quality:NUMERIC.mean");
    expect(defaultIds(columnsOf(lines))).toContain("score:passed:BOOLEAN.share of True");
  });

  it("lead to the generations behind them", () => {
    const lines = [line(1, { scores: [numeric("quality", 0.8)] })];
    expect(column(lines, "errorRate").behind).toEqual({ failed: true });
    expect(column(lines, "score:quality:NUMERIC.mean").behind).toEqual({ scoreName: "quality" });
    expect(column(lines, "latencyMs.p50").behind).toEqual({});
  });
});

describe("the order of versions", () => {
  const lines = [
    line(1, { latencyMs: summary(10, 50) }),
    line(2, { latencyMs: summary(0, null) }),
    line(3, { latencyMs: summary(10, 70) }),
    line(4, { latencyMs: summary(10, 70) }),
  ];
  const sorted = (text: string | undefined) =>
    sortLines(lines, columnsOf(lines), readSort(text)).map(({ version }) => version);

  it("is newest first, or a column's; unknown comes last either way", () => {
    expect(sorted(undefined)).toEqual([4, 3, 2, 1]);
    expect(sorted("version")).toEqual([1, 2, 3, 4]);
    expect(sorted("latencyMs.p50")).toEqual([1, 4, 3, 2]);
    expect(sorted("-latencyMs.p50")).toEqual([4, 3, 1, 2]);
  });

  it("is said in the address and read back", () => {
    for (const text of ["version", "-costUsd.total"]) expect(writeSort(readSort(text))).toBe(text);
  });
});

describe("the versions of charts", () => {
  it("are all while they can be told apart, then the busiest", () => {
    const lines = Array.from({ length: 8 }, (_, i) => line(i + 1, { count: 10 - i }));
    const unused = line(20, { count: 0 });
    expect(busiestVersions([...lines, unused])).toEqual([]);
    const many = [...lines, line(9, { count: 100 }), unused];
    expect(busiestVersions(many)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
  });
});

describe("the address of the metrics", () => {
  it("leaves out what makes no sense", () => {
    expect(versionsOf("3,1,3")).toEqual([3, 1]);
    expect(versionsOf("0,1")).toEqual([]);
    expect(readMetricsSearch({ prompt: 7, versions: 2, version: "x", label: "" })).toMatchObject({
      prompt: "7",
      versions: "2",
      version: undefined,
      label: undefined,
    });
  });
});

describe("the table as a file", () => {
  it("has each number exactly, its n beside it, and instants in ISO 8601", () => {
    const lines = [line(3, { labels: ["production", "staging"] })];
    const columns = ["lastAt", "costUsd.mean"].map((id) => column(lines, id));
    expect(metricsTable("greet", lines, columns)).toEqual({
      columns: [
        "prompt",
        "version",
        "labels",
        "lastAt",
        "n of lastAt",
        "costUsd.mean",
        "n of costUsd.mean",
      ],
      rows: [["greet", 3, "production staging", "2026-11-21T00:00:00.000Z", 10, 100, 10]],
    });
  });
});
