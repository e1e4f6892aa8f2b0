import { around, type Interval } from "./interval.ts";

/*
 * The two-sided confidence sequence: an interval that covers the truth at all times at once with
 * probability 1 - alpha, so it may be looked at whenever one likes.
 *
 * Sources: Robbins (1970), Ann. Math. Stat. 41:1397-1409; Howard et al. (2021), Ann. Stat.
 * 49:1055-1080; Johari, Koomen, Pekelis, Walsh (2022), Oper. Res. 70:1806-1821.
 */

/**
 * ln E of the two-sided normal mixture against "the difference is null".
 *
 * @param z standardised difference
 * @param r prior variance over the variance of the estimate, tau²/V, > 0
 * @returns ln E; `anytimeP` turns it into a p-value
 * @throws RangeError outside the domain
 */
export function lnNormalMixture(z: number, r: number): number {
  if (!(r > 0 && Number.isFinite(r) && Number.isFinite(z))) {
    throw new RangeError(`a mixture at z ${z}, r ${r}`);
  }
  return -Math.log1p(r) / 2 + (z * z * r) / (2 * (1 + r));
}

/** A difference of two arms, in the unit of the metric (or its logarithm). */
export type Difference = { difference: number; variance: number };

/**
 * The two-sided interval of a difference that is valid at every look.
 *
 * @param estimate variance > 0
 * @param tau prior scale, > 0, in the unit of the difference: the practical margin
 * @param alpha in (0, 1), e.g. 0.05 for 95 %
 * @throws RangeError outside the domain
 */
export const confidenceSequence = (
  { difference, variance }: Difference,
  tau: number,
  alpha: number,
): Interval => around(difference, halfWidthAt(variance, tau, alpha));

/** Half the width of `confidenceSequence`. It falls with the variance. @throws RangeError */
export function halfWidthAt(variance: number, tau: number, alpha: number): number {
  if (!(variance > 0 && tau > 0 && alpha > 0 && alpha < 1)) {
    throw new RangeError(`variance ${variance}, tau ${tau}, alpha ${alpha}`);
  }
  const r = tau ** 2 / variance;
  return Math.sqrt(variance * ((1 + r) / r) * (Math.log1p(r) - 2 * Math.log(alpha)));
}

/** ln E against "no difference". @throws RangeError as `lnNormalMixture` */
export const lnDifferent = ({ difference, variance }: Difference, tau: number): number =>
  lnNormalMixture(difference / Math.sqrt(variance), tau ** 2 / variance);
