import { LIFETIME_DAYS, type Level, type Span, spanOf, slotOf } from "../slots.ts";
import type { Granularity } from "./contract.ts";

const US_PER_MINUTE = 60_000_000;
const US_PER_DAY = 86_400_000_000;

/** The steps of a series: slots of a level, each cut into so many points. */
export type Steps = {
  level: Level;
  /** First slot, and the one after the last. */
  from: number;
  to: number;
  pointsPerSlot: number;
};

export const LEVEL_OF: Record<Granularity, Level> = { minute: 0, hour: 1, day: 2 };

/** What is read when no `from` is given, in days. */
const DEFAULT_DAYS: Record<Granularity, number> = { minute: 0.25, hour: 7, day: 30 };
/** The longest range, in days. */
const MAX_DAYS: Record<Granularity, number> = { minute: 3, hour: 90, day: 1100 };

/** Why a range cannot be answered, and which field to mend. */
export type BadRange = { path: "from" | "to"; message: string };

const daysText = (days: number): string => (days < 4 ? `${days * 24} hours` : `${days} days`);

/**
 * The steps that cover a range, widened to whole ones; or what is wrong with it.
 *
 * @param isPerMinute a count of generations, which 5-minute buckets keep per minute
 */
export function stepsOf(
  { fromUs, toUs }: { fromUs: number | undefined; toUs: number | undefined },
  granularity: Granularity,
  isPerMinute: boolean,
  nowUs: number,
): Steps | BadRange {
  const level = LEVEL_OF[granularity];
  const to = toUs ?? nowUs;
  const from = fromUs ?? to - DEFAULT_DAYS[granularity] * US_PER_DAY;
  if (from > to) return { path: "from", message: "must not be after to" };
  if (to - from > MAX_DAYS[granularity] * US_PER_DAY) {
    const most = daysText(MAX_DAYS[granularity]);
    return { path: "from", message: `granularity ${granularity} answers at most ${most} at once` };
  }
  const kept = LIFETIME_DAYS[level];
  // The step that an instant of that age is in is gone too: its first part is older.
  if (spanOf(level, slotOf(level, from)).from < nowUs - kept * US_PER_DAY && from < to) {
    const coarser = granularity === "minute" ? "hour" : "day";
    const message = `buckets for granularity ${granularity} are kept ${daysText(kept)}; ask for granularity ${coarser}`;
    return { path: "from", message };
  }
  return {
    level,
    from: slotOf(level, from),
    to: from === to ? slotOf(level, from) : slotOf(level, to - 1) + 1,
    pointsPerSlot: isPerMinute && level === 0 ? 5 : 1,
  };
}

/** All that the steps cover, in µs. */
export const spanOfSteps = ({ level, from, to }: Steps): Span => ({
  from: spanOf(level, from).from,
  to: spanOf(level, to).from,
});

/** Width of a point in µs. */
export function stepUs({ level, pointsPerSlot }: Steps): number {
  const { from, to } = spanOf(level, 0);
  return (to - from) / pointsPerSlot;
}

/** Width of a point in minutes. */
export const stepMinutes = (steps: Steps): number => stepUs(steps) / US_PER_MINUTE;
