import { addDays, dateIn, localDays, wallClock, weekdayOf } from "../../../lib/time/zone.ts";

const MS_PER_HOUR = 3_600_000;
const HOURS_PER_DAY = 24;

/** An hour of UTC as a clock in a zone shows its beginning. */
export type LocalHour = {
  /** Beginning, in milliseconds since 1970. */
  ms: number;
  /** `2026-11-20` */
  date: string;
  /** 0 to 23. */
  hour: number;
  /** Monday 00:00 is 0. */
  hourOfWeek: number;
};

function hourIn(
  timeZone: string,
  ms: number,
  { date, fromMs, toMs }: { date: string; fromMs: number; toMs: number },
): LocalHour {
  const isUsual = toMs - fromMs === HOURS_PER_DAY * MS_PER_HOUR;
  // Clocks changed on this day: they are asked.
  const hour = isUsual
    ? Math.floor((ms - fromMs) / MS_PER_HOUR)
    : Number(wallClock(timeZone, ms).slice(11, 13));
  return { ms, date, hour, hourOfWeek: (weekdayOf(date) - 1) * HOURS_PER_DAY + hour };
}

/**
 * The hours of UTC that begin in a stretch of time, as the zone's clocks show them. In zones half an
 * hour off, an hour belongs where it begins.
 *
 * @param fromMs, toMs milliseconds since 1970, `toMs` exclusive
 * @throws RangeError for an unknown zone
 */
export function localHours(timeZone: string, fromMs: number, toMs: number): LocalHour[] {
  const first = Math.ceil(fromMs / MS_PER_HOUR) * MS_PER_HOUR;
  if (first >= toMs) return [];
  const days = localDays(timeZone, dateIn(timeZone, first), dateIn(timeZone, toMs));
  const hours: LocalHour[] = [];
  let day = 0;
  for (let ms = first; ms < toMs; ms += MS_PER_HOUR) {
    while (days[day + 1] && ms >= (days[day]?.toMs ?? 0)) day++;
    const inside = days[day];
    if (inside) hours.push(hourIn(timeZone, ms, inside));
  }
  return hours;
}

/** The first date of the period that a date lies in. Weeks begin on Monday. */
export function periodStart(date: string, period: "day" | "week" | "month"): string {
  if (period === "day") return date;
  return period === "week" ? addDays(date, 1 - weekdayOf(date)) : `${date.slice(0, 7)}-01`;
}

/** The first date of the period after. @param start of `periodStart` */
export function nextPeriod(start: string, period: "day" | "week" | "month"): string {
  if (period === "day") return addDays(start, 1);
  if (period === "week") return addDays(start, 7);
  const [year = 0, month = 0] = start.split("-").map(Number);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}
