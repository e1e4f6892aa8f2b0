import { distributionOf } from "../../lib/sketch/plain.ts";
import { quantile, type Sketch } from "../../lib/sketch/sketch.ts";
import { centralT, centralZ } from "../../lib/stats/distributions.ts";
import { around, CONFIDENCE, type Interval } from "../../lib/stats/interval.ts";
import { varianceOfMean } from "../../lib/stats/moments.ts";
import { quantileInterval } from "../../lib/stats/quantile-interval.ts";
import { shareOf, wilsonInterval } from "../../lib/stats/wilson.ts";
import type { Cell } from "../rollups/model.ts";
import { inputOf, statOf, trialsOf } from "./metrics.ts";
import type { ArmInput, Baseline, ComparedMetric } from "./model.ts";

/** A bound that may be missing: infinity has no JSON. */
export type Bounds = { low: number | null; high: number | null };

/** A number with the range of truths the data allow, or how many values that takes. */
export type Estimated = { value: number | null; interval: Bounds | null; needs: number | null };

/** One side of a comparison. */
export type ArmValue = {
  n: number;
  statistic: "geometric mean" | "mean" | "share" | "categories";
  estimate: Estimated;
  quantiles: Record<"p50" | "p95" | "p99", Estimated> | null;
  categories: Record<string, number> | null;
  /** Of a score with few different values: how often each was given, ascending. */
  distribution: Occurrence[] | null;
};

export type Occurrence = { value: number; count: number };

export const boundsOf = ({ low, high }: Interval): Bounds => ({
  low: Number.isFinite(low) ? low : null,
  high: Number.isFinite(high) ? high : null,
});

const NOTHING: Estimated = { value: null, interval: null, needs: 1 };
/** A variance takes two values. */
const MIN_FOR_MEAN = 2;

function meanOf(input: ArmInput, back: (x: number) => number): Estimated {
  if (input.n === 0) return { ...NOTHING, needs: MIN_FOR_MEAN };
  const value = back(input.mean);
  if (input.n < MIN_FOR_MEAN) return { value, interval: null, needs: MIN_FOR_MEAN };
  const half = Math.sqrt(varianceOfMean(input)) * centralT(CONFIDENCE, input.n - 1);
  const { low, high } = around(input.mean, half);
  return { value, interval: boundsOf({ low: back(low), high: back(high) }), needs: null };
}

function shareValue(proportion: { successes: number; trials: number }): Estimated {
  if (proportion.trials === 0) return NOTHING;
  const interval = wilsonInterval(proportion, centralZ(CONFIDENCE));
  return { value: shareOf(proportion), interval: boundsOf(interval), needs: null };
}

function quantileOf(metric: ComparedMetric, cell: Cell, p: number): Estimated {
  const stat = statOf(metric, cell);
  const value = quantile(stat.sketch, p, stat);
  const found = quantileInterval(stat.sketch, p, stat);
  const inUnit = (x: number): number => x / metric.perUnit;
  return {
    value: value === null ? null : inUnit(value),
    interval: found.known
      ? boundsOf({ low: inUnit(found.interval.low), high: inUnit(found.interval.high) })
      : null,
    needs: found.known ? null : found.need,
  };
}

const quantilesOf = (metric: ComparedMetric, cell: Cell): ArmValue["quantiles"] => ({
  p50: quantileOf(metric, cell, 0.5),
  p95: quantileOf(metric, cell, 0.95),
  p99: quantileOf(metric, cell, 0.99),
});

/** @returns null for no values, too many different ones, or some that are not told one by one */
function occurrences(sketch: Sketch, perUnit: number): Occurrence[] | null {
  if (sketch.n === 0) return null;
  return distributionOf(sketch)?.map(([x, count]) => ({ value: x / perUnit, count })) ?? null;
}

const same = (x: number): number => x;

/** What one arm shows of a metric, over everything that `cell` covers. */
export function armValue(metric: ComparedMetric, cell: Cell, baseline: Baseline | null): ArmValue {
  const none = { quantiles: null, categories: null, distribution: null };
  switch (metric.kind) {
    case "events":
    case "share": {
      const proportion = trialsOf(metric, cell, baseline);
      const n = proportion.trials;
      return { n, statistic: "share", estimate: shareValue(proportion), ...none };
    }
    case "categories": {
      const { categories } = statOf(metric, cell);
      const n = [...categories.values()].reduce((sum, count) => sum + count, 0);
      return {
        n,
        statistic: "categories",
        estimate: { value: null, interval: null, needs: null },
        ...none,
        categories: Object.fromEntries([...categories].sort(([a], [b]) => (a < b ? -1 : 1))),
      };
    }
    case "log":
    case "amount":
    case "mean": {
      const { n, sketch } = statOf(metric, cell);
      const isLog = metric.kind === "log";
      return {
        n,
        statistic: isLog ? "geometric mean" : "mean",
        estimate: meanOf(inputOf(metric, cell, baseline), isLog ? Math.exp : same),
        ...none,
        quantiles: quantilesOf(metric, cell),
        distribution: occurrences(sketch, metric.perUnit),
      };
    }
  }
}
