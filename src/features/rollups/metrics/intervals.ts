import {
  type Estimated,
  estimatedMean,
  estimatedQuantile,
  estimatedShare,
} from "../../../lib/stats/estimate.ts";
import { momentsOfSums } from "../../../lib/stats/moments.ts";
import type { Stat } from "../cell.ts";
import type { Estimate, Interval } from "../contract.ts";
import { knownInUnit, type Scale } from "../measures.ts";

/** Categories whose shares one answer shows. */
const MAX_SHARES = 50;

const asInterval = ({ interval, needs }: Estimated, scale: Scale): Interval => ({
  low: knownInUnit(interval?.low, scale),
  high: knownInUnit(interval?.high, scale),
  needs,
});

/** Of the mean of what a bucket's metric holds. */
export const meanInterval = (stat: Stat, scale: Scale): Interval =>
  asInterval(estimatedMean(momentsOfSums(stat, 1)), scale);

/** @param p fraction in (0, 1) */
export const intervalAt = (stat: Stat, p: number, scale: Scale): Interval =>
  asInterval(estimatedQuantile(stat, p, 1), scale);

/** How many of how many, with Wilson's interval. */
export function shareEstimate(successes: number, trials: number): Estimate {
  const { value, interval, needs } = estimatedShare({ successes, trials });
  return { value, low: interval?.low ?? null, high: interval?.high ?? null, needs };
}

/** @param sorted categories, the most frequent first */
export const sharesOf = (
  sorted: readonly (readonly [name: string, count: number])[],
  n: number,
): Record<string, Estimate> =>
  Object.fromEntries(
    sorted.slice(0, MAX_SHARES).map(([name, count]) => [name, shareEstimate(count, n)]),
  );
