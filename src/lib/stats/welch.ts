import { centralT, studentTwoSided } from "./distributions.ts";
import { around, CONFIDENCE, type Interval } from "./interval.ts";
import { type Pair, varianceOfMean } from "./moments.ts";
import { type Untested, untested } from "./outcome.ts";

/** A difference of means, treatment minus control, in the unit of the metric. */
export type WelchTest = {
  tested: true;
  difference: number;
  standardError: number;
  degreesOfFreedom: number;
  t: number;
  /** Two-sided, in [0, 1]. */
  p: number;
  interval: Interval;
};

/**
 * Welch's t-test of two means whose variances may differ. For finished data that is looked at once.
 *
 * Degrees of freedom: Welch-Satterthwaite.
 *
 * @returns untested below two values in an arm, or when neither arm varies
 * @throws RangeError for a confidence outside (0, 1)
 * @see Welch (1947), Biometrika 34:28-35
 */
export function welch({ treatment, control }: Pair, confidence = CONFIDENCE): WelchTest | Untested {
  if (treatment.n < 2 || control.n < 2) return untested("too-few");
  const vT = varianceOfMean(treatment);
  const vC = varianceOfMean(control);
  if (!(vT + vC > 0)) return untested("no-variance");
  const difference = treatment.mean - control.mean;
  const standardError = Math.sqrt(vT + vC);
  const degreesOfFreedom = satterthwaite([vT, treatment.n], [vC, control.n]);
  const t = difference / standardError;
  return {
    tested: true,
    difference,
    standardError,
    degreesOfFreedom,
    t,
    p: studentTwoSided(t, degreesOfFreedom),
    interval: around(difference, standardError * centralT(confidence, degreesOfFreedom)),
  };
}

/**
 * Degrees of freedom of a sum of two variances of means.
 *
 * @param a, b variance of the mean (>= 0, not both 0) and its number of values (> 1)
 * @see Satterthwaite (1946), Biometrics Bull. 2:110-114
 */
export function satterthwaite(
  [vA, nA]: readonly [number, number],
  [vB, nB]: readonly [number, number],
): number {
  // As shares of the sum, so that tiny variances (squares of dollars) do not underflow.
  const share = vA / (vA + vB);
  return 1 / (share ** 2 / (nA - 1) + (1 - share) ** 2 / (nB - 1));
}
