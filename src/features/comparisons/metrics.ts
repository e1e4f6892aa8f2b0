import { type Sketch } from "../../lib/sketch/sketch.ts";
import { logMoments, mayUseLogs } from "../../lib/stats/bins.ts";
import { DEFAULT_MARGINS, type Margin } from "../../lib/stats/margins.ts";
import { type Moments, momentsOfSums, momentsOfTrials } from "../../lib/stats/moments.ts";
import { tailOfSketch, winsorisedMoments } from "../../lib/stats/winsorised.ts";
import {
  type Cell,
  emptyStat,
  isMeasure,
  type Measure,
  MEASURES,
  mergeStatInto,
  parseScoreMetric,
  SCORE_SCALE,
  type Stat,
} from "../rollups/model.ts";
import type { ArmInput, Baseline, ComparedMetric, Kind } from "./model.ts";

const measured = (measure: Measure, kind: Kind, margin: Margin, unit: string): ComparedMetric => ({
  id: measure,
  kind,
  unit,
  margin,
  perUnit: MEASURES[measure].scale.perUnit,
});

/** What is paid: the only amount that is cut at a frozen cap while its split is live. */
export const COST = "costUsd";

/** The mean cost in which nothing counts for more than the control's p99: is a handful of calls the difference? */
export const WINSORISED_COST = "costUsdWinsorised";

const CAPPED_COST: ComparedMetric = {
  ...measured("costUsd", "amount", DEFAULT_MARGINS.cost, "USD"),
  id: WINSORISED_COST,
};

const SLOW_SHARE: ComparedMetric = {
  id: "slowShare",
  kind: "events",
  unit: "share of generations",
  margin: DEFAULT_MARGINS.slowShare,
  perUnit: 1,
};

const OF_GENERATIONS: ComparedMetric[] = [
  measured("latencyMs", "log", DEFAULT_MARGINS.latency, "ms"),
  measured("timeToFirstTokenMs", "log", DEFAULT_MARGINS.timeToFirstToken, "ms"),
  measured("outputTokens", "log", DEFAULT_MARGINS.outputTokens, "tokens"),
  measured("costUsd", "amount", DEFAULT_MARGINS.cost, "USD"),
  {
    id: "errors",
    kind: "events",
    unit: "share of generations",
    margin: DEFAULT_MARGINS.errors,
    perUnit: 1,
  },
];

/** Margins that need no data to be known, by metric. */
export const USUAL_MARGINS: ReadonlyMap<string, Margin> = new Map(
  [...OF_GENERATIONS, SLOW_SHARE].flatMap(({ id, margin }) => (margin ? [[id, margin]] : [])),
);

/** How a score is judged whose values tell no usual margin; its own margin somebody has to set. */
export const DEFAULT_OF_SCORE: Margin = DEFAULT_MARGINS.judgeScore;

/** A metric with the margin that was set in place of the default one. */
function withMargin(metric: ComparedMetric, margins: ReadonlyMap<string, number>): ComparedMetric {
  const margin = margins.get(metric.id === WINSORISED_COST ? COST : metric.id);
  return margin === undefined
    ? metric
    : { ...metric, margin: { ...(metric.margin ?? DEFAULT_OF_SCORE), margin } };
}

/** The usual margin of a numeric score, by the range its values keep to; null for any other range. */
function scoreMargin({ min, max }: Stat): Margin | null {
  if (min === null || max === null) return null;
  const { perUnit } = SCORE_SCALE;
  if (min >= 0 && max <= perUnit) return DEFAULT_MARGINS.judgeScore;
  return min >= perUnit && max <= 5 * perUnit ? DEFAULT_MARGINS.rating : null;
}

const SCORE_KINDS: Record<string, Kind> = {
  NUMERIC: "mean",
  BOOLEAN: "share",
  CATEGORICAL: "categories",
};

const scoreId = (name: string): string => `score:${name}`;

function scoresIn(cells: readonly Cell[], margins: ReadonlyMap<string, number>): ComparedMetric[] {
  const found = new Map<string, ComparedMetric>();
  for (const cell of cells) {
    for (const metric of cell.metrics.keys()) {
      const score = parseScoreMetric(metric);
      const kind = score && SCORE_KINDS[score.dataType];
      if (!score || !kind) continue;
      const id = scoreId(score.name);
      const all = emptyStat();
      for (const each of cells) mergeStatInto(all, scoresOf(each, score.name, kind));
      const margin = kind === "mean" ? scoreMargin(all) : DEFAULT_MARGINS.passRate;
      found.set(`${id}/${kind}`, {
        id,
        kind,
        unit: "score",
        margin: kind === "categories" ? null : margin,
        perUnit: kind === "mean" ? SCORE_SCALE.perUnit : 1,
      });
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, metric]) => (metric.kind === "categories" ? metric : withMargin(metric, margins)));
}

