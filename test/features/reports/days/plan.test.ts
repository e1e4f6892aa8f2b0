import { describe, it } from "vitest";

import {
  dayKey,
  isBucket,
  isToKeep,
  planDays,
} from "../../../../src/features/reports/days/plan.ts";
import { spanOf } from "../../../../src/features/rollups/model.ts";
import { type LocalDay, localDays } from "../../../../src/lib/time/zone.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2026-11-20T12:00:00Z");

const NONE: ReadonlySet<string> = new Set();
const keysOf = (days: readonly LocalDay[]) => new Set(days.map(dayKey));

/** Milliseconds that the buckets of each day cover. */
function coveredMs(days: readonly LocalDay[], kept: ReadonlySet<string>, nowMs = NOW): number[] {
  const { ranges, dayOf } = planDays(days, kept, nowMs);
  const sums = days.map(() => 0);
  for (const { level, from, to } of ranges) {
    for (let slot = from; slot < to; slot++) {
      const index = dayOf({ level, slot }) ?? -1;
      const span = spanOf(level, slot);
      sums[index] = (sums[index] ?? 0) + (span.to - span.from) / 1000;
    }
  }
  return sums;
}

const lengthsOf = (days: readonly LocalDay[]): number[] =>
  days.map(({ fromMs, toMs }) => toMs - fromMs);

describe("the plan of reading days", () => {
  it("takes a UTC day from its own bucket", ({ expect }) => {
    const days = localDays("UTC", "2026-01-01", "2026-01-03");
    const { ranges, kept, isExact } = planDays(days, keysOf(days), NOW);
    expect(ranges).toEqual([{ level: 2, from: 20_454, to: 20_457 }]);
    expect(kept).toEqual([]);
    expect(isExact).toBe(true);
  });

  it("covers days that live exactly, to 5 minutes at half an hour", ({ expect }) => {
    const days = localDays("Asia/Kolkata", "2026-11-18", "2026-11-19");
    expect(planDays(days, NONE, NOW).isExact).toBe(true);
    expect(coveredMs(days, NONE)).toEqual(lengthsOf(days));
  });

  it("takes hours of a zone that keeps to them, for 90 days, with 23 and 25 of them", ({
    expect,
  }) => {
    const days = localDays("Europe/Berlin", "2026-10-20", "2026-10-30");
    expect(planDays(days, NONE, NOW).isExact).toBe(true);
    expect(coveredMs(days, NONE)).toEqual(lengthsOf(days));
    expect(coveredMs(days, NONE)).toContain(25 * HOUR_MS);
  });

  it("takes what was kept of days that no longer live, and buckets of those that do", ({
    expect,
  }) => {
    const days = localDays("Asia/Kolkata", "2026-11-14", "2026-11-19");
    const { kept, isExact } = planDays(days, keysOf(days), NOW);
    expect(kept.map(({ day }) => day.date)).toEqual([
      "2026-11-14",
      "2026-11-15",
      "2026-11-16",
      "2026-11-17",
    ]);
    expect(isExact).toBe(true);
    expect(coveredMs(days, keysOf(days)).slice(0, 4)).toEqual([0, 0, 0, 0]);
  });

  it("rounds to hours what was not kept, says so, and counts no bucket twice", ({ expect }) => {
    const days = localDays("Asia/Kolkata", "2026-11-01", "2026-11-05");
    expect(planDays(days, NONE, NOW).isExact).toBe(false);
    expect(coveredMs(days, NONE)).toEqual(lengthsOf(days));
    const old = localDays("Europe/Berlin", "2026-03-01", "2026-03-05");
    expect(planDays(old, NONE, NOW).isExact).toBe(false);
    expect(coveredMs(old, NONE)).toEqual(lengthsOf(old));
  });
});

describe("keeping a day", () => {
  const [day] = localDays("Asia/Kolkata", "2026-11-18", "2026-11-18");
  const at = (hoursAfterEnd: number): number => (day?.toMs ?? 0) + hoursAfterEnd * HOUR_MS;
  const isDue = (nowMs: number, passes?: number, isUnderWay = false): boolean =>
    day !== undefined && isToKeep(day, passes === undefined ? null : { passes, isUnderWay }, nowMs);

  it("begins an hour after its end, and again before the 5-minute buckets go", ({ expect }) => {
    expect([at(0.9), at(1), at(39)].map((ms) => isDue(ms))).toEqual([false, true, true]);
    expect([at(1), at(39.9), at(40), at(47)].map((ms) => isDue(ms, 1))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(isDue(at(41), 2)).toBe(false);
    expect(isDue(at(2), 0, true)).toBe(true);
    expect(isDue(at(41), 1, true)).toBe(true);
  });

  it("never happens when it could no longer be exact", ({ expect }) => {
    expect(isDue(at(48.1))).toBe(false);
    expect(isDue(at(48.1), 1)).toBe(false);
  });

  it("is for days that are no bucket", ({ expect }) => {
    const [utc] = localDays("UTC", "2026-11-18", "2026-11-18");
    const [iceland] = localDays("Atlantic/Reykjavik", "2026-11-18", "2026-11-18");
    expect(utc && isBucket(utc)).toBe(true);
    expect(iceland && isBucket(iceland)).toBe(true);
    expect(day && isBucket(day)).toBe(false);
    expect(utc && isToKeep(utc, null, NOW)).toBe(false);
  });
});
