import { type Interval, negated } from "./interval.ts";

/** The words of a comparison. "Not enough data" is an answer too; "no difference" never is. */
export type Verdict = "worse" | "better" | "equivalent" | "not enough data";

/** Which way of a metric is good. */
export type Better = "lower" | "higher";

/**
 * The verdict from interval and margin together: worse or better when the interval lies entirely
 * beyond the margin, equivalent when it lies entirely inside, otherwise not enough data. A p-value
 * alone says neither that a difference matters nor that there is none.
 *
 * @param effect interval of treatment minus control, in the unit of the margin (for ratios: both
 *   as logarithms)
 * @param margin the largest difference that does not matter, > 0
 * @throws RangeError for a margin not above 0 or an interval whose ends are crossed
 */
export function verdictOf(effect: Interval, margin: number, better: Better): Verdict {
  const { low, high } = better === "lower" ? effect : negated(effect);
  if (!(margin > 0 && low <= high)) {
    throw new RangeError(`margin ${margin}, interval ${low} to ${high}`);
  }
  if (low >= margin) return "worse";
  if (high <= -margin) return "better";
  return low > -margin && high < margin ? "equivalent" : "not enough data";
}

/** A difference turned so that positive is worse. */
export const degradationOf = (difference: number, better: Better): number =>
  better === "lower" ? difference : -difference;
