import type { Interval } from "./interval.ts";

/** How often something happened, of how many times it could have. */
export type Proportion = { successes: number; trials: number };

/** The observed share. @throws RangeError when the counts are impossible or there is no trial */
export function shareOf({ successes, trials }: Proportion): number {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`impossible counts: ${successes} of ${trials}`);
  }
  return successes / trials;
}

/**
 * Wilson score interval for a proportion.
 *
 * Chosen over the textbook `p ± z·se` because it keeps its coverage at small `trials` and near 0
 * or 1, which is where error rates live.
 *
 * @param proportion 0 <= successes <= trials, trials > 0
 * @param z standard-normal quantile, e.g. 1.959964 for 95 % two-sided; `centralZ` gives it
 * @returns bounds as fractions in [0, 1]
 * @throws RangeError when the counts are impossible or z is negative
 * @see Wilson (1927), JASA 22:209-212; Brown, Cai, DasGupta (2001), Stat. Sci. 16:101-133
 */
export function wilsonInterval(proportion: Proportion, z: number): Interval {
  if (!(z >= 0)) throw new RangeError(`z of ${z}`);
  const p = shareOf(proportion);
  const { trials } = proportion;
  const z2 = (z * z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials))) / (1 + z2);
  // At p = 0 or 1 one bound is exactly 0 or 1; rounding can step just outside or inside.
  return {
    low: p === 0 ? 0 : Math.max(0, centre - half),
    high: p === 1 ? 1 : Math.min(1, centre + half),
  };
}
