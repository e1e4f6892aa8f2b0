import type { Point, Timeseries } from "../../features/rollups/timeseries/contract.ts";
import { type Line, mergeRows, type Row, type TimeChart } from "./chart.ts";
import { type Look, lookAt, lookOf } from "./look.ts";
import { marksOf } from "./marks.ts";
import type { Unit } from "./units.ts";

type Series = Timeseries["data"][number];
export type NumberStatistic = "count" | "rate" | "sum" | "mean" | "p50" | "p95" | "p99";

const atOf = ({ at }: Point): number => Date.parse(at);
const known = (value: number | null | undefined): number | null => value ?? null;
const sizesOf = (key: string): string => `${key}_n`;
const rangeOf = (key: string): string => `${key}_range`;
const totalOf = ({ points }: Series): number => points.reduce((sum, { n }) => sum + n, 0);
const keyOf = ({ version }: Series): string => `v${version}`;

/** A series may have several data types; then its name says which. */
function nameOf({ version, dataType }: Series, all: readonly Series[]): string {
  const isAlone = all.filter((other) => other.version === version).length < 2;
  return isAlone || dataType === null ? `v${version}` : `v${version} ${dataType.toLowerCase()}`;
}

type Drawn = { line: Line; points: { at: number; fields: Omit<Row, "at"> }[]; n: number };

function chartOf(series: Timeseries, drawn: readonly Drawn[], unit: Unit): TimeChart {
  const rows = mergeRows(drawn.map(({ line, points }) => ({ key: line.key, points })));
  const stepMs = series.stepSeconds * 1000;
  return {
    rows,
    lines: drawn.map(({ line }) => line),
    unit,
    stepMs,
    fromMs: Date.parse(series.from),
    toMs: Date.parse(series.to),
    n: drawn.reduce((sum, { n }) => sum + n, 0),
    marks: marksOf(
      series.deployments,
      rows.map(({ at }) => at),
      stepMs,
    ),
  };
}

type Draw = { as: Line["as"]; stack?: string; value: (point: Point) => number | null };

function versionsDrawn(series: Timeseries, { as, stack, value }: Draw): Drawn[] {
  return series.data.map((one, place) => {
    const key = `${keyOf(one)}_${place}`;
    return {
      line: {
        key,
        name: nameOf(one, series.data),
        look: lookOf(one.version),
        as,
        sizes: sizesOf(key),
        ...(stack === undefined ? {} : { stack }),
      },
      points: one.points.map((point) => ({
        at: atOf(point),
        fields: { [key]: value(point), [sizesOf(key)]: point.n },
      })),
      n: totalOf(one),
    };
  });
}

/** Generations per step, versions on each other. A step without any is 0: that is known. */
export const volumeChart = (series: Timeseries): TimeChart =>
  chartOf(
    series,
    versionsDrawn(series, { as: "bar", stack: "volume", value: ({ count }) => known(count) }),
    "generations",
  );

const UNIT_OF: Partial<Record<string, Unit>> = { ms: "ms", USD: "USD", tokens: "tokens" };

/** What a statistic of a metric is in. */
export function unitOf({ metric, unit }: Timeseries, statistic: NumberStatistic): Unit {
  if (statistic === "count") return metric.startsWith("score:") ? "values" : "generations";
  if (statistic === "rate") return metric === "errors" ? "share" : "generations/min";
  return UNIT_OF[unit] ?? "score";
}

/** One statistic, a line for each version; a step without values is a gap. */
export const lineChart = (series: Timeseries, statistic: NumberStatistic): TimeChart =>
  chartOf(
    series,
    versionsDrawn(series, { as: "line", value: (point) => known(point[statistic]) }),
    unitOf(series, statistic),
  );

const PERCENTILES = ["p50", "p95", "p99"] as const;

/** The percentiles of one version: the median, and from it the band in which 95 and 99 of 100 lie. */
export function percentilesChart(series: Timeseries, version: number): TimeChart {
  const one = series.data.find((each) => each.version === version);
  const drawn = PERCENTILES.map((name, place): Drawn => {
    const look: Look = {
      ...lookOf(version),
      dash: lookAt(place).dash,
      marker: lookAt(place).marker,
    };
    return {
      line: {
        key: name,
        name,
        look,
        as: "line",
        range: rangeOf(name),
        rangeAs: "band",
        sizes: sizesOf(name),
      },
      points: (one?.points ?? []).map((point) => ({
        at: atOf(point),
        fields: {
          [name]: known(point[name]),
          [rangeOf(name)]: bandTo(point, name),
          [sizesOf(name)]: point.n,
        },
      })),
      n: 0,
    };
  });
  const chart = chartOf(series, drawn, UNIT_OF[series.unit] ?? "score");
  return { ...chart, n: one ? totalOf(one) : 0 };
}

