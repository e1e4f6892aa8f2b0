/**
 * Count, mean and sum of squared deviations from the mean: all that tests of means need, and
 * mergeable. Plain data, in the unit of the metric (its square for `m2`).
 */
export type Moments = { n: number; mean: number; m2: number };

/** Moments of nothing; the neutral element of `mergeMoments`. */
export const NO_MOMENTS: Moments = { n: 0, mean: 0, m2: 0 };

/** Exact sums of integers, as buckets keep them. */
export type Sums = { n: number; sum: bigint; sumSq: bigint };

/**
 * Moments from exact sums. The subtraction that cancels is done in integers, so no digit is lost
 * however large the mean is beside the spread.
 *
 * @param sums of integers, e.g. microseconds
 * @param scale integers per unit wanted: 1000 turns microseconds into milliseconds
 * @throws RangeError when the sums cannot belong to n values, or scale is not positive
 */
export function momentsOfSums({ n, sum, sumSq }: Sums, scale = 1): Moments {
  if (!(scale > 0)) throw new RangeError(`scale ${scale}`);
  if (!(Number.isSafeInteger(n) && n >= 0)) throw new RangeError(`a count of ${n}`);
  if (n === 0) return NO_MOMENTS;
  const scatter = BigInt(n) * sumSq - sum * sum;
  if (scatter < 0n) throw new RangeError(`impossible sums of ${n}: ${sum}, ${sumSq}`);
  return { n, mean: Number(sum) / n / scale, m2: Number(scatter) / n / scale / scale };
}

/**
 * Moments of values that occur `count` times each: ratings, bins, 0 and 1.
 *
 * @param counts pairs of a finite value and its count >= 0 (a fraction after a design effect)
 * @throws RangeError otherwise
 */
export function momentsOfCounts(counts: Iterable<readonly [number, number]>): Moments {
  let all = NO_MOMENTS;
  for (const [value, n] of counts) {
    if (!(Number.isFinite(value) && n >= 0)) throw new RangeError(`${n} times ${value}`);
    all = mergeMoments(all, { n, mean: value, m2: 0 });
  }
  return all;
}

/** Moments of a list. @throws RangeError for a value that is not finite */
export const momentsOf = (values: readonly number[]): Moments =>
  momentsOfCounts(values.map((value) => [value, 1] as const));

/** Moments of `trials` zeros and ones. @param successes from 0 to trials @throws RangeError */
export const momentsOfTrials = (successes: number, trials: number): Moments =>
  momentsOfCounts([
    [1, successes],
    [0, trials - successes],
  ]);

/**
 * The moments of both together; order and grouping matter to rounding only.
 *
 * Source: Chan, Golub, LeVeque (1983), Am. Stat. 37:242-247.
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const n = a.n + b.n;
  if (n === 0) return NO_MOMENTS;
  const apart = b.mean - a.mean;
  return {
    n,
    mean: a.n === 0 ? b.mean : a.mean + (apart * b.n) / n,
    m2: a.m2 + b.m2 + (apart * apart * a.n * b.n) / n,
  };
}

/** Unbiased sample variance. @throws RangeError below two values */
export function varianceOf({ n, m2 }: Moments): number {
  if (!(n > 1)) throw new RangeError(`the variance of ${n} values`);
  return m2 / (n - 1);
}

/** Estimated variance of the mean, s²/n. @throws RangeError below two values */
export const varianceOfMean = (moments: Moments): number => varianceOf(moments) / moments.n;

/** Means of two arms: the new version and the old. */
export type Pair = { treatment: Moments; control: Moments };
