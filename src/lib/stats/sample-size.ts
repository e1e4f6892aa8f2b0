import { centralZ, normalQuantile } from "./distributions.ts";
import { halfWidthAt } from "./normal-mixture.ts";
import { crossing } from "./root.ts";

/**
 * Values per arm for a test that is looked at once, at a planned end, with equal arms.
 *
 * @param sd standard deviation of one value, > 0, in the unit of the effect
 * @param effect smallest difference to find, > 0
 * @param alpha two-sided level in (0, 1)
 * @param power chance to find it, in (0.5, 1)
 * @returns a whole number, by the normal approximation
 * @throws RangeError outside the domain
 * @see Cohen (1988), Statistical Power Analysis, ch. 2
 */
export function samplesPerArm({
  sd,
  effect,
  alpha = 0.05,
  power = 0.8,
}: {
  sd: number;
  effect: number;
  alpha?: number;
  power?: number;
}): number {
  if (!(sd > 0 && effect > 0 && power > 0.5 && power < 1)) {
    throw new RangeError(`sd ${sd}, effect ${effect}, power ${power}`);
  }
  const z = centralZ(1 - alpha) + normalQuantile(power);
  return Math.ceil(2 * ((z * sd) / effect) ** 2);
}

/** A live comparison of two arms: what one value spreads, who gets which share, what matters. */
export type LiveComparison = {
  /** Standard deviation of one value, > 0, in the unit of the margin. */
  sd: number;
  /** Share of the treatment among the two arms, in (0, 1). */
  share: number;
  /** Prior scale of the confidence sequence, > 0. */
  margin: number;
  /** Two-sided level in (0, 1). */
  alpha: number;
  /** Factor for clustered units, >= 1. */
  designEffect?: number;
};

/**
 * Values, of both arms together, until the always-valid interval is as narrow as `halfWidth`: at
 * half the margin an effect of nothing is called equivalent, and one of 1.5 margins worse.
 *
 * @param halfWidth > 0, in the unit of the margin
 * @throws RangeError outside the domain
 */
export function valuesForHalfWidth(comparison: LiveComparison, halfWidth: number): number {
  const { sd, share, margin, alpha, designEffect = 1 } = comparison;
  if (!(sd > 0 && share > 0 && share < 1 && designEffect >= 1 && halfWidth > 0)) {
    throw new RangeError(`sd ${sd}, share ${share}, half width ${halfWidth}`);
  }
  // The half width is more than sqrt(V · 2 ln(1/alpha)), which bounds V from above.
  const widest = halfWidth ** 2 / (-2 * Math.log(alpha));
  const variance = crossing((v) => halfWidthAt(v, margin, alpha) - halfWidth, {
    low: widest * 1e-12,
    high: widest,
  });
  return Math.ceil((designEffect * sd ** 2) / (variance * share * (1 - share)));
}

/**
 * Hours until so many values are there, at present traffic.
 *
 * @param perHour values per hour of both arms, >= 0
 * @returns 0 when they are there already; Infinity without traffic
 * @throws RangeError for a negative argument
 */
export function hoursUntil(needed: number, have: number, perHour: number): number {
  if (!(needed >= 0 && have >= 0 && perHour >= 0)) {
    throw new RangeError(`${needed} needed, ${have} there, ${perHour} per hour`);
  }
  return have >= needed ? 0 : (needed - have) / perHour;
}