function bandTo({ p50, p95, p99 }: Point, name: (typeof PERCENTILES)[number]) {
  const ends = { p50: null, p95: [p50, p95], p99: [p95, p99] }[name];
  const [low, high] = ends ?? [];
  return typeof low === "number" && typeof high === "number"
    ? ([low, high] as [number, number])
    : null;
}

/** The parts of a cost, each over all versions that are shown; `cached` is a part of the input. */
export type CostParts = { input: Timeseries; output: Timeseries; cached: Timeseries | null };

/** Sums per step over versions: null where no version knows. */
function sumsOf({ data }: Timeseries): Map<number, { sum: number | null; n: number }> {
  const sums = new Map<number, { sum: number | null; n: number }>();
  for (const point of data.flatMap(({ points }) => points)) {
    const held = sums.get(atOf(point)) ?? { sum: null, n: 0 };
    const sum = typeof point.sum === "number" ? (held.sum ?? 0) + point.sum : held.sum;
    sums.set(atOf(point), { sum, n: held.n + point.n });
  }
  return sums;
}

/** Cost per step, its parts on each other: what was read from a cache apart from other input. */
export function costChart({ input, output, cached }: CostParts): TimeChart {
  const [inputs, outputs] = [sumsOf(input), sumsOf(output)];
  const cachedSums = cached && sumsOf(cached);
  const cachedAt = (at: number): number | null => cachedSums?.get(at)?.sum ?? null;
  const part = (
    key: string,
    name: string,
    place: number,
    sums: Map<number, { sum: number | null; n: number }>,
    value = (sum: number | null, _at: number): number | null => sum,
  ): Drawn => ({
    line: { key, name, look: lookAt(place), as: "bar", stack: "cost", sizes: sizesOf(key) },
    points: [...sums].map(([at, { sum, n }]) => ({
      at,
      fields: { [key]: value(sum, at), [sizesOf(key)]: n },
    })),
    n: 0,
  });
  const drawn = [
    part("input", cachedSums ? "input" : "input, cached included", 0, inputs, (sum, at) =>
      sum === null ? null : Math.max(0, sum - (cachedAt(at) ?? 0)),
    ),
    ...(cachedSums ? [part("cached", "cached input", 2, cachedSums)] : []),
    part("output", "output", 1, outputs),
  ];
  const n = Math.max(
    ...[input, output].map(({ data }) => data.reduce((n, s) => n + totalOf(s), 0)),
  );
  return { ...chartOf(input, drawn, "USD"), n };
}

/** What a boolean or categorical score is drawn as: the share of one category. */
export const GOOD_CATEGORY = "True";

type Ends = { low: number | null; high: number | null } | undefined;

/** Both ends of an interval; null where there are too few values for one. */
const rangeFrom = (ends: Ends): [number, number] | null =>
  ends && ends.low !== null && ends.high !== null ? [ends.low, ends.high] : null;

function scoreFields(key: string, point: Point): Omit<Row, "at"> {
  const fields = (value: number | null, ends: Ends) => ({
    [key]: value,
    [rangeOf(key)]: rangeFrom(ends),
    [sizesOf(key)]: point.n,
  });
  if (point.share === undefined) return fields(known(point.mean), point.intervals?.mean);
  if (point.share === null || point.n === 0) return fields(null, undefined);
  // A value that nobody gave has no line of its own: its share is 0.
  return fields(point.share[GOOD_CATEGORY] ?? 0, point.shares?.[GOOD_CATEGORY]);
}

const isShare = ({ points }: Series): boolean => points.some(({ share }) => share !== undefined);

/** The mean of a score with its 95 % interval, per version; of a boolean one the share of True. */
export function scoreChart(series: Timeseries): TimeChart {
  // Categories have no mean: of theirs only the distribution is drawn.
  const data = series.data.filter(({ dataType }) => dataType !== "CATEGORICAL");
  const drawn = data.map((one, place): Drawn => {
    const key = `${keyOf(one)}_${place}`;
    const line: Line = {
      key,
      name: nameOf(one, data),
      look: lookOf(one.version),
      as: "line",
      range: rangeOf(key),
      rangeAs: "whiskers",
      sizes: sizesOf(key),
    };
    return {
      line,
      points: one.points.map((point) => ({ at: atOf(point), fields: scoreFields(key, point) })),
      n: totalOf(one),
    };
  });
  return chartOf({ ...series, data }, drawn, data.some(isShare) ? "share" : "score");
}
