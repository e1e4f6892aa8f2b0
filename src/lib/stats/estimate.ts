import { type Bounds as Extremes, quantile, type Sketch } from "../sketch/sketch.ts";
import { centralT, centralZ } from "./distributions.ts";
import { around, CONFIDENCE, type Interval } from "./interval.ts";
import { type Moments, varianceOfMean } from "./moments.ts";
import { quantileInterval } from "./quantile-interval.ts";
import { type Proportion, shareOf, wilsonInterval } from "./wilson.ts";

/*
 * Numbers of one version as they are shown: a value and the interval of truths that the data allow,
 * for one look at it. Beside each other these say nothing of a difference: that takes a test.
 */

/** An interval whose ends may be missing: infinity has no JSON. */
export type Bounds = { low: number | null; high: number | null };

/**
 * A number with its interval, or how many values that takes (`needs`). `value` is null when there
 * is nothing to take it from.
 */
export type Estimated = { value: number | null; interval: Bounds | null; needs: number | null };

export const boundsOf = ({ low, high }: Interval): Bounds => ({
  low: Number.isFinite(low) ? low : null,
  high: Number.isFinite(high) ? high : null,
});

/** A variance takes two values. */
const MIN_FOR_MEAN = 2;

const same = (x: number): number => x;

/**
 * A mean with Student's interval.
 *
 * @param back from the scale of the moments to the one that is shown; growing
 * @see Student (1908), Biometrika 6:1-25
 */
export function estimatedMean(moments: Moments, back: (x: number) => number = same): Estimated {
  const { n, mean } = moments;
  if (n === 0) return { value: null, interval: null, needs: MIN_FOR_MEAN };
  const value = back(mean);
  if (n < MIN_FOR_MEAN) return { value, interval: null, needs: MIN_FOR_MEAN };
  const half = Math.sqrt(varianceOfMean(moments)) * centralT(CONFIDENCE, n - 1);
  const { low, high } = around(mean, half);
  return { value, interval: boundsOf({ low: back(low), high: back(high) }), needs: null };
}

/** A share with Wilson's interval. @throws RangeError when the counts are impossible */
export function estimatedShare(proportion: Proportion): Estimated {
  if (proportion.trials === 0) return { value: null, interval: null, needs: 1 };
  const interval = wilsonInterval(proportion, centralZ(CONFIDENCE));
  return { value: shareOf(proportion), interval: boundsOf(interval), needs: null };
}

/**
 * A quantile with the interval of its order statistics.
 *
 * @param p fraction in (0, 1)
 * @param perUnit whole numbers of the sketch in one of the unit that is shown
 * @throws RangeError for p outside (0, 1)
 */
export function estimatedQuantile(
  { sketch, ...extremes }: { sketch: Sketch } & Extremes,
  p: number,
  perUnit: number,
): Estimated {
  const value = quantile(sketch, p, extremes);
  const found = quantileInterval(sketch, p, extremes);
  if (!found.known) return { value: value && value / perUnit, interval: null, needs: found.need };
  const { low, high } = found.interval;
  const interval = boundsOf({ low: low / perUnit, high: high / perUnit });
  return { value: value && value / perUnit, interval, needs: null };
}
