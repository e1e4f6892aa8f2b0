/** How finely a window of time is asked: what the API still keeps, in about a hundred steps. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As long as 5-minute buckets and hours live; a little less, because the first step must too. */
const MINUTES_KEPT_MS = 72 * HOUR_MS - HOUR_MS;
const HOURS_KEPT_MS = 90 * DAY_MS - DAY_MS;

export type Granularity = "minute" | "hour" | "day";

export function granularityOf(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  nowMs: number,
): Granularity {
  const lengthMs = toMs - fromMs;
  const ageMs = nowMs - fromMs;
  if (lengthMs <= 6 * HOUR_MS && ageMs <= MINUTES_KEPT_MS) return "minute";
  if (lengthMs <= 10 * DAY_MS && ageMs <= HOURS_KEPT_MS) return "hour";
  return "day";
}

/** The zone whose clock a chart shows: days are UTC's, because they are counted so. */
export const zoneOf = (granularity: Granularity, timeZone: string): string =>
  granularity === "day" ? "UTC" : timeZone;
