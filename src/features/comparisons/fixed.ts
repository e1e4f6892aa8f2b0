import { centralZ, normalTwoSided } from "../../lib/stats/distributions.ts";
import { geometricRatio } from "../../lib/stats/geometric-ratio.ts";
import { hedgesG } from "../../lib/stats/hedges.ts";
import { around, type Interval, mapInterval } from "../../lib/stats/interval.ts";
import { type Margin, marginOnScale } from "../../lib/stats/margins.ts";
import type { Pair } from "../../lib/stats/moments.ts";
import { compareProportions } from "../../lib/stats/newcombe.ts";
import { relativeLift } from "../../lib/stats/relative-lift.ts";
import { stratify } from "../../lib/stats/stratify.ts";
import { welch } from "../../lib/stats/welch.ts";
import { onEffectScale } from "./effect.ts";
import { eventsOutcome, needsOf } from "./live.ts";
import type { ComparedMetric, StageInput } from "./model.ts";
import { fromUntested, notTested, type Outcome } from "./outcome.ts";
import { controlMean, proportionOf, strataOf } from "./strata.ts";

/*
 * Tests of finished data, looked at once. One stage takes the table of methods; several stages with
 * different weights are compared each within itself, never by the sums of the arms.
 */

const MIN_PER_ARM = 2;

const asRelative = (interval: Interval): Interval => mapInterval(interval, (x) => x - 1);

function logTest(pair: Pair, margin: Margin, confidence: number): Outcome {
  const test = geometricRatio(pair, confidence);
  if (!test.tested) return fromUntested(test, MIN_PER_ARM);
  return {
    tested: true,
    test: "Welch's t-test on logarithms",
    effect: { unit: "relative", estimate: test.ratio - 1, interval: asRelative(test.interval) },
    p: test.p,
    judged: { interval: mapInterval(test.interval, Math.log), margin: marginOnScale(margin, 1) },
    size: null,
  };
}

function amountTest(pair: Pair, margin: Margin, confidence: number): Outcome {
  const test = relativeLift(pair, confidence);
  if (!test.tested) return fromUntested(test, MIN_PER_ARM);
  return {
    tested: true,
    test: "Welch's t-test of means, relative by the delta method",
    effect: { unit: "relative", estimate: test.lift, interval: test.interval },
    p: test.p,
    judged: { interval: test.interval, margin: marginOnScale(margin, 1) },
    size: null,
  };
}

function meanTest(pair: Pair, margin: Margin | null, confidence: number): Outcome {
  const test = welch(pair, confidence);
  if (!test.tested) return fromUntested(test, MIN_PER_ARM);
  const size = hedgesG(pair);
  return {
    tested: true,
    test: "Welch's t-test",
    effect: { unit: "unit", estimate: test.difference, interval: test.interval },
    p: test.p,
    judged: margin && { interval: test.interval, margin: marginOnScale(margin, 1) },
    size: size.tested ? { name: "Hedges g", value: size.g } : null,
  };
}

/** A difference of rates beside the control's rate, so that a margin of "twice as many" can judge it. */
function asRateRatio({ low, high }: Interval, control: number): Interval {
  const ratio = (d: number): number =>
    control + d > 0 ? Math.log((control + d) / control) : -Infinity;
  return { low: ratio(low), high: ratio(high) };
}

/** A control without an event has a rate too: half an event is supposed, as the counts' ratio does. */
const rateOf = ({ successes, trials }: { successes: number; trials: number }): number =>
  Math.max(successes, 0.5) / trials;

function proportionTest(stage: StageInput, margin: Margin, confidence: number): Outcome {
  const candidate = proportionOf(stage.candidate);
  const control = proportionOf(stage.control);
  if (candidate.trials === 0 || control.trials === 0) {
    return notTested("an arm has no values", 1);
  }
  const test = compareProportions(candidate, control, confidence);
  const isRate = margin.scale === "events";
  return {
    tested: true,
    test: "pooled z-test, Newcombe's interval",
    effect: { unit: "points", estimate: test.difference, interval: test.interval },
    p: test.p,
    judged: {
      interval: isRate ? asRateRatio(test.interval, rateOf(control)) : test.interval,
      margin: marginOnScale(margin, 1),
    },
    size: { name: "Cohen h", value: test.h },
  };
}

function oneStage(
  { kind, margin }: ComparedMetric,
  stage: StageInput,
  confidence: number,
): Outcome {
  const pair: Pair = { treatment: stage.candidate, control: stage.control };
  if (kind === "mean" || !margin) return meanTest(pair, margin, confidence);
  if (kind === "log") return logTest(pair, margin, confidence);
  return kind === "amount"
    ? amountTest(pair, margin, confidence)
    : proportionTest(stage, margin, confidence);
}

function stratified(
  metric: ComparedMetric,
  stages: readonly StageInput[],
  { designEffect, alpha }: FixedTerms,
): Outcome {
  const pooled = stratify(strataOf(stages, designEffect));
  if (!pooled) return notTested("no stage has 5 values in both arms", needsOf(metric));
  if (!(pooled.variance > 0)) return fromUntested({ tested: false, because: "no-variance" }, 0);
  const error = Math.sqrt(pooled.variance);
  const interval = around(pooled.difference, error * centralZ(1 - alpha));
  const p = normalTwoSided(pooled.difference / error);
  return {
    ...onEffectScale(metric, { estimate: pooled.difference, interval }, controlMean(stages)),
    test: testName(stages.length, designEffect),
    p,
  };
}

function testName(stages: number, designEffect: number): string {
  const within = stages > 1 ? ` of ${stages} stages, each compared within itself` : "";
  return designEffect > 1 ? `z-test${within}, widened by the design effect` : `z-test${within}`;
}

/** How finished data are tested. */
export type FixedTerms = {
  /** Factor on variances for clustered users, at least 1. */
  designEffect: number;
  /** Two-sided level of the interval. */
  alpha: number;
};

/** The test of a metric over finished stages. */
export function fixedOutcome(
  metric: ComparedMetric,
  stages: readonly StageInput[],
  terms: FixedTerms,
): Outcome {
  const { designEffect, alpha } = terms;
  const [first] = stages;
  if (!first) return notTested("the versions never ran under the split in this range");
  const isPlain = stages.length === 1 && designEffect === 1;
  if (isPlain || (metric.kind === "events" && first.share === null && stages.length === 1)) {
    return oneStage(metric, first, 1 - alpha);
  }
  if (metric.kind === "events") return eventsOutcome(metric, stages, designEffect, alpha);
  return stratified(metric, stages, terms);
}
