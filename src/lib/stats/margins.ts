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

/**
 * The margin of an event that is too common for the count test, as a difference of rates.
 *
 * @param marginRatio largest tolerated ratio of rates, > 1
 * @param baseRate of the frozen baseline, in (0, 1)
 * @throws RangeError outside the domain
 */
export function rateMargin(marginRatio: number, baseRate: number): number {
  if (!(marginRatio > 1 && baseRate > 0 && baseRate < 1)) {
    throw new RangeError(`a ratio of ${marginRatio} at a rate of ${baseRate}`);
  }
  return baseRate * (marginRatio - 1);
}

const MIN_BASELINE = 500;

/**
 * How many days a baseline is frozen from: the last 7 when they hold 500 generations, else the last
 * 28; undefined when those hold too few, and defaults must do.
 *
 * @param inWeek, inFourWeeks generations of the current version, >= 0
 * @throws RangeError for a negative count
 */
export function baselineDays(inWeek: number, inFourWeeks: number): 7 | 28 | undefined {
  if (!(inWeek >= 0 && inFourWeeks >= inWeek)) {
    throw new RangeError(`${inWeek} generations in a week, ${inFourWeeks} in four`);
  }
  if (inWeek >= MIN_BASELINE) return 7;
  return inFourWeeks >= MIN_BASELINE ? 28 : undefined;
}
