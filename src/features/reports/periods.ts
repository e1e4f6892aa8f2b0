import {
  addDays,
  dateIn,
  daysFrom,
  instantOf,
  type LocalDay,
  localDays,
  startOfDate,
  weekdayOf,
} from "../../lib/time/zone.ts";
import { type ReportSchedule, WEEKDAYS } from "../projects/model.ts";
import type { ReportKind } from "./model.ts";

/** Dates of a time zone, both inclusive. */
export type Period = { firstDay: string; lastDay: string; timeZone: string };

/** A report that the calendar asks for. */
export type Due = Period & { kind: Exclude<ReportKind, "custom"> };

const DAYS_PER_WEEK = 7;
/** What comes late is waited for at least so long after the last day's end. */
const SETTLES_MS = 30 * 60_000;
/** A report that was due longer ago than this, while cron stood still, is not made any more. */
const MISSED_MS = 24 * 3_600_000;

/** Days before a period that its movement is seen against: as many, and a week at least. */
export const daysBefore = (days: number): number => Math.max(DAYS_PER_WEEK, days);

const lengthOf = ({ firstDay, lastDay }: Period): number => daysFrom(firstDay, lastDay) + 1;

/** The instants of a period, `toMs` exclusive. */
export const spanOf = ({
  firstDay,
  lastDay,
  timeZone,
}: Period): { fromMs: number; toMs: number } => ({
  fromMs: startOfDate(timeZone, firstDay),
  toMs: startOfDate(timeZone, addDays(lastDay, 1)),
});

/** The days of a period and of the time before that it is held against. */
export type PeriodDays = {
  current: LocalDay[];
  /** The previous period: as many dates. */
  previous: LocalDay[];
  /** Those before that movement is seen against; `previous` is its end. */
  before: LocalDay[];
};

export function daysOf(period: Period): PeriodDays {
  const { firstDay, lastDay, timeZone } = period;
  const length = lengthOf(period);
  const all = localDays(timeZone, addDays(firstDay, -daysBefore(length)), lastDay);
  const previousFrom = addDays(firstDay, -length);
  const before = all.filter(({ date }) => date < firstDay);
  return {
    current: all.filter(({ date }) => date >= firstDay),
    previous: before.filter(({ date }) => date >= previousFrom),
    before,
  };
}

/** The last date not after today whose report is due: its hour is over, and its data have settled. */
function lastDueDate(
  timeZone: string,
  hour: number,
  nowMs: number,
  isDay: (date: string) => boolean,
) {
  const today = dateIn(timeZone, nowMs);
  const wall = `${String(hour).padStart(2, "0")}:00`;
  for (let back = 0; back <= DAYS_PER_WEEK; back++) {
    const date = addDays(today, -back);
    if (!isDay(date)) continue;
    const settledMs = startOfDate(timeZone, date) + SETTLES_MS;
    const dueMs = Math.max(instantOf(timeZone, `${date} ${wall}`), settledMs);
    if (dueMs <= nowMs) return nowMs - dueMs < MISSED_MS ? date : undefined;
  }
  return undefined;
}

/**
 * The reports that a project's calendar asks for at an instant: the day before the last due date,
 * and the seven days before the last due weekday.
 */
export function dueReports(
  { daily, weekly, weekday, hour }: ReportSchedule,
  timeZone: string,
  nowMs: number,
): Due[] {
  const due: Due[] = [];
  const ask = (kind: Due["kind"], days: number, isDay: (date: string) => boolean): void => {
    const date = lastDueDate(timeZone, hour, nowMs, isDay);
    if (date === undefined) return;
    due.push({ kind, firstDay: addDays(date, -days), lastDay: addDays(date, -1), timeZone });
  };
  if (daily) ask("daily", 1, () => true);
  const number = WEEKDAYS.indexOf(weekday) + 1;
  if (weekly) ask("weekly", DAYS_PER_WEEK, (date) => weekdayOf(date) === number);
  return due;
}

const KIND_WORDS: Record<ReportKind, string> = {
  daily: "Daily report",
  weekly: "Weekly report",
  custom: "Report",
};

const inWords = (date: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(
    Date.parse(`${date}T00:00:00Z`),
  );

const DAY_AND_MONTH: Intl.DateTimeFormatOptions = { day: "numeric", month: "long" };

/** `16 to 22 November 2026`, or one date. */
export function datesInWords({ firstDay, lastDay }: Pick<Period, "firstDay" | "lastDay">): string {
  const end = inWords(lastDay, { ...DAY_AND_MONTH, year: "numeric" });
  if (firstDay === lastDay) return end;
  if (firstDay.slice(0, 7) === lastDay.slice(0, 7)) return `${Number(firstDay.slice(8))} to ${end}`;
  const isOneYear = firstDay.slice(0, 4) === lastDay.slice(0, 4);
  return `${inWords(firstDay, isOneYear ? DAY_AND_MONTH : { ...DAY_AND_MONTH, year: "numeric" })} to ${end}`;
}

export const titleOf = (kind: ReportKind, period: Pick<Period, "firstDay" | "lastDay">): string =>
  `${KIND_WORDS[kind]}, ${datesInWords(period)}`;
