/** Metrics of generations by the names of the API, and what people call them. */
export const METRIC_NAMES: Record<string, string> = {
  count: "Volume",
  errors: "Errors",
  latencyMs: "Latency",
  timeToFirstTokenMs: "Time to first token",
  inputTokens: "Input tokens",
  outputTokens: "Output tokens",
  totalTokens: "Total tokens",
  costUsd: "Cost",
  costUsdWinsorised: "Cost, cut at p99",
  inputCostUsd: "Input cost",
  outputCostUsd: "Output cost",
  cachedCostUsd: "Cached input cost",
  slowShare: "Slow generations",
};

const SCORE = "score:";

/** The score's name in a metric; undefined for all other metrics. */
export const scoreOf = (metric: string): string | undefined =>
  metric.startsWith(SCORE) ? metric.slice(SCORE.length) : undefined;

export function metricName(metric: string): string {
  const score = scoreOf(metric);
  return score === undefined ? (METRIC_NAMES[metric] ?? metric) : `Score ${score}`;
}

/** Metrics with values, so with percentiles and a distribution. */
export const VALUE_METRICS = [
  "latencyMs",
  "timeToFirstTokenMs",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "costUsd",
  "inputCostUsd",
  "outputCostUsd",
  "cachedCostUsd",
] as const;
