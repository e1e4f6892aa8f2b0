import { isLivingAt, type Level, slotOf, spanOf } from "../../rollups/model.ts";

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;

/** How long after a deployment each level is read: enough points to see it, few enough to draw. */
const WINDOW_US: Record<Level, number> = { 0: 24 * HOUR_US, 1: 7 * DAY_US, 2: 60 * DAY_US };

/** Steps after a deployment: slots of the finest level that still lives. `to` is exclusive. */
export type AfterSteps = { level: Level; from: number; to: number };

/** @param until the next deployment or the end of the range, in µs */
export function stepsAfter(atUs: number, untilUs: number, nowUs: number): AfterSteps {
  const level = ([0, 1, 2] as const).find((one) => isLivingAt(one, atUs, nowUs)) ?? 2;
  const end = Math.min(untilUs, atUs + WINDOW_US[level], nowUs);
  const from = slotOf(level, atUs);
  return { level, from, to: Math.max(from + 1, slotOf(level, end - 1) + 1) };
}

/** Generations per version in one step. */
export type Step = { slot: number; counts: ReadonlyMap<number, number> };

export const totalOf = ({ counts }: Step): number =>
  [...counts.values()].reduce((sum, n) => sum + n, 0);

/** Generations that make a share worth reading. */
const MIN_STRETCH = 20;

/**
 * Seconds from the deployment until the new version had a share: to the end of the first stretch of
 * at least 20 generations in which it did; null while there is none.
 *
 * @param steps in order of time, without those before the deployment
 * @param share in (0, 1]
 */
export function secondsToShare(
  steps: readonly Step[],
  version: number,
  share: number,
  { atUs, level }: { atUs: number; level: Level },
): number | null {
  let all = 0;
  let own = 0;
  for (const step of steps) {
    all += totalOf(step);
    own += step.counts.get(version) ?? 0;
    if (all < MIN_STRETCH) continue;
    if (own >= share * all) return (spanOf(level, step.slot).to - atUs) / 1e6;
    all = 0;
    own = 0;
  }
  return null;
}

export type Named = { name: string | null; count: number; lastAt: string };

/** Who is behind rows that are in order, newest first: the most first. */
export function tally<T>(
  rows: readonly T[],
  nameOf: (row: T) => string | null,
  startUsOf: (row: T) => number,
): Named[] {
  const found = new Map<string | null, Named>();
  for (const row of rows) {
    const name = nameOf(row);
    const known = found.get(name);
    if (known) known.count += 1;
    else found.set(name, { name, count: 1, lastAt: new Date(startUsOf(row) / 1000).toISOString() });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
