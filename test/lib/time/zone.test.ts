import { describe, it } from "vitest";

import {
  addDays,
  dateIn,
  daysFrom,
  instantOf,
  localDays,
  startOfDate,
  wallClock,
  weekdayOf,
} from "../../../src/lib/time/zone.ts";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

/** Another way to ask for the date: by the parts of a US format, instant by instant. */
function datePartsOf(timeZone: string, ms: number): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}`;
}

/** Dates and the instants at which they begin, found by walking through time a quarter of an hour at a time. */
function walked(timeZone: string, fromMs: number, toMs: number): Map<string, number> {
  const starts = new Map<string, number>();
  for (let ms = fromMs; ms < toMs; ms += QUARTER_MS) {
    const date = datePartsOf(timeZone, ms);
    if (!starts.has(date)) starts.set(date, ms);
  }
  return starts;
}

const CASES: [name: string, timeZone: string, first: string, last: string, hours: number[]][] = [
  ["clocks go forward", "Europe/Berlin", "2026-03-27", "2026-03-31", [24, 24, 23, 24, 24]],
  ["clocks go back", "Europe/Berlin", "2026-10-23", "2026-10-27", [24, 24, 25, 24, 24]],
  ["half an hour off", "Asia/Kolkata", "2026-11-18", "2026-11-20", [24, 24, 24]],
  ["a quarter off", "Asia/Kathmandu", "2026-11-18", "2026-11-20", [24, 24, 24]],
  ["by half an hour", "Australia/Lord_Howe", "2026-04-04", "2026-04-06", [24, 24.5, 24]],
  ["forward at midnight", "Africa/Cairo", "2026-04-23", "2026-04-25", [24, 23, 24]],
  ["back at midnight", "Africa/Cairo", "2026-10-28", "2026-10-30", [24, 25, 24]],
  ["a date left out", "Pacific/Apia", "2011-12-29", "2011-12-31", [24, 24]],
  ["a leap day", "UTC", "2024-02-28", "2024-03-01", [24, 24, 24]],
];

describe("local days", () => {
  for (const [name, timeZone, first, last, hours] of CASES) {
    it(`${timeZone}: ${name}`, ({ expect }) => {
      const days = localDays(timeZone, first, last);
      expect(days.map(({ fromMs, toMs }) => (toMs - fromMs) / HOUR_MS)).toEqual(hours);
      const from = Date.parse(`${addDays(first, -2)}T00:00:00Z`);
      const starts = walked(timeZone, from, Date.parse(`${addDays(last, 3)}T00:00:00Z`));
      for (const { date, fromMs, toMs } of days) {
        expect(fromMs, date).toBe(starts.get(date));
        expect(dateIn(timeZone, fromMs), date).toBe(date);
        expect(dateIn(timeZone, toMs - 1), date).toBe(date);
        expect(dateIn(timeZone, toMs), date).not.toBe(date);
      }
    });
  }

  it("follow each other without a gap, through a year of every kind of zone", ({ expect }) => {
    for (const timeZone of [
      "America/New_York",
      "Europe/Berlin",
      "Asia/Kolkata",
      "Australia/Sydney",
    ]) {
      const days = localDays(timeZone, "2026-01-01", "2026-12-31");
      expect(days).toHaveLength(365);
      for (const [i, day] of days.entries()) {
        expect(day.fromMs, day.date).toBe(
          i === 0 ? startOfDate(timeZone, "2026-01-01") : days[i - 1]?.toMs,
        );
      }
    }
  });
});

describe("a wall time", () => {
  it("is the instant at which a clock shows it", ({ expect }) => {
    const at = instantOf("Asia/Kolkata", "2026-11-20 08:00");
    expect(new Date(at).toISOString()).toBe("2026-11-20T02:30:00.000Z");
    expect(wallClock("Asia/Kolkata", at)).toBe("2026-11-20 08:00");
  });

  it("that the clocks skip is the instant of the skip", ({ expect }) => {
    const at = instantOf("Europe/Berlin", "2026-03-29 02:30");
    expect(new Date(at).toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });

  it("that is none is refused, as is a zone that is none", ({ expect }) => {
    expect(() => instantOf("UTC", "tomorrow")).toThrow(RangeError);
    expect(() => dateIn("Europe/Atlantis", 0)).toThrow(RangeError);
  });
});

describe("dates", () => {
  it("are counted", ({ expect }) => {
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysFrom("2026-03-28", "2026-03-30")).toBe(2);
    expect(() => addDays("2026-13-01", 1)).toThrow(RangeError);
  });

  it("have weekdays from Monday to Sunday", ({ expect }) => {
    expect(["2026-11-16", "2026-11-18", "2026-11-22"].map(weekdayOf)).toEqual([1, 3, 7]);
  });
});
