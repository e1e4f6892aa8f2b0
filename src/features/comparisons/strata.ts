import { mergeMoments, NO_MOMENTS } from "../../lib/stats/moments.ts";
import type { Stratum } from "../../lib/stats/stratify.ts";
import type { Proportion } from "../../lib/stats/wilson.ts";
import type { ArmInput, StageInput } from "./model.ts";

/** How many of how many, from the sums of zeros and ones. */
export const proportionOf = ({ n, mean }: ArmInput): Proportion => ({
  successes: Math.round(n * mean),
  trials: n,
});

/** @param designEffect factor on the variances for clustered users, at least 1 */
export const strataOf = (stages: readonly StageInput[], designEffect: number): Stratum[] =>
  stages.map(({ candidate, control }) => ({
    treatment: candidate,
    control,
    designEffect: { treatment: designEffect, control: designEffect },
  }));

/** The control's mean over all stages, on the scale of the sums. */
export const controlMean = (stages: readonly StageInput[]): number =>
  stages.reduce((all, { control }) => mergeMoments(all, control), NO_MOMENTS).mean;
