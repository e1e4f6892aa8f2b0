import { quantile, type Sketch } from "../../../lib/sketch/sketch.ts";
import { centralT, centralZ } from "../../../lib/stats/distributions.ts";
import { around, CONFIDENCE, type Interval } from "../../../lib/stats/interval.ts";
import { type Moments, momentsOfSums, varianceOfMean } from "../../../lib/stats/moments.ts";
import { minimumForQuantile, quantileInterval } from "../../../lib/stats/quantile-interval.ts";
import { quantileRatio } from "../../../lib/stats/quantile-ratio.ts";
import { relativeLift } from "../../../lib/stats/relative-lift.ts";
import { riskRatio } from "../../../lib/stats/risk-ratio.ts";
import { type Proportion, shareOf, wilsonInterval } from "../../../lib/stats/wilson.ts";
import {
  type Cell,
  emptyStat,
  MEASURES,
  mergeStatInto,
  parseScoreMetric,
  SCORE_SCALE,
  scoreMetric,
  type Stat,
} from "../../rollups/model.ts";
import { metricOf, type Statistic } from "../model.ts";

/** Which number of a cell is meant. */
export type Question = { metric: string; statistic: Statistic; category?: string | undefined };

export type Estimate = {
  n: number;
  /** In the unit of the metric; null: unknown. */
  value: number | null;
  /** 95 %; null where there is none. A count and a sum are exact. */
  interval: Interval | null;
  /** Values that it takes before it says anything. */
  minN: number;
};

/** Below this a mean or a share says little, and its interval is not to be relied upon. */
const MIN_FOR_MEAN = 20;
const QUANTILES: Partial<Record<Statistic, number>> = { p5: 0.05, p50: 0.5, p95: 0.95, p99: 0.99 };

/** Names of scores as buckets keep them. */
const storedName = (name: string): string =>
  parseScoreMetric(scoreMetric({ level: "O", source: "API", dataType: "NUMERIC", name }))?.name ??
  name;

const isOfScore = (stored: string, name: string): boolean =>
  parseScoreMetric(stored)?.name === storedName(name);

/** Which stored metrics a question needs. */
export function wishOf({ metric }: Pick<Question, "metric">): {
  only?: string;
  isWanted?: (stored: string) => boolean;
} {
  const asked = metricOf(metric);
  if (asked?.of === "measure") return { only: MEASURES[asked.measure].metric };
  if (asked?.of === "score") return { isWanted: (stored) => isOfScore(stored, asked.name) };
  return { only: "" };
}

type Values = { stat: Stat; perUnit: number };

/** Numbers of a measure, or of a NUMERIC score over its sources. */
function valuesOf(metric: string, cell: Cell): Values {
  const asked = metricOf(metric);
  if (asked?.of === "measure") {
    const { metric: stored, scale } = MEASURES[asked.measure];
    return { stat: cell.metrics.get(stored) ?? emptyStat(), perUnit: scale.perUnit };
  }
  const stat = emptyStat();
  for (const [stored, each] of cell.metrics) {
    const isNumeric = parseScoreMetric(stored)?.dataType === "NUMERIC";
    if (asked?.of === "score" && isNumeric && isOfScore(stored, asked.name)) {
      mergeStatInto(stat, each);
    }
  }
  return { stat, perUnit: SCORE_SCALE.perUnit };
}

/** How many of how many: failed generations, or scores of a category. */
function proportionOf({ metric, category }: Question, cell: Cell): Proportion {
  const asked = metricOf(metric);
  if (asked?.of !== "score") return { successes: cell.errors, trials: cell.n };
  let [successes, trials] = [0, 0];
  for (const [stored, { categories }] of cell.metrics) {
    if (!isOfScore(stored, asked.name)) continue;
    for (const [name, count] of categories) {
      trials += count;
      if (name === category) successes += count;
    }
  }
  return { successes, trials };
}

const isProportion = ({ metric, statistic }: Question): boolean =>
  statistic === "share" || (statistic === "rate" && metric === "errors");

const exact = (value: number): Interval => ({ low: value, high: value });

function proportionEstimate(proportion: Proportion): Estimate {
  const { trials: n } = proportion;
  if (n === 0) return { n, value: null, interval: null, minN: MIN_FOR_MEAN };
  const interval = wilsonInterval(proportion, centralZ(CONFIDENCE));
  return { n, value: shareOf(proportion), interval, minN: MIN_FOR_MEAN };
}

function countEstimate({ metric, statistic }: Question, cell: Cell, minutes: number): Estimate {
  const asked = metricOf(metric);
  if (asked?.of === "count") {
    const value = statistic === "rate" ? cell.n / minutes : cell.n;
    // That there was none is known, too.
    return { n: cell.n, value, interval: exact(value), minN: 0 };
  }
  if (asked?.of === "errors") {
    return { n: cell.n, value: cell.errors, interval: exact(cell.errors), minN: 1 };
  }
  const n = asked?.of === "score" ? scoresIn(asked.name, cell) : valuesOf(metric, cell).stat.n;
  return { n, value: n, interval: exact(n), minN: 0 };
}