/**
 * Zeros have no logarithm. Where they are more than 5 % of an arm's values, leaving them out would
 * compare something else: the plain mean is compared instead, with the same margin.
 */
function byMeanOfZeros(metric: ComparedMetric, cells: readonly Cell[]): ComparedMetric {
  const isFewZeros = cells.every((cell) => mayUseLogs(logMoments(sketchOf(metric, cell))));
  if (metric.kind !== "log" || isFewZeros || !metric.margin) return metric;
  const margin: Margin = { ...metric.margin, scale: "relative", margin: metric.margin.margin - 1 };
  return { ...metric, kind: "amount", margin };
}

/** What is compared: the generations' own metrics, and every score that either arm has. */
export function comparedMetrics(
  cells: readonly Cell[],
  margins: ReadonlyMap<string, number>,
  baseline: Baseline | null,
): ComparedMetric[] {
  const own = [
    ...OF_GENERATIONS,
    ...(baseline && baseline.slowBin !== null ? [SLOW_SHARE] : []),
    ...(baseline && baseline.costCapBin !== null ? [CAPPED_COST] : []),
  ];
  return [
    ...own.map((metric) => byMeanOfZeros(withMargin(metric, margins), cells)),
    ...scoresIn(cells, margins),
  ];
}

function scoresOf(cell: Cell, name: string, kind: Kind): Stat {
  const sum = emptyStat();
  for (const [metric, stat] of cell.metrics) {
    const score = parseScoreMetric(metric);
    if (score?.name === name && SCORE_KINDS[score.dataType] === kind) mergeStatInto(sum, stat);
  }
  return sum;
}

/** What a cell holds of a metric. Of `errors` it holds counts only; `slowShare` is of latencies. */
export function statOf({ id, kind }: ComparedMetric, cell: Cell): Stat {
  if (id === "slowShare") return cell.metrics.get("latency") ?? emptyStat();
  if (id === WINSORISED_COST) return cell.metrics.get("cost") ?? emptyStat();
  if (isMeasure(id)) return cell.metrics.get(MEASURES[id].metric) ?? emptyStat();
  return id === "errors" ? emptyStat() : scoresOf(cell, id.slice(scoreId("").length), kind);
}

/** Values of the metric: trials of a share, generations for errors. */
export const sketchOf = (metric: ComparedMetric, cell: Cell): Sketch => statOf(metric, cell).sketch;

/** How many of how many: failed generations, slow ones, true scores. */
export function trialsOf(
  metric: ComparedMetric,
  cell: Cell,
  baseline: Baseline | null,
): { successes: number; trials: number } {
  if (metric.id === "errors") return { successes: cell.errors, trials: cell.n };
  if (metric.id === "slowShare") {
    return tailOfSketch(sketchOf(metric, cell), baseline?.slowBin ?? Number.MAX_SAFE_INTEGER);
  }
  const { categories } = statOf(metric, cell);
  const trials = [...categories.values()].reduce((sum, count) => sum + count, 0);
  return { successes: categories.get("True") ?? 0, trials };
}

const scaled = ({ n, mean, m2 }: Moments, perUnit: number): Moments => ({
  n,
  mean: mean / perUnit,
  m2: m2 / perUnit / perUnit,
});

/**
 * The sums of one arm on the scale of its test: logarithms of the unit, the unit itself, or zeros
 * and ones.
 *
 * @param cap bin at whose edge amounts are cut; null for the plain mean
 */
export function inputOf(
  metric: ComparedMetric,
  cell: Cell,
  baseline: Baseline | null,
  cap: number | null = null,
): ArmInput {
  const { kind, perUnit } = metric;
  if (kind === "events" || kind === "share") {
    const { successes, trials } = trialsOf(metric, cell, baseline);
    return { ...momentsOfTrials(successes, trials), leftOut: 0 };
  }
  const stat = statOf(metric, cell);
  if (kind === "log") {
    const { logs, notPositive } = logMoments(stat.sketch);
    return { ...logs, mean: logs.n > 0 ? logs.mean - Math.log(perUnit) : 0, leftOut: notPositive };
  }
  const capBin = metric.id === WINSORISED_COST ? (baseline?.costCapBin ?? null) : cap;
  if (kind === "amount" && capBin !== null) {
    return { ...scaled(winsorisedMoments(stat.sketch, capBin), perUnit), leftOut: 0 };
  }
  return { ...momentsOfSums(stat, perUnit), leftOut: 0 };
}
