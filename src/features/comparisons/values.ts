import {
  estimatedMean,
  estimatedQuantile,
  estimatedShare,
  type Estimated,
} from "../../lib/stats/estimate.ts";
import { type Cell, type Occurrence, occurrencesOf } from "../rollups/model.ts";
import { inputOf, statOf, trialsOf } from "./metrics.ts";
import type { Baseline, ComparedMetric } from "./model.ts";

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

const quantileOf = (metric: ComparedMetric, cell: Cell, p: number): Estimated =>
  estimatedQuantile(statOf(metric, cell), p, metric.perUnit);

const quantilesOf = (metric: ComparedMetric, cell: Cell): ArmValue["quantiles"] => ({
  p50: quantileOf(metric, cell, 0.5),
  p95: quantileOf(metric, cell, 0.95),
  p99: quantileOf(metric, cell, 0.99),
});

/** What one arm shows of a metric, over everything that `cell` covers. */
export function armValue(metric: ComparedMetric, cell: Cell, baseline: Baseline | null): ArmValue {
  const none = { quantiles: null, categories: null, distribution: null };
  switch (metric.kind) {
    case "events":
    case "share": {
      const proportion = trialsOf(metric, cell, baseline);
      const n = proportion.trials;
      return { n, statistic: "share", estimate: estimatedShare(proportion), ...none };
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
        estimate: estimatedMean(inputOf(metric, cell, baseline), isLog ? Math.exp : undefined),
        ...none,
        quantiles: quantilesOf(metric, cell),
        distribution: occurrencesOf(sketch),
      };
    }
  }
}
