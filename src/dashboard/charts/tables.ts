import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import type { Distributions } from "../../features/rollups/distribution/contract.ts";
import type { Point, Timeseries } from "../../features/rollups/timeseries/contract.ts";
import type { CsvCell, CsvTable } from "./csv.ts";

/** What a point may tell beside `at`, `n` and categories, in the order of the columns. */
const TOLD = ["count", "rate", "sum", "mean", "sd", "p50", "p95", "p99"] as const;

const sortedKeys = (records: readonly (Record<string, unknown> | null | undefined)[]): string[] =>
  [...new Set(records.flatMap((record) => Object.keys(record ?? {})))].sort();

/** A time series as the API told it: a row for each version and step, nothing rounded. */
export function timeseriesTable(series: Timeseries): CsvTable {
  const points = series.data.flatMap((one) => one.points);
  const told = TOLD.filter((name) => points.some((point) => point[name] !== undefined));
  const categories = sortedKeys(points.map(({ counts }) => counts));
  const cells = (point: Point): CsvCell[] => [
    point.n,
    ...told.map((name) => point[name]),
    ...categories.map((name) => (point.counts ? (point.counts[name] ?? 0) : null)),
  ];
  return {
    columns: [
      "at",
      "metric",
      "unit",
      "version",
      "type",
      "n",
      ...told,
      ...categories.map((name) => `count of ${name}`),
    ],
    rows: series.data.flatMap(({ version, dataType, points }) =>
      points.map((point) => [
        point.at,
        series.metric,
        series.unit,
        version,
        dataType,
        ...cells(point),
      ]),
    ),
  };
}

/** Several series below each other; all have the same columns. */
export function joinedTable(tables: readonly CsvTable[]): CsvTable {
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  return {
    columns,
    rows: tables.flatMap((table) =>
      table.rows.map((row) =>
        columns.map((column) => {
          const place = table.columns.indexOf(column);
          return place < 0 ? null : row[place];
        }),
      ),
    ),
  };
}

export function adoptionTable({ label, deployments }: Adoption): CsvTable {
  const versions = sortedKeys(
    deployments.flatMap(({ points }) => points.map(({ shares }) => shares)),
  ).sort((a, b) => Number(a) - Number(b));
  return {
    columns: [
      "deployedAt",
      "label",
      "from",
      "to",
      "at",
      "n",
      ...versions.map((version) => `share of v${version}`),
    ],
    rows: deployments.flatMap(({ at, from, to, points }) =>
      points.map((point) => [
        at,
        label,
        from,
        to,
        point.at,
        point.n,
        ...versions.map((version) => (point.shares ? (point.shares[version] ?? 0) : null)),
      ]),
    ),
  };
}

export const distributionTable = ({ metric, unit, data }: Distributions): CsvTable => ({
  columns: ["metric", "unit", "version", "type", "low", "high", "category", "count"],
  rows: data.flatMap(({ version, dataType, bins, categories }) => [
    ...(bins ?? []).map(({ low, high, count }) => [
      metric,
      unit,
      version,
      dataType,
      low,
      high,
      null,
      count,
    ]),
    ...Object.entries(categories ?? {}).map(([name, count]) => [
      metric,
      unit,
      version,
      dataType,
      null,
      null,
      name,
      count,
    ]),
  ]),
});
