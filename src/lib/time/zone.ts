/*
 * Days of a calendar in a time zone. A day is written as its date, `2026-11-20`; it lasts 24 hours,
 * or 23 or 25 where clocks change, or other lengths in zones with stranger rules.
 */

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
/** No zone is further from UTC than 15 hours. */
const REACH_MS = 15 * 3_600_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a name that is no IANA time zone */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  // Swedish dates are ISO dates.
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** What a clock in the zone shows, `2026-11-20 09:05`. @throws RangeError for an unknown zone */
export const wallClock = (timeZone: string, ms: number): string => clockOf(timeZone).format(ms);

/** The date of an instant, `2026-11-20`. @throws RangeError for an unknown zone */
export const dateIn = (timeZone: string, ms: number): string =>
  wallClock(timeZone, ms).slice(0, 10);

/**
 * The first instant, to the minute, at which a clock in the zone shows at least a wall time. A time
 * that the clocks skip is the instant of the skip; of one that they show twice it is either.
 *
 * @param wall `2026-11-20 09:00`
 * @returns milliseconds since 1970
 * @throws RangeError for an unknown zone, or a wall time that is none
 */
export function instantOf(timeZone: string, wall: string): number {
  const asUtc = Date.parse(`${wall.replace(" ", "T")}Z`);
  if (Number.isNaN(asUtc)) throw new RangeError(`${wall} is no wall time`);
  let before = asUtc - REACH_MS;
  let at = asUtc + REACH_MS;
  while (at - before > MS_PER_MINUTE) {
    const middle = before + Math.floor((at - before) / 2 / MS_PER_MINUTE) * MS_PER_MINUTE;
    if (wallClock(timeZone, middle) < wall) before = middle;
    else at = middle;
  }
  return at;
}

/** When a date begins: its first instant, which is not midnight where the clocks skip that. */
export const startOfDate = (timeZone: string, date: string): number =>
  instantOf(timeZone, `${date} 00:00`);

/** The date so many days later, or earlier. @throws RangeError for what is no date */
export function addDays(date: string, days: number): string {
  const ms = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new RangeError(`${date} is no date`);
  return new Date(ms + days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Days from one date to another; negative backwards. */
export const daysFrom = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MS_PER_DAY;

/** 1 is Monday, 7 Sunday. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay() || 7;

/** One date of a zone as instants in milliseconds since 1970; `to` exclusive. */
export type LocalDay = { date: string; fromMs: number; toMs: number };

/** Dates `first` to `last`, both inclusive; one that a zone left out of its calendar is left out. */
export function localDays(timeZone: string, first: string, last: string): LocalDay[] {
  const days: LocalDay[] = [];
  let fromMs = startOfDate(timeZone, first);
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const toMs = startOfDate(timeZone, addDays(date, 1));
    if (toMs > fromMs) days.push({ date, fromMs, toMs });
    fromMs = toMs;
  }
  return days;
}
