import type { Change, DayLine, Totals } from "./contract.ts";

export const NO_TOTALS: Totals = { count: 0, errors: 0, costUsd: null, costKnown: 0 };

/** Unknown and known is the known part; only all unknown is unknown. */
const plus = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Number((a + b).toFixed(12));

export const addTotals = (a: Totals, b: Totals): Totals => ({
  count: a.count + b.count,
  errors: a.errors + b.errors,
  costUsd: plus(a.costUsd, b.costUsd),
  costKnown: a.costKnown + b.costKnown,
});

const relative = (now: number | null, then: number | null): number | null =>
  now === null || then === null || !(then > 0) ? null : now / then - 1;

/** Failed generations of all; null of none. */
export const errorRateOf = ({ count, errors }: Pick<Totals, "count" | "errors">): number | null =>
  count === 0 ? null : errors / count;

/** How totals differ from those of the period before. */
export function changeOf(now: Totals, before: Totals): Change {
  const [rate, rateBefore] = [errorRateOf(now), errorRateOf(before)];
  return {
    count: relative(now.count, before.count),
    costUsd: relative(now.costUsd, before.costUsd),
    errorRate: rate === null || rateBefore === null ? null : rate - rateBefore,
  };
}

/** Days of several prompts, added day by day. */
export function addDays(all: readonly (readonly DayLine[])[]): DayLine[] {
  const sums = new Map<string, DayLine>();
  for (const line of all.flat()) {
    const { day, hours } = line;
    const sum = sums.get(day) ?? { day, hours, count: 0, errors: 0, costUsd: null };
    sums.set(day, {
      day,
      hours,
      count: sum.count + line.count,
      errors: sum.errors + line.errors,
      costUsd: plus(sum.costUsd, line.costUsd),
    });
  }
  return [...sums.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}
