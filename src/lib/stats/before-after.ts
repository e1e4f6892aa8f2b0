import { studentUpperTail } from "./distributions.ts";

/*
 * Before against after, when everybody got the new version at once and no control ran beside it.
 * Each hour is compared with the same hour of the seven days before, and the size of the
 * difference with what the same arithmetic found in windows without a deployment. A naive test is
 * wrong 16 to 97 % of the time under realistic drift; this one keeps its level, at the price of
 * power. It stays observational: whatever else changed at the time is in the number.
 */

/** One hour of a metric: how many values and their mean (of logarithms for latency). */
export type Hour = { n: number; mean: number };

export type BeforeAfterTest = {
  tested: true;
  /** After minus before, in the unit of the hourly means. */
  difference: number;
  /** Root mean square of the same difference in windows without a deployment. */
  scale: number;
  t: number;
  degreesOfFreedom: number;
  /** One-sided: small when the metric went up. */
  p: number;
  /** The placebo strip: the differences found without a deployment, oldest window first. */
  placebos: number[];
  /** In how many of them the difference was at least as large, in either direction. */
  asLarge: number;
};

export type BeforeAfterUntested = {
  tested: false;
  because: "too-little-history" | "no-data" | "no-variance";
};

const DAY = 24;
const WEEK = 7 * DAY;

/** Hours of history before the deployment that the test needs: 14 days. */
export const HISTORY_HOURS = 2 * WEEK;

/** Windows in which the test is made, in hours; two looks, which the level below pays for. */
export const WINDOWS = [6, 24] as const;

/** Level of one look. A judgement; the method was tried at 0.05. */
export const BEFORE_AFTER_ALPHA = 0.01;

/** Placebo windows with data that must exist, of those that fit: below half, S is a guess. */
const MIN_PLACEBO_SHARE = 0.5;

/**
 * D(s) of one window: the n-weighted mean, over its hours, of the hour's mean minus the plain mean
 * of the same hour in the seven days before. Hours without values, or without any of the seven
 * before, are left out.
 *
 * @param hours contiguous, oldest first
 * @param start index of the window's first hour
 * @param length of the window in hours, >= 1
 * @returns undefined when no hour of the window can be compared
 */
export function windowDifference(
  hours: readonly Hour[],
  start: number,
  length: number,
): number | undefined {
  let weight = 0;
  let sum = 0;
  for (let h = start; h < start + length; h++) {
    const now = hours[h];
    const before = usualAt(hours, h);
    if (!now || !(now.n > 0) || before === undefined) continue;
    weight += now.n;
    sum += now.n * (now.mean - before);
  }
  return weight > 0 ? sum / weight : undefined;
}

/**
 * The placebo-calibrated test of a window that begins at the deployment. With a window that ends
 * now it is the drift alarm of a version that did not change.
 *
 * @param hours contiguous, oldest first, oriented so that up is worse
 * @param start index of the first full hour after the deployment
 * @param length of the window in hours, 1 to 168
 * @throws RangeError for a window that does not lie inside the hours
 * @see Student's t on a scale estimated from placebo windows, as in Bertrand, Duflo, Mullainathan
 *   (2004), Q. J. Econ. 119:249-275
 */
export function beforeAfter(
  hours: readonly Hour[],
  start: number,
  length: number,
): BeforeAfterTest | BeforeAfterUntested {
  if (!(length >= 1 && length <= WEEK && start >= 0 && start + length <= hours.length)) {
    throw new RangeError(`a window of ${length} hours from ${start} of ${hours.length}`);
  }
  if (start < HISTORY_HOURS) return { tested: false, because: "too-little-history" };
  const difference = windowDifference(hours, start, length);
  if (difference === undefined) return { tested: false, because: "no-data" };
  const placebos = placebosBefore(hours, start, length);
  if (placebos.length < MIN_PLACEBO_SHARE * (WEEK - length + 1)) {
    return { tested: false, because: "too-little-history" };
  }
  const scale = Math.sqrt(placebos.reduce((sum, d) => sum + d * d, 0) / placebos.length);
  if (!(scale > 0)) return { tested: false, because: "no-variance" };
  const degreesOfFreedom = Math.max(2, Math.min(6, WEEK / Math.max(length, 12) - 1));
  const t = difference / scale;
  return {
    tested: true,
    difference,
    scale,
    t,
    degreesOfFreedom,
    p: studentUpperTail(t, degreesOfFreedom),
    placebos,
    asLarge: placebos.filter((d) => Math.abs(d) >= Math.abs(difference)).length,
  };
}

/**
 * Whether to raise an alarm: surprising and large enough to matter.
 *
 * @param margin largest degradation tolerated, > 0, in the unit of the hourly means
 * @throws RangeError for a margin not above 0
 */
export function isRegression(test: BeforeAfterTest, margin: number): boolean {
  if (!(margin > 0)) throw new RangeError(`a margin of ${margin}`);
  return test.p < BEFORE_AFTER_ALPHA && test.difference >= margin;
}

/** All hourly windows of the week before `start` that end before it. */
function placebosBefore(hours: readonly Hour[], start: number, length: number): number[] {
  const found: number[] = [];
  for (let s = start - WEEK; s + length <= start; s++) {
    const d = windowDifference(hours, s, length);
    if (d !== undefined) found.push(d);
  }
  return found;
}

/** Mean over the same hour of the seven days before; undefined when none of them has values. */
function usualAt(hours: readonly Hour[], h: number): number | undefined {
  let days = 0;
  let sum = 0;
  for (let day = 1; day <= 7; day++) {
    const then = hours[h - day * DAY];
    if (!then || !(then.n > 0)) continue;
    days++;
    sum += then.mean;
  }
  return days > 0 ? sum / days : undefined;
}
