import {
  eventRateBounds,
  eventRateRatio,
  type EventStage,
  lnEventHarm,
  lnEventSafe,
} from "./count-mixture.ts";
import { lnHarm, lnSafe, MIN_PER_ARM, sequentialBounds } from "./half-normal-mixture.ts";
import { type Interval, mapInterval } from "./interval.ts";
import type { Untested } from "./outcome.ts";
import { type Stratum, stratify } from "./stratify.ts";
import { type Better, degradationOf } from "./verdict.ts";

/**
 * What a guardrail says at one check, recomputed from all that was seen so far. Degradation,
 * margin and interval share a scale on which positive is worse: logarithms of ratios for `log`
 * metrics and for events, otherwise the metric's unit.
 */
export type Reading = {
  tested: true;
  kind: "mean" | "events";
  degradation: number;
  margin: number;
  /** One-sided bounds, each at its level, valid at all times; unbounded when none was asked for. */
  interval: Interval;
  lnHarm: number;
  lnSafe: number;
};

export type MeanGuardrail = {
  strata: readonly Stratum[];
  /** On the scale of the strata, > 0. */
  margin: number;
  better: Better;
  /** Which minimum holds: `bounded` for scores with a range, else `continuous`. */
  values: keyof typeof MIN_PER_ARM;
  /** Level of each bound of the interval; null leaves it out, which is much quicker. */
  alpha: number | null;
};

const UNBOUNDED: Interval = { low: -Infinity, high: Infinity };

/**
 * Reads a mean: stratified over stages, then the half-normal mixture.
 *
 * @returns untested below 50 values per arm (30 for bounded scores), or when nothing varies
 * @throws RangeError outside the domain
 */
export function readMean(guardrail: MeanGuardrail): Reading | Untested {
  const { strata, margin, better, values, alpha } = guardrail;
  const pooled = stratify(strata);
  if (!pooled || Math.min(pooled.treatmentN, pooled.controlN) < MIN_PER_ARM[values]) {
    return { tested: false, because: "too-few" };
  }
  if (!(pooled.variance > 0)) return { tested: false, because: "no-variance" };
  const degradation = degradationOf(pooled.difference, better);
  const estimate = { degradation, variance: pooled.variance };
  return {
    tested: true,
    kind: "mean",
    degradation,
    margin,
    interval: alpha === null ? UNBOUNDED : sequentialBounds(estimate, margin, alpha),
    lnHarm: lnHarm(estimate, margin),
    lnSafe: lnSafe(estimate, margin),
  };
}

/**
 * Reads counts of bad events. No minimum: it acts from the first event on, and says harm 1, safe 1
 * before it.
 *
 * @param stages of the rollout, counts already divided by their design effect
 * @param marginRatio largest tolerated ratio of rates, > 1
 * @param alpha level of each bound of the interval; null leaves it out, which is much quicker
 * @throws RangeError outside the domain, or without a stage
 */
export function readEvents(
  stages: readonly EventStage[],
  marginRatio: number,
  alpha: number | null,
): Reading {
  return {
    tested: true,
    kind: "events",
    degradation: Math.log(eventRateRatio(stages)),
    margin: Math.log(marginRatio),
    interval:
      alpha === null
        ? UNBOUNDED
        : mapInterval(eventRateBounds(stages, marginRatio, alpha), Math.log),
    lnHarm: lnEventHarm(stages, marginRatio),
    lnSafe: lnEventSafe(stages, marginRatio),
  };
}
