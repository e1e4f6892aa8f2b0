/** What a split is drawn for: each request, a targeting key, or a process that caches for a minute. */
export type Unit = "request" | "key" | "process";

/** Measures of a generation whose logarithm can be compared, as buckets name them. */
export type LogMeasure = "latency" | "ttft" | "tin" | "tout" | "ttot";

/**
 * What a cohort sums for one guardrail, with its thresholds. `of` names the metrics of buckets
 * (`scoreMetric`) whose scores count: those of several sources may be one guardrail, and those on
 * observations and traces. Scores on sessions count in no cohort.
 */
export type CohortMetric = { name: string } & (
  | /** Mean of ln: positive values only, each taken at the middle of its bin. */
    { kind: "log"; of: LogMeasure }
  /** Mean cost, each at most the cap: the upper edge of the baseline's p99 bin. */
  | { kind: "cost"; capNanoUsd: number }
  /** Mean of numeric scores, each held within the range its config states. */
  | { kind: "score"; of: readonly string[]; min: number; max: number }
  /** Event: slower than the frozen baseline p95, i.e. in a bin above this one. */
  | { kind: "slow"; aboveBin: number }
  /** Event: a BOOLEAN or CATEGORICAL score of a category declared bad, as buckets name it. */
  | { kind: "bad"; of: readonly string[]; categories: readonly string[] }
);

/**
 * What one stage of a rollout counts, for both arms. All but `untilUs` is fixed when the cohort is
 * first kept: a contribution has to be taken away under the terms under which it was added.
 *
 * A generation counts by its own start, prompt, version and environment. If it names the split
 * that chose its version, it must be this one. Fallbacks and versions found through a label never
 * count.
 */
export type CohortPlan = {
  rollout: string;
  stage: number;
  prompt: string;
  control: number;
  candidate: number;
  environment: string;
  /** Id of the split, as `promptside.split` says it. */
  split: string;
  unit: Unit;
  /** The candidate's share while the stage lasts, in (0, 1). */
  share: number;
  /** From when on means and served generations count, in µs: one freshness bound after the weights. */
  fromUs: number;
  /** From when on events count, in µs; `errors` is one. Not after `fromUs`. */
  eventsFromUs: number;
  /** When the stage ended, in µs, exclusive; null while it lasts. */
  untilUs: number | null;
  /** Beside `errors`, which every cohort counts. Names differ. */
  metrics: readonly CohortMetric[];
};

/** Whether the metric counts bad events; otherwise it is a mean. */
export const isEvent = ({ kind }: CohortMetric): boolean => kind === "slow" || kind === "bad";
