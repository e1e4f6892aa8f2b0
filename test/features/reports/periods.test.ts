import { describe, it } from "vitest";

import type { ReportSchedule } from "../../../src/features/projects/model.ts";
import {
  datesInWords,
  daysOf,
  dueReports,
  spanOf,
  titleOf,
} from "../../../src/features/reports/periods.ts";

const SCHEDULE: ReportSchedule = { daily: false, weekly: true, weekday: "monday", hour: 8 };

const dueAt = (iso: string, timeZone: string, change: Partial<ReportSchedule> = {}) =>
  dueReports({ ...SCHEDULE, ...change }, timeZone, Date.parse(iso)).map(
    ({ kind, firstDay, lastDay }) => `${kind} ${firstDay} ${lastDay}`,
  );

describe("the calendar", () => {
  it("asks on the weekday, from the hour on, in the project's time zone", ({ expect }) => {
    const week = ["weekly 2026-11-16 2026-11-22"];
    expect(dueAt("2026-11-23T06:59:00Z", "Europe/Berlin")).toEqual([]);
    expect(dueAt("2026-11-23T07:00:00Z", "Europe/Berlin")).toEqual(week);
    expect(dueAt("2026-11-23T02:30:00Z", "Asia/Kolkata")).toEqual(week);
    expect(dueAt("2026-11-23T02:29:00Z", "Asia/Kolkata")).toEqual([]);
    expect(dueAt("2026-11-23T07:00:00Z", "America/New_York")).toEqual([]);
  });

  it("catches up within a day, and not later", ({ expect }) => {
    expect(dueAt("2026-11-24T07:59:00Z", "UTC")).toEqual(["weekly 2026-11-16 2026-11-22"]);
    expect(dueAt("2026-11-24T08:00:00Z", "UTC")).toEqual([]);
    expect(dueAt("2026-11-27T12:00:00Z", "UTC")).toEqual([]);
  });

  it("asks each day for the day before", ({ expect }) => {
    const daily = { daily: true, weekly: false };
    expect(dueAt("2026-11-20T07:59:00Z", "UTC", daily)).toEqual(["daily 2026-11-18 2026-11-18"]);
    expect(dueAt("2026-11-20T08:00:00Z", "UTC", daily)).toEqual(["daily 2026-11-19 2026-11-19"]);
  });

  it("waits half an hour after midnight for what comes late", ({ expect }) => {
    const atMidnight = { daily: true, weekly: false, hour: 0 };
    expect(dueAt("2026-11-20T00:29:00Z", "UTC", atMidnight)).toEqual([
      "daily 2026-11-18 2026-11-18",
    ]);
    expect(dueAt("2026-11-20T00:30:00Z", "UTC", atMidnight)).toEqual([
      "daily 2026-11-19 2026-11-19",
    ]);
  });

  it("asks for nothing that is off, and for both that are on", ({ expect }) => {
    const at = "2026-11-23T09:00:00Z";
    expect(dueAt(at, "UTC", { weekly: false })).toEqual([]);
    expect(dueAt(at, "UTC", { daily: true })).toEqual([
      "daily 2026-11-22 2026-11-22",
      "weekly 2026-11-16 2026-11-22",
    ]);
    expect(dueAt("2026-11-22T09:00:00Z", "UTC", { weekday: "sunday" })).toEqual([
      "weekly 2026-11-15 2026-11-21",
    ]);
  });
});

describe("a period", () => {
  it("has its days, as many before, and at least seven to be held against", ({ expect }) => {
    const { current, previous, before } = daysOf({
      firstDay: "2026-10-24",
      lastDay: "2026-10-25",
      timeZone: "Europe/Berlin",
    });
    const dates = (days: typeof current): string[] => days.map(({ date }) => date);
    expect(dates(current)).toEqual(["2026-10-24", "2026-10-25"]);
    expect(dates(previous)).toEqual(["2026-10-22", "2026-10-23"]);
    expect(dates(before)).toHaveLength(7);
    expect(before.at(-1)?.toMs).toBe(current[0]?.fromMs);
  });

  it("ends when its last day does, also where that has 25 hours", ({ expect }) => {
    const { fromMs, toMs } = spanOf({
      firstDay: "2026-10-25",
      lastDay: "2026-10-25",
      timeZone: "Europe/Berlin",
    });
    expect((toMs - fromMs) / 3_600_000).toBe(25);
  });

  it("has a title", ({ expect }) => {
    const week = { firstDay: "2026-11-16", lastDay: "2026-11-22" };
    expect(titleOf("weekly", week)).toBe("Weekly report, 16 to 22 November 2026");
    expect(datesInWords({ firstDay: "2026-11-28", lastDay: "2026-12-04" })).toBe(
      "28 November to 4 December 2026",
    );
    expect(datesInWords({ firstDay: "2026-12-28", lastDay: "2027-01-03" })).toBe(
      "28 December 2026 to 3 January 2027",
    );
    expect(titleOf("daily", { firstDay: "2026-11-16", lastDay: "2026-11-16" })).toBe(
      "Daily report, 16 November 2026",
    );
  });
});
