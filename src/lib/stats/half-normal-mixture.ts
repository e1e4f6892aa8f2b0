import { normalLogCdf } from "./distributions.ts";
import type { Interval } from "./interval.ts";

/*
 * The one-sided sequential test for means: a half-normal mixture of Gaussian likelihood ratios
 * whose scale is the practical margin. E is an e-process: while the null is true,
 * P(E is ever >= 1/alpha) <= alpha, however often and whenever one looks. It is computed from the
 * present sums alone, so a missed or doubled look changes nothing.
 *
 * Sources: Robbins (1970), Ann. Math. Stat. 41:1397-1409; Ville (1939); Howard, Ramdas, McAuliffe,
 * Sekhon (2021), Ann. Stat. 49:1055-1080; asymptotic use: Waudby-Smith et al. (2024), Ann. Stat.
 * 52:2613-2640.
 */

/** What is known of a degradation: positive is worse, in the unit of the margin. */
export type Estimate = {
  degradation: number;
  /** Estimated variance of it, > 0. */
  variance: number;
};

/** Values an arm needs before the test of a mean may act: an asymptotic variance needs as many. */
export const MIN_PER_ARM = { continuous: 50, bounded: 30 } as const;

/**
 * ln E of the mixture.
 *
 * @param z standardised distance from the null in the direction of the alternative
 * @param r prior variance over the variance of the estimate, tau²/V, > 0
 * @throws RangeError for r not above 0 or z not a number
 */
export function lnHalfNormalMixture(z: number, r: number): number {
  if (!(r > 0 && Number.isFinite(r) && Number.isFinite(z))) {
    throw new RangeError(`a mixture at z ${z}, r ${r}`);
  }
  const shrink = r / (1 + r);
  return Math.LN2 - Math.log1p(r) / 2 + (z * z * shrink) / 2 + normalLogCdf(z * Math.sqrt(shrink));
}

/**
 * Evidence of harm, against "the true degradation is at most 0".
 *
 * @param estimate oriented so that positive is worse
 * @param margin largest degradation tolerated, > 0, same unit; fixed before the start
 * @returns ln E; harm is proven at level alpha when it is >= ln(1/alpha)
 * @throws RangeError for a margin or variance not above 0
 */
export function lnHarm({ degradation, variance }: Estimate, margin: number): number {
  return lnHalfNormalMixture(degradation / Math.sqrt(variance), ratioOf(margin, variance));
}

/**
 * Evidence of safety, against "the true degradation is at least the margin".
 *
 * @returns ln E; safety is proven at level alpha when it is >= ln(1/alpha)
 * @throws RangeError for a margin or variance not above 0
 */
export function lnSafe({ degradation, variance }: Estimate, margin: number): number {
  const z = (margin - degradation) / Math.sqrt(variance);
  return lnHalfNormalMixture(z, ratioOf(margin, variance));
}

/**
 * The z at which the mixture reaches ln(1/alpha): the boundary to draw in a chart. About 2.8 at
 * alpha 5 % and 3.4 to 3.6 at 0.83 % for r from 3 to 20, where one look needs 1.64 and 2.39.
 *
 * @param r tau²/V, > 0
 * @param alpha in (0, 1)
 * @throws RangeError outside the domain
 */
export function sequentialZ(r: number, alpha: number): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha ${alpha}`);
  const target = -Math.log(alpha);
  const shrink = r / (1 + r);
  // ln E is convex in z and past the target here, so Newton's steps only ever come down to it.
  let z = Math.sqrt((Math.log1p(r) + 2 * target) / shrink);
  for (;;) {
    const w = z * Math.sqrt(shrink);
    const lnDensity = -(w * w) / 2 - LN_SQRT_2PI;
    const slope = z * shrink + Math.sqrt(shrink) * Math.exp(lnDensity - normalLogCdf(w));
    const next = z - (lnHalfNormalMixture(z, r) - target) / slope;
    if (!(next < z)) return z;
    z = next;
  }
}

const LN_SQRT_2PI = Math.log(2 * Math.PI) / 2;

/**
 * Bounds of the degradation that hold at all times, each at level alpha: below `low` and above
 * `high` are excluded. Harm is proven exactly when `low >= 0`, safety when `high <= margin`.
 *
 * @throws RangeError outside the domain
 */
export function sequentialBounds(
  { degradation, variance }: Estimate,
  margin: number,
  alpha: number,
): Interval {
  const half = sequentialZ(ratioOf(margin, variance), alpha) * Math.sqrt(variance);
  return { low: degradation - half, high: degradation + half };
}

/** The p-value of one look: min(1, 1/E). The anytime p is the least over all looks so far. */
export const anytimeP = (lnE: number): number => Math.min(1, Math.exp(-lnE));

function ratioOf(margin: number, variance: number): number {
  if (!(margin > 0 && variance > 0)) {
    throw new RangeError(`a margin of ${margin} with variance ${variance}`);
  }
  return margin ** 2 / variance;
}
