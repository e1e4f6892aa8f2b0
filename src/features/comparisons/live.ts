import {
  eventRateBounds,
  eventRateRatio,
  type EventStage,
  isRareEvent,
  lnEventHarm,
} from "../../lib/stats/count-mixture.ts";
import { anytimeP, MIN_PER_ARM } from "../../lib/stats/half-normal-mixture.ts";
import { mapInterval } from "../../lib/stats/interval.ts";
import { marginOnScale, rateMargin } from "../../lib/stats/margins.ts";
import { confidenceSequence, lnDifferent } from "../../lib/stats/normal-mixture.ts";
import { stratify } from "../../lib/stats/stratify.ts";
import { onEffectScale } from "./effect.ts";
import { ALPHA, type ComparedMetric, type StageInput } from "./model.ts";
import { fromUntested, notTested, type Outcome } from "./outcome.ts";
import { controlMean, proportionOf, strataOf } from "./strata.ts";

/*
 * Tests that may be looked at all the time, for a split that is live: the two-sided confidence
 * sequence for means, the exact count mixture for bad events.
 */

/** Values per arm before a test of means may speak. */
export const needsOf = ({ kind }: ComparedMetric): number =>
  kind === "mean" || kind === "share" || kind === "events"
    ? MIN_PER_ARM.bounded
    : MIN_PER_ARM.continuous;

function meansOutcome(
  metric: ComparedMetric,
  stages: readonly StageInput[],
  { designEffect, control, alpha }: { designEffect: number; control: number; alpha: number },
): Outcome {
  if (!metric.margin) {
    return notTested("an always-valid interval is scaled by the margin, and none is known");
  }
  const pooled = stratify(strataOf(stages, designEffect));
  const needs = needsOf(metric);
  if (!pooled || Math.min(pooled.treatmentN, pooled.controlN) < needs) {
    return fromUntested({ tested: false, because: "too-few" }, needs);
  }
  if (!(pooled.variance > 0)) return fromUntested({ tested: false, because: "no-variance" }, 0);
  if (metric.margin.scale === "relative" && !(control > 0)) {
    return fromUntested({ tested: false, because: "baseline" }, 0);
  }
  const tau = marginOnScale(metric.margin, control);
  const interval = confidenceSequence(pooled, tau, alpha);
  return {
    ...onEffectScale(metric, { estimate: pooled.difference, interval }, control),
    test: "two-sided confidence sequence (normal mixture)",
    p: anytimeP(lnDifferent(pooled, tau)),
  };
}

function eventStages(stages: readonly StageInput[], designEffect: number): EventStage[] | null {
  const counted: EventStage[] = [];
  for (const { share, candidate, control } of stages) {
    if (share === null) return null;
    counted.push({
      treatmentEvents: proportionOf(candidate).successes / designEffect,
      controlEvents: proportionOf(control).successes / designEffect,
      share,
    });
  }
  return counted;
}

/** The other way round: what is harm to the candidate is a gain to it here. */
const swapped = ({ treatmentEvents, controlEvents, share }: EventStage): EventStage => ({
  treatmentEvents: controlEvents,
  controlEvents: treatmentEvents,
  share: 1 - share,
});

/**
 * Bad events by the exact count mixture: two one-sided bounds at half the level each.
 *
 * @param designEffect divisor of the counts, at least 1
 */
export function eventsOutcome(
  { margin }: ComparedMetric,
  stages: readonly StageInput[],
  designEffect: number,
  alpha = ALPHA,
): Outcome {
  const counted = eventStages(stages, designEffect);
  if (!counted) {
    return notTested("no weights were declared, so counts of events cannot be compared");
  }
  if (counted.length === 0 || !margin) return notTested("nothing was served under the split");
  const ratio = margin.margin;
  const interval = eventRateBounds(counted, ratio, alpha / 2);
  const lnE = Math.max(lnEventHarm(counted, ratio), lnEventHarm(counted.map(swapped), ratio));
  return {
    tested: true,
    test: "exact count mixture (always valid)",
    effect: { unit: "ratio", estimate: eventRateRatio(counted), interval },
    p: Math.min(1, 2 * anytimeP(lnE)),
    judged: { interval: mapInterval(interval, Math.log), margin: Math.log(ratio) },
    size: null,
  };
}

/** Settings of an always-valid test, fixed before the start. */
export type LiveTerms = {
  designEffect: number;
  /** Frozen mean of the control that relative margins refer to; null takes the control's own. */
  baselineMean: number | null;
  alpha: number;
};

/** The test of a metric while its split is live. */
export function liveOutcome(
  metric: ComparedMetric,
  stages: readonly StageInput[],
  { designEffect, baselineMean, alpha }: LiveTerms,
): Outcome {
  const control = controlMean(stages);
  if (metric.kind !== "events") {
    const base = metric.kind === "amount" ? (baselineMean ?? control) : control;
    return meansOutcome(metric, stages, { designEffect, control: base, alpha });
  }
  if (!metric.margin || isRareEvent(control) || control === 1) {
    return eventsOutcome(metric, stages, designEffect, alpha);
  }
  // Common events: the successes say something too, so the test of means on zeros and ones.
  const points = rateMargin(metric.margin.margin, control);
  const asShare: ComparedMetric = {
    ...metric,
    kind: "share",
    margin: { ...metric.margin, scale: "raw", margin: points },
  };
  return meansOutcome(asShare, stages, { designEffect, control, alpha });
}
