/** The widths in which buckets exist: 5 minutes, an hour, a day. All of them are written by the fold. */
export const LEVELS = [0, 1, 2] as const;
export type Level = (typeof LEVELS)[number];

const US_PER_MINUTE = 60_000_000;
export const US_PER_HOUR = 60 * US_PER_MINUTE;
export const US_PER_DAY = 24 * US_PER_HOUR;

const WIDTH_US: Record<Level, number> = {
  0: 5 * US_PER_MINUTE,
  1: US_PER_HOUR,
  2: US_PER_DAY,
};

/** How long the fold writes a level, and readers may trust it, in days. */
export const LIFETIME_DAYS: Record<Level, number> = { 0: 3, 1: 90, 2: Infinity };
const LIFETIME_US: Record<Level, number> = {
  0: LIFETIME_DAYS[0] * US_PER_DAY,
  1: LIFETIME_DAYS[1] * US_PER_DAY,
  2: Infinity,
};

/**
 * How long the rows of a level stay: longer than the fold writes them, so that a slow run never
 * brings a deleted bucket back half filled.
 */
const KEPT_US: Record<Level, number> = {
  0: 73 * US_PER_HOUR,
  1: 91 * US_PER_DAY,
  2: Infinity,
};

/** A stretch of time in µs since 1970: `from` inclusive, `to` exclusive. */
export type Span = { from: number; to: number };

export const slotOf = (level: Level, us: number): number => Math.floor(us / WIDTH_US[level]);

export const spanOf = (level: Level, slot: number): Span => ({
  from: slot * WIDTH_US[level],
  to: (slot + 1) * WIDTH_US[level],
});

/** Whether the level still answers for the slot: it is young enough that every change reached it. */
export const isLiving = (level: Level, slot: number, nowUs: number): boolean =>
  spanOf(level, slot).from >= nowUs - LIFETIME_US[level];

/** Whether the level still answers for all that came after an instant. */
export const isLivingAt = (level: Level, us: number, nowUs: number): boolean =>
  isLiving(level, slotOf(level, us), nowUs);

/** Slots of the level before this one are deleted; -Infinity for a level kept for good. */
export const firstKeptSlot = (level: Level, nowUs: number): number =>
  slotOf(level, nowUs - KEPT_US[level]);

/** Which of the five minutes of its level-0 slot an instant is in. */
export const minuteOf = (us: number): number => Math.floor(us / US_PER_MINUTE) % 5;

/** Slots `from` to `to` (exclusive) of one level. */
export type SlotRange = { level: Level; from: number; to: number };

/**
 * The fewest buckets that cover a span: days within, hours and then 5 minutes at its edges as far
 * as those still live. An edge is widened to the finest bucket that answers for all of it.
 */
export const cover = (span: Span, nowUs: number): SlotRange[] => coverWith(2, span, nowUs);

/**
 * As `cover`, but no bucket reaches beyond the span: what lies in buckets only partly inside is left
 * out. For comparisons, where a stretch outside belongs to another split.
 */
export function coverInside({ from, to }: Span, nowUs: number): SlotRange[] {
  const first = WIDTH_US[LEVELS.find((level) => isLivingAt(level, from, nowUs)) ?? 2];
  // An edge may only be as fine as the buckets that still answer for it.
  const start = Math.ceil(from / first) * first;
  // At the end that is the whole stretch from the beginning of the coarser bucket, if the span has it.
  const isWhole = (level: 0 | 1): boolean => {
    const coarser = WIDTH_US[level === 0 ? 1 : 2];
    return isLivingAt(level, Math.max(start, Math.floor(to / coarser) * coarser), nowUs);
  };
  const last = WIDTH_US[isWhole(1) ? (isWhole(0) ? 0 : 1) : 2];
  return cover({ from: start, to: Math.floor(to / last) * last }, nowUs);
}

function coverWith(level: Level, { from, to }: Span, nowUs: number): SlotRange[] {
  if (from >= to) return [];
  const width = WIDTH_US[level];
  const outer: SlotRange = { level, from: Math.floor(from / width), to: Math.ceil(to / width) };
  if (level === 0) return [outer];
  const finer = level === 2 ? 1 : 0;
  const isFiner = (us: number): boolean => isLiving(finer, slotOf(finer, us), nowUs);

  if (outer.to - outer.from === 1) {
    const isWhole = to - from === width || !isFiner(from);
    return isWhole ? [outer] : coverWith(finer, { from, to }, nowUs);
  }
  const head = from > outer.from * width && isFiner(from) ? 1 : 0;
  const tail = to < outer.to * width && isFiner((outer.to - 1) * width) ? 1 : 0;
  const inner = { level, from: outer.from + head, to: outer.to - tail };
  return [
    ...coverWith(finer, { from, to: inner.from * width }, nowUs),
    ...(inner.from < inner.to ? [inner] : []),
    ...coverWith(finer, { from: inner.to * width, to }, nowUs),
  ];
}