function scoresIn(name: string, cell: Cell): number {
  let n = 0;
  for (const [stored, stat] of cell.metrics) if (isOfScore(stored, name)) n += stat.n;
  return n;
}

const momentsIn = ({ stat, perUnit }: Values): Moments => momentsOfSums(stat, perUnit);

function meanEstimate(values: Values): Estimate {
  const { n, mean, m2 } = momentsIn(values);
  if (n === 0) return { n, value: null, interval: null, minN: MIN_FOR_MEAN };
  const half =
    n > 1 ? Math.sqrt(varianceOfMean({ n, mean, m2 })) * centralT(CONFIDENCE, n - 1) : Infinity;
  return { n, value: mean, interval: around(mean, half), minN: MIN_FOR_MEAN };
}

function quantileEstimate({ stat, perUnit }: Values, p: number): Estimate {
  const value = quantile(stat.sketch, p, stat);
  const found = quantileInterval(stat.sketch, p, stat);
  return {
    n: stat.n,
    value: value === null ? null : value / perUnit,
    interval: found.known
      ? { low: found.interval.low / perUnit, high: found.interval.high / perUnit }
      : null,
    minN: minimumForQuantile(p),
  };
}

/**
 * A number of a cell with its interval.
 *
 * @param minutes that the cell covers, for rates
 */
export function estimateOf(question: Question, cell: Cell, minutes: number): Estimate {
  const { statistic } = question;
  if (isProportion(question)) return proportionEstimate(proportionOf(question, cell));
  if (statistic === "count" || statistic === "rate") return countEstimate(question, cell, minutes);
  const values = valuesOf(question.metric, cell);
  if (statistic === "mean") return meanEstimate(values);
  const p = QUANTILES[statistic];
  if (p !== undefined) return quantileEstimate(values, p);
  const { n, sum } = values.stat;
  const total = Number(sum) / values.perUnit;
  return { n, value: n === 0 ? null : total, interval: exact(total), minN: 1 };
}

/** One cell against another: 0.1 is ten percent more. */
export type RelativeChange =
  | { known: true; change: number; interval: Interval | null }
  | { known: false; because: string };

const unknown = (because: string): RelativeChange => ({ known: false, because });
const less1 = ({ low, high }: Interval): Interval => ({ low: low - 1, high: high - 1 });

function sketchChange(now: Sketch, before: Sketch, p: number): RelativeChange {
  const found = quantileRatio(now, before, p);
  if (found.known) {
    return { known: true, change: found.ratio - 1, interval: less1(found.interval) };
  }
  return unknown(
    found.because === "too-few"
      ? `an interval needs n ≥ ${found.need} on both sides`
      : "the quantile is not above zero",
  );
}

/** How a number changed against a baseline, where that can be said. */
export function changeOf(question: Question, now: Cell, before: Cell): RelativeChange {
  if (isProportion(question)) {
    const found = riskRatio(proportionOf(question, now), proportionOf(question, before));
    if (!found.known) return unknown("the baseline's share is zero: nothing can be relative to it");
    return { known: true, change: found.ratio - 1, interval: less1(found.interval) };
  }
  const [values, usual] = [valuesOf(question.metric, now), valuesOf(question.metric, before)];
  const p = QUANTILES[question.statistic];
  if (p !== undefined) return sketchChange(values.stat.sketch, usual.stat.sketch, p);
  const test = relativeLift({ treatment: momentsIn(values), control: momentsIn(usual) });
  if (test.tested) return { known: true, change: test.lift, interval: test.interval };
  if (test.because === "no-variance") {
    const change = momentsIn(values).mean / momentsIn(usual).mean - 1;
    return { known: true, change, interval: exact(change) };
  }
  return unknown(
    test.because === "baseline" ? "the baseline's mean is not above zero" : "too few values",
  );
}

/** What the number rests on: enough to work it out again. */
export function inputsOf(question: Question, cell: Cell): Record<string, unknown> {
  if (isProportion(question)) return proportionOf(question, cell);
  if (question.statistic === "count" || question.statistic === "rate") {
    return { generations: cell.n, errors: cell.errors };
  }
  const { stat, perUnit } = valuesOf(question.metric, cell);
  const { n, sum, sumSq, min, max, sketch } = stat;
  return {
    perUnit,
    n,
    sum: sum.toString(),
    sumSq: sumSq.toString(),
    min,
    max,
    bins: [...sketch.bins].sort(([a], [b]) => a - b),
  };
}
