import { dateIn, wallClock, weekdayOf } from "../../../lib/time/zone.ts";
import { type ActiveHours, WEEKDAYS } from "../model.ts";
import type { Rule } from "./contract.ts";
import type { Window } from "./look.ts";

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/** How long after its end a window is looked at: generations must have ended, arrived and been folded. */
export const SETTLE_MS = 3 * MS_PER_MINUTE;

/** From one window of a rule to the next. Windows end at whole multiples of it since 1970. */
export function stepMsOf(rule: Rule): number {
  switch (rule.kind) {
    case "threshold":
    case "relative":
      return rule.windowMinutes * MS_PER_MINUTE;
    case "drift":
      return rule.windowHours * MS_PER_HOUR;
    case "volume":
    case "budget":
      return MS_PER_HOUR;
    case "regression":
      return 5 * MS_PER_MINUTE;
  }
}

/** End of the last window that is over at an instant. */
export const lastEndBefore = (rule: Rule, ms: number): number => {
  const step = stepMsOf(rule);
  return Math.floor(ms / step) * step;
};

/** When the window after the last one can be looked at. */
export const dueAfter = (rule: Rule, evaluatedTo: number): number =>
  lastEndBefore(rule, evaluatedTo) + stepMsOf(rule) + SETTLE_MS;

/** Whether a window that ends at an instant is looked at. An end belongs to the minute before it. */
export function isActive(hours: ActiveHours | undefined, timeZone: string, ms: number): boolean {
  if (!hours) return true;
  const instant = ms - MS_PER_MINUTE;
  const clock = wallClock(timeZone, instant).slice(11, 16);
  const weekday = weekdayOf(dateIn(timeZone, instant));
  const { from, to, days } = hours;
  const isOn = (day: number): boolean => {
    const name = WEEKDAYS[(day + 6) % 7];
    return name !== undefined && days.includes(name);
  };
  if (from < to) return isOn(weekday) && clock >= from && clock < to;
  // Over midnight: the early hours belong to the day before.
  return (isOn(weekday) && clock >= from) || (isOn(weekday - 1) && clock < to);
}

const activeHoursOf = (rule: Rule): ActiveHours | undefined =>
  "activeHours" in rule ? rule.activeHours : undefined;

/**
 * Windows after one instant that are over at another, oldest first.
 *
 * @param limit the most that are given, active or not: the rest is for the next run
 * @returns those that are looked at, and how far that goes
 */
export function windowsBetween(
  rule: Rule,
  timeZone: string,
  { after, until, limit = Infinity }: { after: number; until: number; limit?: number },
): { windows: Window[]; evaluatedTo: number } {
  const step = stepMsOf(rule);
  const hours = activeHoursOf(rule);
  const windows: Window[] = [];
  let evaluatedTo = after;
  let end = lastEndBefore(rule, after) + step;
  for (let count = 0; end <= until && count < limit; end += step, count++) {
    if (isActive(hours, timeZone, end)) windows.push({ from: end - step, to: end });
    evaluatedTo = end;
  }
  return { windows, evaluatedTo };
}
