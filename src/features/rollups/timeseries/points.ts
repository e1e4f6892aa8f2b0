import { quantiles } from "../../../lib/sketch/sketch.ts";
import { momentsOfSums } from "../../../lib/stats/moments.ts";
import { type Cell, emptyStat, mergeStatInto, type Stat } from "../cell.ts";
import { inUnit, knownInUnit, MEASURES, type Scale, SCORE_SCALE } from "../measures.ts";
import { meanOf } from "../metrics/summary.ts";
import { parseScoreMetric } from "../model.ts";
import { boundedName } from "../names.ts";
import { spanOf } from "../slots.ts";
import type { Wish } from "../store.ts";
import type { Point, SeriesMetric, Statistic } from "./contract.ts";
import { intervalOfErrors, intervalsOfCategories, intervalsOfNumbers } from "./intervals.ts";
import { stepMinutes, stepUs, type Steps } from "./steps.ts";

const US_PER_MS = 1e3;

/** A metric as the API names it in full. */
export function metricText(metric: SeriesMetric): string {
  if (metric.kind === "measure") return metric.measure;
  return metric.kind === "score" ? `score:${metric.name}` : metric.kind;
}

/** What the numbers of a series are in. */
export function unitOf(metric: SeriesMetric): string {
  if (metric.kind === "count" || metric.kind === "errors") return "generations";
  if (metric.kind === "score") return "score";
  if (metric.measure.endsWith("Ms")) return "ms";
  return metric.measure.endsWith("Usd") ? "USD" : "tokens";
}

/** Which stored metrics a series needs. */
export function wishOf(metric: SeriesMetric, source: string | undefined): Wish {
  if (metric.kind === "measure") return { only: MEASURES[metric.measure].metric };
  if (metric.kind !== "score") return { only: "" };
  return { isWanted: (stored) => isOfScore(stored, metric.name, source) };
}

