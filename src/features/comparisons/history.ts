import {
  beforeAfter,
  type BeforeAfterTest,
  type Hour,
  isRegression,
  WINDOWS,
} from "../../lib/stats/before-after.ts";
import { centralT } from "../../lib/stats/distributions.ts";
import { around, negated } from "../../lib/stats/interval.ts";
import { type Margin, marginOnScale, rateMargin } from "../../lib/stats/margins.ts";
import { mergeMoments, type Moments, NO_MOMENTS } from "../../lib/stats/moments.ts";
import type { Cell } from "../rollups/model.ts";
import { onEffectScale } from "./effect.ts";
import { inputOf } from "./metrics.ts";
import { ALPHA, type ComparedMetric } from "./model.ts";
import { notTested, type NotTested, type Tested } from "./outcome.ts";

/*
 * Before against after, where everybody got the candidate at once. It is observational: whatever
 * else changed at the time is in the number.
 */

/** Hours of the control, then of the candidate; index `start` is the first full hour of the candidate. */
export type HourlyCells = { hours: readonly (Cell | undefined)[]; start: number };

/** What windows without a deployment showed: how unusual the difference is. */
export type Placebo = { hours: number; windows: number; asLarge: number; scale: number };

/** Values and their mean of every hour, on the scale of the test; the first `start` are the control's. */
export type HourInputs = { start: number; hours: [n: number, mean: number][] };

/** The same turned so that up is worse, in the unit of the hours' means. */
export type Worsening = {
  difference: number;
  /** One-sided. */
  p: number;
  /** Too surprising at the level of one look, and as large as the margin. */
  isRegression: boolean;
};

export type BeforeAfterOutcome =
  | (Tested & { placebo: Placebo; hours: HourInputs; worse: Worsening })
  | NotTested;

/** The longest window, in hours, that is over; undefined while there is none. */
export const windowOf = (hoursSince: number): number | undefined =>
  WINDOWS.findLast((hours) => hours <= hoursSince);

/** Values of a metric in an hour and their mean, on the scale of its test. */
export const hourOf = (metric: ComparedMetric, cell: Cell | undefined): Hour => {
  if (!cell) return { n: 0, mean: 0 };
  const { n, mean } = inputOf(metric, cell, null);
  return { n, mean };
};

const BECAUSE = {
  "too-little-history":
    "too little history for a test: it takes 14 days of the control's hours before the deployment",
  "no-data": "no hour after the deployment can be compared with the same hour before",
  "no-variance": "all values are alike, so there is nothing to test",
} as const;

/** The margin on the scale of the hourly means; undefined when a rate of zero has no multiples. */
function marginOf(metric: ComparedMetric, margin: Margin, usual: number): number | undefined {
  const isRate = metric.kind === "events";
  if ((isRate || margin.scale === "relative") && !(usual > 0)) return undefined;
  if (isRate && usual >= 1) return undefined;
  return isRate ? rateMargin(margin.margin, usual) : marginOnScale(margin, usual);
}

/**
 * The placebo-calibrated test of one metric. Two windows are looked at in the life of a deployment,
 * so the interval spends half of the level.
 *
 * @param length of the window in hours, of `windowOf`
 */
export const beforeAfterOutcome = (
  metric: ComparedMetric,
  { hours, start }: HourlyCells,
  length: number,
): BeforeAfterOutcome =>
  beforeAfterOfMeans(metric, { hours: hours.map((cell) => hourOf(metric, cell)), start }, length);

/** As `beforeAfterOutcome`, from the hours' means. */
export function beforeAfterOfMeans(
  metric: ComparedMetric,
  { hours: all, start }: { hours: readonly Hour[]; start: number },
  length: number,
): BeforeAfterOutcome {
  const { kind, margin } = metric;
  if (kind === "categories" || !margin) return notTested("no test of this kind of metric");
  const usual = all
    .slice(0, start)
    .reduce<Moments>((sum, hour) => mergeMoments(sum, { ...hour, m2: 0 }), NO_MOMENTS);
  const isUp = margin.better === "lower";
  // The test is of "went up", so it is given what is worse as up.
  const turned = isUp ? all : all.map(({ n, mean }) => ({ n, mean: -mean }));
  const test = beforeAfter(turned, start, length);
  if (!test.tested) return notTested(BECAUSE[test.because]);
  const size = marginOf(metric, margin, usual.mean);
  if (size === undefined)
    return notTested("the control's mean is zero: nothing can be relative to it");
  return {
    ...outcomeOf(metric, test, { usual: usual.mean, size, length, isUp }),
    hours: { start, hours: all.map(({ n, mean }) => [n, mean]) },
  };
}

type Frame = { usual: number; size: number; length: number; isUp: boolean };

function outcomeOf(
  metric: ComparedMetric,
  test: BeforeAfterTest,
  { usual, size, length, isUp }: Frame,
): Tested & { placebo: Placebo; worse: Worsening } {
  const half = test.scale * centralT(1 - ALPHA / WINDOWS.length, test.degreesOfFreedom);
  const worse = around(test.difference, half);
  const interval = isUp ? worse : negated(worse);
  const estimate = isUp ? test.difference : -test.difference;
  // Rates are shown in points here: the hours' means are shares.
  const shown: ComparedMetric =
    metric.kind === "events"
      ? { ...metric, kind: "share", margin: null }
      : { ...metric, margin: null };
  return {
    ...onEffectScale(shown, { estimate, interval }, usual),
    test: `hour-matched before/after, ${length} hours, calibrated on windows without a deployment`,
    p: Math.min(1, 2 * Math.min(test.p, 1 - test.p)),
    judged: { interval, margin: size },
    placebo: {
      hours: length,
      windows: test.placebos.length,
      asLarge: test.asLarge,
      scale: test.scale,
    },
    worse: { difference: test.difference, p: test.p, isRegression: isRegression(test, size) },
  };
}
