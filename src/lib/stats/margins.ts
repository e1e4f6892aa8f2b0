import type { Better } from "./verdict.ts";

/**
 * How a metric is compared, and the largest degradation that is tolerated unless somebody says
 * otherwise.
 *
 * - `log`: natural logarithm of the value; `margin` is a ratio (1.1 is ten percent more).
 * - `relative`: plain mean, winsorised; `margin` is a share of the frozen baseline mean.
 * - `raw`: plain mean; `margin` in the unit of the metric.
 * - `events`: bad events per generation; `margin` is a ratio of rates.
 */
export type Margin = {
  scale: "log" | "relative" | "raw" | "events";
  margin: number;
  better: Better;
};

/** Default margins. They are judgements, editable per prompt, frozen when a rollout starts. */
export const DEFAULT_MARGINS = {
  latency: { scale: "log", margin: 1.1, better: "lower" },
  timeToFirstToken: { scale: "log", margin: 1.1, better: "lower" },
  /** Share of generations slower than the frozen baseline p95. */
  slowShare: { scale: "events", margin: 1.5, better: "lower" },
  outputTokens: { scale: "log", margin: 1.1, better: "lower" },
  /** Winsorised at the frozen baseline p99. */
  cost: { scale: "relative", margin: 0.1, better: "lower" },
  errors: { scale: "events", margin: 2, better: "lower" },
  refusals: { scale: "events", margin: 2, better: "lower" },
  invalidOutputs: { scale: "events", margin: 2, better: "lower" },
  thumbsDown: { scale: "events", margin: 1.25, better: "lower" },
  /** A rating from 1 to 5. */
  rating: { scale: "raw", margin: 0.2, better: "higher" },
  /** A judge's score from 0 to 1. */
  judgeScore: { scale: "raw", margin: 0.03, better: "higher" },
  /** Share that passed a judge; made for a base of 50 to 90 %. */
  passRate: { scale: "raw", margin: 0.03, better: "higher" },
} as const satisfies Record<string, Margin>;

/**
 * A margin on the scale on which its metric is compared.
 *
 * @param baselineMean of the frozen baseline, in the metric's unit; used by `relative` only
 * @throws RangeError for a margin that tolerates nothing, or a baseline mean not above 0
 */
export function marginOnScale({ scale, margin }: Margin, baselineMean: number): number {
  const size =
    scale === "log" || scale === "events"
      ? Math.log(margin)
      : scale === "relative"
        ? margin * baselineMean
        : margin;
  if (!(size > 0 && Number.isFinite(size))) {
    throw new RangeError(`a margin of ${margin} on the scale ${scale}`);
  }
  return size;
}

/** What a frozen baseline is taken from: 7 days, or 28, with at least this many generations. */
export const BASELINE = { days: 7, longerDays: 28, minGenerations: 500 } as const;