function isOfScore(stored: string, name: string, source: string | undefined): boolean {
  const score = parseScoreMetric(stored);
  return score?.name === boundedName(name) && (source === undefined || score.source === source);
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const QUANTILE_NAMES = ["p50", "p95", "p99"] as const;

type Asked = ReadonlySet<Statistic>;

/** How far values lie from their mean, typically; from the sums, which are exact. */
function sdOf({ n, sum, sumSq }: Stat, scale: Scale): number | null {
  if (n < 2) return null;
  const { m2 } = momentsOfSums({ n, sum, sumSq });
  return inUnit(Math.sqrt(m2 / (n - 1)), scale);
}

function numbersOf(stat: Stat, scale: Scale, asked: Asked): Partial<Point> {
  const point: Partial<Point> = {};
  if (asked.has("sum")) point.sum = stat.n === 0 ? null : inUnit(Number(stat.sum), scale);
  if (asked.has("mean")) point.mean = knownInUnit(meanOf(stat), scale);
  if (asked.has("sd")) point.sd = sdOf(stat, scale);
  const names = QUANTILE_NAMES.filter((name) => asked.has(name));
  const found = quantiles(
    stat.sketch,
    names.map((name) => QUANTILES[name]),
    stat,
  );
  names.forEach((name, i) => {
    point[name] = knownInUnit(found[i], scale);
  });
  return point;
}

function categoriesOf({ n, categories }: Stat): Partial<Point> {
  if (n === 0) return { counts: null, share: null };
  const sorted = [...categories].sort(([a], [b]) => (a < b ? -1 : 1));
  // Categories count one each; `n` of a category score is their sum.
  return {
    counts: Object.fromEntries(sorted),
    share: Object.fromEntries(sorted.map(([name, count]) => [name, count / n])),
  };
}

const totalOf = (categories: ReadonlyMap<string, number>): number =>
  [...categories.values()].reduce((sum, count) => sum + count, 0);

/** What of a series is told: which statistics, and whether with their intervals. */
type Told = Pick<SeriesInput, "asked" | "hasIntervals">;

/** One point of values: numbers, or categories. */
function valuesPoint(
  stat: Stat,
  scale: Scale,
  hasNumbers: boolean,
  { asked, hasIntervals }: Told,
): Partial<Point> {
  const n = hasNumbers || stat.categories.size === 0 ? stat.n : totalOf(stat.categories);
  const count = asked.has("count") ? { count: n } : {};
  if (hasNumbers) {
    const intervals = hasIntervals ? intervalsOfNumbers(stat, scale, asked) : {};
    return { n, ...count, ...numbersOf(stat, scale, asked), ...intervals };
  }
  if (!asked.has("share")) return { n, ...count };
  const intervals = hasIntervals ? intervalsOfCategories(stat, n) : {};
  return { n, ...count, ...categoriesOf({ ...stat, n }), ...intervals };
}

function errorsPoint(cell: Cell, { asked, hasIntervals }: Told): Partial<Point> {
  const { n, errors } = cell;
  return {
    n,
    ...(asked.has("count") ? { count: errors } : {}),
    ...(asked.has("rate") ? { rate: n === 0 ? null : errors / n } : {}),
    ...(asked.has("rate") && hasIntervals ? intervalOfErrors(cell) : {}),
  };
}

function countPoint(n: number, minutes: number, asked: Asked): Partial<Point> {
  return {
    n,
    ...(asked.has("count") ? { count: n } : {}),
    ...(asked.has("rate") ? { rate: n / minutes } : {}),
  };
}

/** One series: numbers or categories, and their points. */
export type Series = { dataType: string | null; points: Point[] };

/** The cells of a version by slot, and what is asked of them. */
export type SeriesInput = {
  cells: ReadonlyMap<number, Cell>;
  steps: Steps;
  metric: SeriesMetric;
  asked: Asked;
  hasIntervals: boolean;
};

const NOTHING: Cell = { n: 0, errors: 0, minutes: [0, 0, 0, 0, 0], metrics: new Map() };

function pointsBy({ cells, steps }: SeriesInput, of: (cell: Cell, part: number) => Partial<Point>) {
  const points: Point[] = [];
  for (let slot = steps.from; slot < steps.to; slot++) {
    const cell = cells.get(slot) ?? NOTHING;
    for (let part = 0; part < steps.pointsPerSlot; part++) {
      const us = spanOf(steps.level, slot).from + part * stepUs(steps);
      points.push({ at: new Date(us / US_PER_MS).toISOString(), n: 0, ...of(cell, part) });
    }
  }
  return points;
}

function scoreSeries(input: SeriesInput): Series[] {
  const types = new Set<string>();
  for (const { metrics } of input.cells.values()) {
    for (const metric of metrics.keys()) types.add(parseScoreMetric(metric)?.dataType ?? "");
  }
  // Without a score there still is a line, of nothing.
  const shown = types.size === 0 ? [null] : [...types].sort();
  return shown.map((dataType) => ({
    dataType,
    points: pointsBy(input, ({ metrics }) => {
      const sum = emptyStat();
      for (const [metric, stat] of metrics) {
        if (parseScoreMetric(metric)?.dataType === dataType) mergeStatInto(sum, stat);
      }
      const hasNumbers = dataType === "NUMERIC" || dataType === null;
      return valuesPoint(sum, SCORE_SCALE, hasNumbers, input);
    }),
  }));
}

/** The lines of one version: a score name has one per data type, all else has one. */
export function seriesOf(input: SeriesInput): Series[] {
  const { metric, asked, steps } = input;
  switch (metric.kind) {
    case "score":
      return scoreSeries(input);
    case "count": {
      const minutes = stepMinutes(steps);
      const isCut = steps.pointsPerSlot > 1;
      const points = pointsBy(input, (cell, part) =>
        countPoint(isCut ? (cell.minutes[part] ?? 0) : cell.n, minutes, asked),
      );
      return [{ dataType: null, points }];
    }
    case "errors":
      return [{ dataType: null, points: pointsBy(input, (cell) => errorsPoint(cell, input)) }];
    case "measure": {
      const { metric: stored, scale } = MEASURES[metric.measure];
      const points = pointsBy(input, ({ metrics }) =>
        valuesPoint(metrics.get(stored) ?? emptyStat(), scale, true, input),
      );
      return [{ dataType: null, points }];
    }
  }
}
