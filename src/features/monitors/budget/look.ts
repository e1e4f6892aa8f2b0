import { budgetState, hourOfWeekMeans } from "../../../lib/stats/budget.ts";
import { dateIn, startOfDate } from "../../../lib/time/zone.ts";
import type { BudgetPeriod } from "../model.ts";
import type { RuleOf } from "../rules/contract.ts";
import { type LocalHour, localHours, nextPeriod, periodStart } from "../rules/hours.ts";
import type { Account, Look, Seen, Watch, Window } from "../rules/look.ts";
import { nameOf, percent, short } from "../rules/words.ts";

type Rule = RuleOf<"budget">;

const MS_PER_HOUR = 3_600_000;
const HOURS_PER_WEEK = 168;
/** Hours of history from which the rest of a period is forecast, and how few are none. */
export const PROFILE_HOURS = 4 * HOURS_PER_WEEK;
const MIN_PROFILE_HOURS = 24;

/** Cost in USD by the beginning of its hour in milliseconds since 1970; absent hours cost nothing. */
export type HourlyCost = ReadonlyMap<number, number>;

type Period = { fromMs: number; toMs: number };

/** The period that an instant lies in, by the zone's calendar. */
export function periodOf(timeZone: string, ms: number, period: BudgetPeriod): Period {
  const start = periodStart(dateIn(timeZone, ms), period);
  return {
    fromMs: startOfDate(timeZone, start),
    toMs: startOfDate(timeZone, nextPeriod(start, period)),
  };
}

type Calendar = { hours: readonly LocalHour[]; indexOf: (ms: number) => number };

function calendarOf(timeZone: string, fromMs: number, toMs: number): Calendar {
  const hours = localHours(timeZone, fromMs, toMs);
  const first = hours[0]?.ms ?? 0;
  return { hours, indexOf: (ms) => Math.ceil((ms - first) / MS_PER_HOUR) };
}

const between = ({ hours, indexOf }: Calendar, fromMs: number, toMs: number): LocalHour[] =>
  hours.slice(Math.max(0, indexOf(fromMs)), Math.max(0, indexOf(toMs)));

const sum = (hours: readonly LocalHour[], cost: HourlyCost): number =>
  hours.reduce((total, { ms }) => total + (cost.get(ms) ?? 0), 0);

/**
 * Expected cost by hour of the week, from the four weeks before a day, or what there is of them;
 * null with less than a day. It stays for the day, so that a busy hour does not move its own forecast.
 */
function profileAt(calendar: Calendar, cost: HourlyCost, dayMs: number): number[] | null {
  const weeks = between(calendar, dayMs - PROFILE_HOURS * MS_PER_HOUR, dayMs);
  const first = weeks.findIndex(({ ms }) => (cost.get(ms) ?? 0) > 0);
  const hours = first === -1 ? [] : weeks.slice(first);
  if (hours.length < MIN_PROFILE_HOURS) return null;
  return hourOfWeekMeans(
    hours.map(({ ms, hourOfWeek }) => ({ cost: cost.get(ms) ?? 0, hourOfWeek })),
  );
}

type Standing = { period: Period; spent: number; remaining: number[] };

const usd = (amount: number): string => `${short(amount)} USD`;

function accountOf(rule: Rule, watch: Watch, { period, spent, remaining }: Standing): Account {
  const state = budgetState({ spent, budget: rule.limitUsd, remaining }, []);
  const told = remaining.length > 0 ? `; ${usd(state.forecast)} are forecast for its end` : "";
  return {
    summary: `${nameOf(watch.prompt, null)} has spent ${usd(spent)} of ${usd(rule.limitUsd)} for the ${rule.period} (${percent(state.share)})${told}`,
    findings: [
      {
        metric: "costUsd",
        statistic: "sum",
        unit: "USD",
        n: 1,
        value: spent,
        interval: null,
        limit: rule.limitUsd,
        baseline: null,
        change: state.share,
        p: null,
        verdict: state.reached.length > 0 ? "beyond" : "within",
        why: `Arithmetic: marks passed are ${state.reached.map(String).join(", ") || "none"}. Change is the share spent; the forecast adds what each hour that is left usually costs.`,
      },
    ],
    inputs: {
      spent,
      limitUsd: rule.limitUsd,
      forecast: state.forecast,
      remaining,
      periodFrom: new Date(period.fromMs).toISOString(),
      periodTo: new Date(period.toMs).toISOString(),
    },
  };
}

function lookOf(rule: Rule, watch: Watch, window: Window, standing: Standing): Look {
  const { period, spent, remaining } = standing;
  return {
    window: { from: period.fromMs, to: window.to },
    // A budget has no hysteresis: `budget` is what is judged.
    evidence: null,
    isLearning: false,
    severity: null,
    point: { n: 1, value: spent, interval: null, limit: rule.limitUsd },
    budget: { periodMs: period.fromMs, spent, limit: rule.limitUsd, remaining },
    account: () => accountOf(rule, watch, standing),
  };
}

/** From when on costs must be known to judge a window. */
export const costNeededFrom = (timeZone: string, window: Window, period: BudgetPeriod): number =>
  Math.min(
    periodOf(timeZone, window.to - 1, period).fromMs,
    periodOf(timeZone, window.to - 1, "day").fromMs - PROFILE_HOURS * MS_PER_HOUR,
  );

/** Where a budget stands at the end of each of these hours. @param windows hours, oldest first */
export function looksAtBudget(
  rule: Rule,
  watch: Watch,
  seen: { cost: HourlyCost; timeZone: string; windows: readonly Window[] },
): Seen[] {
  const { cost, timeZone, windows } = seen;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const from = costNeededFrom(timeZone, first, rule.period);
  const until = periodOf(timeZone, last.to - 1, rule.period).toMs;
  const calendar = calendarOf(timeZone, from, until);
  const profiles = new Map<number, number[] | null>();
  return windows.map((window) => {
    const period = periodOf(timeZone, window.to - 1, rule.period);
    const day = periodOf(timeZone, window.to - 1, "day").fromMs;
    if (!profiles.has(day)) profiles.set(day, profileAt(calendar, cost, day));
    const profile = profiles.get(day) ?? null;
    const left = between(calendar, window.to, period.toMs);
    const standing = {
      period,
      spent: sum(between(calendar, period.fromMs, window.to), cost),
      remaining: profile ? left.map(({ hourOfWeek }) => profile[hourOfWeek] ?? 0) : [],
    };
    return { at: window.to, looks: [{ watch, look: lookOf(rule, watch, window, standing) }] };
  });
}
