import type { Margin } from "../../lib/stats/margins.ts";
import type { CohortMetric } from "../rollups/model.ts";
import type { OnInconclusive, RolloutUnit } from "./model.ts";

/**
 * A guardrail, frozen: nothing about it is taken from the data that it judges.
 *
 * `mean` is read by the half-normal mixture, `events` by the exact count test.
 */
export type Guardrail = {
  metric: string;
  kind: "mean" | "events";
  /** What the cohorts sum for it; null for errors, which they always count. */
  series: CohortMetric | null;
  /** The margin as people say it. */
  margin: Margin;
  /** The margin as the test takes it: on the scale of the means, or a ratio of rates for events. */
  bound: number;
  /** Which minimum of values holds. */
  values: "continuous" | "bounded";
  /** Zeros and ones are of what is good; the cohorts count what is bad. */
  isGoodShare: boolean;
  unit: string;
  /** Steps of the test's scale to the unit of the answer: µs to ms. */
  perUnit: number;
  required: boolean;
  /** In the unit; null where there is none. */
  threshold: number | null;
  baseline: { n: number; value: number | null } | null;
  bad: string[] | null;
  /** Why it is as it is, where nobody asked for that. */
  note: string | null;
};

/** A stage. @param share of the candidate, in (0, 1) */
export type Stage = {
  share: number;
  minMinutes: number;
  /** Guardrails that must be proven safe to leave it. */
  requires: string[];
};

/** All that is fixed before the start. A decision can be recomputed from it and the sums. */
export type Terms = {
  control: number;
  candidate: number;
  environment: string;
  unit: RolloutUnit;
  stages: Stage[];
  guardrails: Guardrail[];
  /** Level of harm, for all guardrails together; of safety, for each. */
  alphaHarm: number;
  alphaSafe: number;
  warmupMinutes: number;
  maxMinutes: number;
  /** How long nothing may come before the rollout is held. */
  noDataMinutes: number;
  onInconclusive: OnInconclusive;
  holdback: { share: number; minutes: number } | null;
  method: string;
};

/** A fraction in per cent, without the noise of the multiplication. */
export const percent = (share: number): number => Math.round(share * 10_000) / 100;
