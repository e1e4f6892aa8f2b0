/*
 * A budget is arithmetic, not inference: what was spent, and what the rest of the period will
 * cost if it goes as this hour of the week usually does.
 */

/** Shares of the budget at which an alert goes out, and the forecast that the end passes it. */
export type BudgetMark = 0.5 | 0.8 | 1 | "forecast";

const SHARES = [0.5, 0.8, 1] as const;

export type BudgetState = {
  /** Spent so far over the budget. */
  share: number;
  /** Spending expected at the end of the period, in the unit of the budget. */
  forecast: number;
  /** Marks passed now and not before: to be told once. */
  reached: BudgetMark[];
  /** All marks passed in this period; kept until it ends, also when spending is corrected down. */
  latched: BudgetMark[];
};

/**
 * Where a budget stands.
 *
 * @param spent so far in the period, >= 0, in the unit of the budget
 * @param budget for the whole period, > 0
 * @param remaining expected cost of each hour that is left, as `hourOfWeekMeans` gives it
 * @param latched marks passed before in the same period
 * @throws RangeError outside the domain
 */
export function budgetState(
  { spent, budget, remaining }: { spent: number; budget: number; remaining: readonly number[] },
  latched: readonly BudgetMark[],
): BudgetState {
  if (!(budget > 0 && spent >= 0)) throw new RangeError(`${spent} of a budget of ${budget}`);
  if (remaining.some((cost) => !(cost >= 0))) throw new RangeError("an expected cost below 0");
  const forecast = remaining.reduce((sum, cost) => sum + cost, spent);
  const passed: BudgetMark[] = SHARES.filter((share) => spent >= share * budget);
  if (forecast > budget) passed.push("forecast");
  const reached = passed.filter((mark) => !latched.includes(mark));
  return { share: spent / budget, forecast, reached, latched: [...latched, ...reached] };
}

/** Cost of one past hour, and which hour of the week it was: 0 is Monday 00:00 in the zone. */
export type PastHour = { cost: number; hourOfWeek: number };

/**
 * Mean cost per hour of the week. An hour of the week that never was takes the mean of its hour of
 * the day, else the mean of all hours; without any history all are 0.
 *
 * @param hours cost >= 0, hourOfWeek from 0 to 167
 * @returns 168 means
 * @throws RangeError outside the domain
 */
export function hourOfWeekMeans(hours: readonly PastHour[]): number[] {
  for (const { cost, hourOfWeek } of hours) {
    if (!(cost >= 0 && Number.isInteger(hourOfWeek) && hourOfWeek >= 0 && hourOfWeek < 168)) {
      throw new RangeError(`a cost of ${cost} in hour ${hourOfWeek} of the week`);
    }
  }
  const all = meanWhere(hours, () => true) ?? 0;
  const byHourOfDay = Array.from({ length: 24 }, (_, hour) =>
    meanWhere(hours, ({ hourOfWeek }) => hourOfWeek % 24 === hour),
  );
  return Array.from(
    { length: 168 },
    (_, slot) =>
      meanWhere(hours, ({ hourOfWeek }) => hourOfWeek === slot) ?? byHourOfDay[slot % 24] ?? all,
  );
}

function meanWhere(
  hours: readonly PastHour[],
  isWanted: (hour: PastHour) => boolean,
): number | undefined {
  const wanted = hours.filter(isWanted);
  if (wanted.length === 0) return undefined;
  return wanted.reduce((sum, { cost }) => sum + cost, 0) / wanted.length;
}
