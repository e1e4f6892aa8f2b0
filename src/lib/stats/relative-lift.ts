import { centralT, studentTwoSided } from "./distributions.ts";
import { around, CONFIDENCE, type Interval } from "./interval.ts";
import { type Pair, varianceOfMean } from "./moments.ts";
import { type Untested, untested } from "./outcome.ts";
import { satterthwaite } from "./welch.ts";

/** Treatment mean over control mean, minus 1: 0.1 is ten percent more. */
export type LiftTest = {
  tested: true;
  lift: number;
  standardError: number;
  p: number;
  interval: Interval;
};

/**
 * Relative difference of arithmetic means by the delta method, for what is paid or consumed: cost.
 *
 * Var = v_T / c² + v_C t² / c⁴ with t, c the means and v the variances of the means. The interval
 * takes Student's t at the Satterthwaite degrees of freedom of those two terms.
 *
 * @returns untested below two values in an arm, without variance, or when the control mean is not
 *   above 0, where a percentage means nothing
 * @throws RangeError for a confidence outside (0, 1)
 * @see Oehlert (1992), Am. Stat. 46:27-29
 */
export function relativeLift(
  { treatment, control }: Pair,
  confidence = CONFIDENCE,
): LiftTest | Untested {
  if (treatment.n < 2 || control.n < 2) return untested("too-few");
  if (!(control.mean > 0)) return untested("baseline");
  const ratio = treatment.mean / control.mean;
  const vT = varianceOfMean(treatment) / control.mean ** 2;
  const vC = (varianceOfMean(control) * ratio ** 2) / control.mean ** 2;
  if (!(vT + vC > 0)) return untested("no-variance");
  const lift = ratio - 1;
  const standardError = Math.sqrt(vT + vC);
  const df = satterthwaite([vT, treatment.n], [vC, control.n]);
  return {
    tested: true,
    lift,
    standardError,
    p: studentTwoSided(lift / standardError, df),
    interval: around(lift, standardError * centralT(confidence, df)),
  };
}
