import type { Cell, Stat } from "../cell.ts";
import type { Estimate, Interval } from "../contract.ts";
import type { Scale } from "../measures.ts";
import { intervalAt, meanInterval, shareEstimate, sharesOf } from "../metrics/intervals.ts";
import type { Point, Statistic } from "./contract.ts";

const QUANTILES: Partial<Record<Statistic, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** Intervals of the statistics that were asked for and have one, and shares with theirs. */
type Intervals = Pick<Point, "intervals" | "shares">;

/** Of numbers: Student's for the mean, that of order statistics for quantiles. */
export function intervalsOfNumbers(
  stat: Stat,
  scale: Scale,
  asked: ReadonlySet<Statistic>,
): Intervals {
  const intervals: Partial<Record<Statistic, Interval>> = {};
  if (asked.has("mean")) intervals.mean = meanInterval(stat, scale);
  for (const statistic of asked) {
    const p = QUANTILES[statistic];
    if (p !== undefined) intervals[statistic] = intervalAt(stat, p, scale);
  }
  return { intervals };
}

/** Of the shares of categories. @param n values of all categories */
export function intervalsOfCategories({ categories }: Stat, n: number): Intervals {
  const sorted = [...categories].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return { shares: sharesOf(sorted, n) };
}

/** Of the share of generations that failed. */
export function intervalOfErrors({ n, errors }: Cell): Intervals {
  const { value: _, ...rate }: Estimate = shareEstimate(errors, n);
  return { intervals: { rate } };
}
