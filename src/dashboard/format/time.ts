const LOCALE = "en-GB";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than all its uses on a screen. */
function formatOf(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone });
  formats.set(key, made);
  return made;
}

const DAY = { day: "numeric", month: "short" } as const;
const MINUTE = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

type When = Date | string | number;
const dateOf = (at: When): Date => new Date(at);

/** 22 Nov 2026, 14:05 in the project's time zone. */
export const instant = (at: When, timeZone: string): string =>
  formatOf(timeZone, { ...DAY, year: "numeric", ...MINUTE }).format(dateOf(at));

/** 22 Nov, 14:05: for axes, where the year is plain. */
export const dayAndMinute = (at: When, timeZone: string): string =>
  formatOf(timeZone, { ...DAY, ...MINUTE }).format(dateOf(at));

/** 22 Nov */
export const shortDay = (at: When, timeZone: string): string =>
  formatOf(timeZone, DAY).format(dateOf(at));

/** 14:05 */
export const minute = (at: When, timeZone: string): string =>
  formatOf(timeZone, MINUTE).format(dateOf(at));

/** To the second, with the zone: what a hover says. */
export const exactInstant = (at: When, timeZone: string): string =>
  formatOf(timeZone, {
    ...DAY,
    year: "numeric",
    ...MINUTE,
    second: "2-digit",
    timeZoneName: "short",
  }).format(dateOf(at));

const UNITS: [ms: number, name: Intl.RelativeTimeFormatUnit][] = [
  [365 * 86_400_000, "year"],
  [30 * 86_400_000, "month"],
  [7 * 86_400_000, "week"],
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });

/** How long ago: "3 hours ago", "yesterday", "just now"; or how long until. */
export function age(at: When, nowMs: number): string {
  const ms = dateOf(at).getTime() - nowMs;
  const [size, unit] = UNITS.find(([size]) => Math.abs(ms) >= size) ?? [0, "minute" as const];
  return size === 0 ? "just now" : relative.format(Math.trunc(ms / size), unit);
}
