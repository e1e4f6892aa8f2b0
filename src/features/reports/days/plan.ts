import type { LocalDay } from "../../../lib/time/zone.ts";
import { cover, isLivingAt, type Level, type SlotRange, spanOf } from "../../rollups/model.ts";

const US_PER_MS = 1000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;

/** Names a day among those of one project. */
export const dayKey = ({ fromMs, toMs }: Pick<LocalDay, "fromMs" | "toMs">): string =>
  `${fromMs}/${toMs}`;

/** A day that begins and ends at midnight UTC is a bucket already, kept for good. */
export const isBucket = ({ fromMs, toMs }: LocalDay): boolean =>
  fromMs % MS_PER_DAY === 0 && toMs === fromMs + MS_PER_DAY;

/** How long after a day's end its sums are first kept: most of what comes late has come by then. */
const FIRST_AFTER_MS = MS_PER_HOUR;
/** When they are kept again, after its beginning: some hours before its first 5-minute bucket goes. */
const AGAIN_AFTER_MS = 64 * MS_PER_HOUR;

/** What is known of a day's keeping. */
export type Kept = { passes: number; isUnderWay: boolean };

/** Whether a day's sums are to be written now, and still can be written exactly. */
export function isToKeep(day: LocalDay, kept: Kept | null, nowMs: number): boolean {
  const isOver = nowMs >= day.toMs + FIRST_AFTER_MS;
  if (isBucket(day) || !isOver || !isLivingAt(0, day.fromMs * US_PER_MS, nowMs * US_PER_MS)) {
    return false;
  }
  if (!kept || kept.isUnderWay || kept.passes === 0) return true;
  return kept.passes === 1 && nowMs >= day.fromMs + AGAIN_AFTER_MS;
}

/** Where the sums of some days are read. */
export type DaysPlan = {
  ranges: SlotRange[];
  /** The place in the list of the day that a bucket belongs to. */
  dayOf: (bucket: { level: Level; slot: number }) => number | undefined;
  /** Days whose sums were kept, by their places. */
  kept: { index: number; day: LocalDay }[];
  /** false: some edges are rounded to whole hours or UTC days, because nothing finer answers for them. */
  isExact: boolean;
};

const bucketKey = (level: Level, slot: number): string => `${level}/${slot}`;

/** Slots of one level, in order, as few ranges as they make. */
function rangesOf(level: Level, slots: readonly number[]): SlotRange[] {
  const ranges: SlotRange[] = [];
  for (const slot of slots) {
    const last = ranges.at(-1);
    if (last?.to === slot) last.to = slot + 1;
    else ranges.push({ level, from: slot, to: slot + 1 });
  }
  return ranges;
}

/**
 * Where each day is read: from its own bucket where it has one; from what was kept of it when its
 * 5-minute buckets are gone; else from the fewest buckets that lie in it. A bucket that lies in two
 * days belongs to that which holds its middle, so nothing is counted twice.
 *
 * @param keptDays `dayKey` of the days whose sums were kept
 */
export function planDays(
  days: readonly LocalDay[],
  keptDays: ReadonlySet<string>,
  nowMs: number,
): DaysPlan {
  const owners = new Map<string, number>();
  const slots = new Map<Level, number[]>();
  const kept: DaysPlan["kept"] = [];
  let isExact = true;
  for (const [index, day] of days.entries()) {
    const span = { from: day.fromMs * US_PER_MS, to: day.toMs * US_PER_MS };
    const nowUs = nowMs * US_PER_MS;
    if (!isBucket(day) && keptDays.has(dayKey(day)) && !isLivingAt(0, span.from, nowUs)) {
      kept.push({ index, day });
      continue;
    }
    for (const { level, from, to } of cover(span, nowUs)) {
      for (let slot = from; slot < to; slot++) {
        const edges = spanOf(level, slot);
        if (edges.from < span.from || edges.to > span.to) isExact = false;
        const middle = (edges.from + edges.to) / 2;
        if (middle < span.from || middle >= span.to) continue;
        owners.set(bucketKey(level, slot), index);
        const of = slots.get(level);
        if (of) of.push(slot);
        else slots.set(level, [slot]);
      }
    }
  }
  return {
    ranges: [...slots].flatMap(([level, of]) => rangesOf(level, of)),
    dayOf: ({ level, slot }) => owners.get(bucketKey(level, slot)),
    kept,
    isExact,
  };
}
