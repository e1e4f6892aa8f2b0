/** What each chart over time is of; a route that starts them early asks the very same. */
import type { Granularity } from "./granularity.ts";
import type { TimeAsk } from "./queries.ts";

export const COST_PARTS = ["inputCostUsd", "outputCostUsd", "cachedCostUsd"] as const;

export const volumeAsk = (granularity: Granularity): TimeAsk => ({
  metric: "count",
  statistic: "count",
  granularity,
});

export const percentilesAsk = (metric: string, granularity: Granularity): TimeAsk => ({
  metric,
  statistic: "p50,p95,p99",
  granularity,
});

export function costAsk(granularity: Granularity): TimeAsk {
  const [metric, ...others] = COST_PARTS;
  return { metric, also: others.join(","), statistic: "sum", granularity };
}

export const scoreAsk = (name: string, granularity: Granularity): TimeAsk => ({
  metric: `score:${name}`,
  statistic: "mean,share",
  granularity,
  intervals: true,
});
