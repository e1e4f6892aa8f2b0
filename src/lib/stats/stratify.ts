import { type Pair, varianceOfMean } from "./moments.ts";
import type { Difference } from "./normal-mixture.ts";

/** Both arms while the split stood still: one stage, or one hour. */
export type Stratum = Pair & {
  /** Factors on the variance of each arm's mean for clustered units, >= 1. */
  designEffect?: { treatment: number; control: number };
};

/** A difference of means, treatment minus control, and what it rests on. */
export type Stratified = Difference & { treatmentN: number; controlN: number };

/** An arm with fewer values says nothing about its own variance. */
export const MIN_PER_STRATUM_ARM = 5;

/**
 * The difference of means over stages in which the split differed. Summing the arms across stages
 * would compare different times of day: with a ramp and a daily swing that alone gives 21 to 100 %
 * false alarms.
 *
 * Weights nT·nC/(nT+nC), as if the variance were common; strata with fewer than 5 values in an arm
 * are left out.
 *
 * @returns undefined when no stratum is left; the variance may be 0 when nothing varied
 * @throws RangeError for a design effect below 1
 * @see Cochran (1954), Biometrics 10:417-451, for stratified differences
 */
export function stratify(strata: readonly Stratum[]): Stratified | undefined {
  let weights = 0;
  let difference = 0;
  let variance = 0;
  let treatmentN = 0;
  let controlN = 0;
  for (const stratum of strata) {
    const { treatment, control } = stratum;
    if (Math.min(treatment.n, control.n) < MIN_PER_STRATUM_ARM) continue;
    const weight = (treatment.n * control.n) / (treatment.n + control.n);
    weights += weight;
    difference += weight * (treatment.mean - control.mean);
    variance += weight ** 2 * varianceOfDifference(stratum);
    treatmentN += treatment.n;
    controlN += control.n;
  }
  if (weights === 0) return undefined;
  return {
    difference: difference / weights,
    variance: variance / weights ** 2,
    treatmentN,
    controlN,
  };
}

function varianceOfDifference({ treatment, control, designEffect }: Stratum): number {
  const effect = designEffect ?? { treatment: 1, control: 1 };
  if (!(effect.treatment >= 1 && effect.control >= 1)) {
    throw new RangeError(`design effects ${effect.treatment} and ${effect.control}`);
  }
  return varianceOfMean(treatment) * effect.treatment + varianceOfMean(control) * effect.control;
}
