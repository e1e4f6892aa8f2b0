import type { Margin } from "../../lib/stats/margins.ts";
import type { Moments } from "../../lib/stats/moments.ts";

/** The rules by which verdicts are made. A change of any rule, limit or default is a new number. */
export const METHOD_VERSION = "comparison/2";

/** Two-sided level of every interval and test here. */
export const ALPHA = 0.05;

/**
 * The level of one way of looking at an A/B test. With a planned end there are two, all the time
 * until then and once at the end, and each pays half.
 */
export const alphaOf = (plannedEndMs: number | null): number =>
  plannedEndMs === null ? ALPHA : ALPHA / 2;

/**
 * How a metric is compared.
 * `log`: ratio of geometric means. `amount`: arithmetic means, relative. `events`: bad events per
 * generation. `share`: what part of scores is true. `mean`: plain means. `categories`: a table.
 */
export type Kind = "log" | "amount" | "events" | "share" | "mean" | "categories";

/** A metric that versions are compared by. */
export type ComparedMetric = {
  /** A name of the metrics answer, `errors`, `slowShare`, or `score:<name>`. */
  id: string;
  kind: Kind;
  unit: string;
  /** null: nobody said what matters. */
  margin: Margin | null;
  /** How many whole numbers of a bucket make the unit. */
  perUnit: number;
};

/** Sums of one arm in one stage: all that a test of the metric needs. In the scale of the test. */
export type ArmInput = Moments & {
  /** Values left out of the moments: zeros have no logarithm. */
  leftOut: number;
};

/** Both arms while the weights stood still. `shares` null: nobody declared them. */
export type StageInput = {
  from: string;
  to: string;
  /** Share of the candidate among the two arms, in (0, 1). */
  share: number | null;
  candidate: ArmInput;
  control: ArmInput;
};

/** Thresholds taken from the control before the data under test: bins of its sketches. */
export type Baseline = {
  /** Generations it rests on. */
  n: number;
  /** Bin of the latency p95, and of the cost p99; null where there was none. */
  slowBin: number | null;
  costCapBin: number | null;
};

/** With the mean cost in USD, cut at the cap, that relative margins refer to. */
export type FrozenBaseline = Baseline & { costMean: number | null };
