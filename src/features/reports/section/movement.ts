import { centralT, studentTwoSided } from "../../../lib/stats/distributions.ts";
import { around, CONFIDENCE, type Interval, mapInterval } from "../../../lib/stats/interval.ts";
import { type Margin, marginOnScale, rateMargin } from "../../../lib/stats/margins.ts";
import {
  mergeMoments,
  type Moments,
  NO_MOMENTS,
  varianceOfMean,
} from "../../../lib/stats/moments.ts";
import { type Verdict, verdictOf } from "../../../lib/stats/verdict.ts";
import type { ComparedMetric } from "../../comparisons/model.ts";
import type { Effect } from "../contract.ts";
import type { Tested } from "./model.ts";
import { effectText, marginText, nameOfMetric } from "./sentences.ts";

/*
 * Whether a metric moved from one stretch of days to another. The unit is the day: generations of
 * one day share its provider, its traffic and its weather, and a test that took them for independent
 * would call every week a change. So the spread between days, and not that between generations,
 * says how large a difference must be.
 *
 * Days are `Moments` on the scale of the metric's test: count, mean, squared deviations.
 */

/** Days before that must have values; with fewer nobody knows what days differ by. */
export const MIN_DAYS_BEFORE = 5;
/** Values of the period that a mean takes. */
export const MIN_VALUES = 20;

type Group = {
  /** Values, and days that have any. */
  n: number;
  days: number;
  mean: number;
  /** Sum of squared weights of the days: 1 over the days it is worth. */
  concentration: number;
  /** Weighted square deviation of the days' means. */
  scatter: number;
  /** Variance of the mean, were its values independent. */
  sampling: number;
};

/** Days weighted by their values, so that the mean is that of all values. */
function groupOf(all: readonly Moments[]): Group {
  const days = all.filter(({ n }) => n > 0);
  const merged = days.reduce(mergeMoments, NO_MOMENTS);
  const { n, mean } = merged;
  return {
    n,
    days: days.length,
    mean,
    concentration: days.reduce((sum, day) => sum + (day.n / n) ** 2, 0),
    scatter: days.reduce((sum, day) => sum + (day.n / n) * (day.mean - mean) ** 2, 0),
    sampling: n > 1 ? varianceOfMean(merged) : Infinity,
  };
}

/** A difference of two stretches on the scale of the test. */
export type Difference = { estimate: number; interval: Interval; p: number };

/**
 * The difference of the means of two stretches of days, with Student's interval on the spread between
 * days, which is taken to be the same in both: so one day can be held against seven.
 *
 * @returns undefined where there are too few days or values, or all days are alike
 */
export function differenceOfDays(
  current: readonly Moments[],
  before: readonly Moments[],
): Difference | undefined {
  const [now, then] = [groupOf(current), groupOf(before)];
  if (now.n < MIN_VALUES || then.n < MIN_VALUES || then.days < MIN_DAYS_BEFORE) return undefined;
  const freedom = 2 - now.concentration - then.concentration;
  const variance = (now.scatter + then.scatter) / freedom;
  const error = Math.sqrt(
    // Few values scatter more than their day: one thin day held against seven thick ones.
    Math.max(variance * (now.concentration + then.concentration), now.sampling + then.sampling),
  );
  const degrees = 1 / now.concentration + 1 / then.concentration - 2;
  // Rounding leaves a rest where all days are alike.
  if (!(degrees >= 1) || !(error > 1e-12 * Math.abs(then.mean))) return undefined;
  const estimate = now.mean - then.mean;
  return {
    estimate,
    interval: around(estimate, error * centralT(CONFIDENCE, degrees)),
    p: studentTwoSided(estimate / error, degrees),
  };
}

/** The margin on the scale of the test; null where nothing can be relative to what was. */
function marginOf(metric: ComparedMetric, margin: Margin, usual: number): number | null {
  if (metric.kind === "events") {
    return usual > 0 && usual < 1 ? rateMargin(margin.margin, usual) : null;
  }
  if (metric.kind === "amount" && !(usual > 0)) return null;
  return marginOnScale(margin, usual);
}

/** A difference as a person reads it. @param usual mean before */
function effectOf({ kind }: ComparedMetric, difference: Difference, usual: number): Effect | null {
  const shown = (unit: Effect["unit"], change: (x: number) => number): Effect => ({
    unit,
    estimate: change(difference.estimate),
    interval: mapInterval(difference.interval, change),
  });
  if (kind === "log") return shown("relative", Math.expm1);
  if (kind === "amount") return usual > 0 ? shown("relative", (x) => x / usual) : null;
  return shown(kind === "events" || kind === "share" ? "points" : "unit", (x) => x);
}

const shownMargin = ({ kind }: ComparedMetric, size: number, usual: number): number => {
  if (kind === "log") return Math.expm1(size);
  return kind === "amount" ? size / usual : size;
};

function whyOf(metric: ComparedMetric, effect: Effect, found: Found): string {
  const { verdict, margin, days, daysBefore } = found;
  const told = `${nameOfMetric(metric.id)}: ${effectText(effect)}, ${days} ${days === 1 ? "day" : "days"} against the ${daysBefore} before`;
  if (verdict === null || margin === null) {
    return `${told}. Nobody said how much of it matters, so there is no verdict.`;
  }
  return `${told}; the margin is ${marginText(effect.unit, margin)}: ${verdict}.`;
}

type Found = { verdict: Verdict | null; margin: number | null; days: number; daysBefore: number };

/**
 * The movement of one metric. It is observational: whatever else changed is in it.
 *
 * @param current the period's days, `before` those before it, on the scale of the metric's test
 * @returns undefined where it cannot be tested
 */
export function movementOf(
  metric: ComparedMetric,
  current: readonly Moments[],
  before: readonly Moments[],
): Tested | undefined {
  if (metric.kind === "categories") return undefined;
  const difference = differenceOfDays(current, before);
  if (!difference) return undefined;
  const [now, then] = [groupOf(current), groupOf(before)];
  const effect = effectOf(metric, difference, then.mean);
  if (!effect) return undefined;
  const size = metric.margin && marginOf(metric, metric.margin, then.mean);
  const verdict =
    size === null || !metric.margin
      ? null
      : verdictOf(difference.interval, size, metric.margin.better);
  const margin = size === null ? null : shownMargin(metric, size, then.mean);
  const found = { verdict, margin, days: now.days, daysBefore: then.days };
  return {
    metric: metric.id,
    unit: metric.unit,
    n: now.n,
    days: now.days,
    nBefore: then.n,
    daysBefore: then.days,
    effect,
    p: difference.p,
    margin,
    verdict,
    why: whyOf(metric, effect, found),
  };
}
