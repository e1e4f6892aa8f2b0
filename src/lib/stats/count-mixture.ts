import type { Interval } from "./interval.ts";
import { crossing } from "./root.ts";

/*
 * The sequential test for bad events (errors, refusals, slow requests, thumbs-down), counted per
 * served generation. Given that a bad event happened, who got it is a coin with a known share, so
 * the test is exact for any number of events, any split, and any course of the rate over time. It
 * leans on the split being what we think it is: the SRM test guards that.
 *
 * Sources: Lindon, Malek (2022), NeurIPS 35, arXiv 2011.03567; Lindon, Sanden, Shirikian (2022),
 * KDD, arXiv 2205.14762.
 */

/** Bad events of one stage. Counts may be fractions: they are divided by the design effect. */
export type EventStage = {
  treatmentEvents: number;
  controlEvents: number;
  /** Configured share of the treatment in this stage, in (0, 1). */
  share: number;
};

/** Prior points, in units of the log margin, and their half-normal weights. */
const POINTS = Array.from({ length: 15 }, (_, i) => 0.1 + (i * 2.9) / 14);
const RAW_WEIGHTS = POINTS.map((u) => Math.exp(-(u ** 2) / 2));
const TOTAL_WEIGHT = RAW_WEIGHTS.reduce((sum, weight) => sum + weight, 0);
const LN_WEIGHTS = RAW_WEIGHTS.map((weight) => Math.log(weight / TOTAL_WEIGHT));

/** Above this share of bad events the test of means on 0 and 1 is the stronger one. */
const MAX_EVENT_RATE = 0.2;

/**
 * Whether bad events are rare enough for the count test. It ignores the successes, so for a common
 * event it loses power to the test of means, whose margin `rateMargin` gives.
 *
 * @param baseRate bad events per generation of the frozen baseline, in [0, 1]
 * @throws RangeError outside it
 */
export function isRareEvent(baseRate: number): boolean {
  if (!(baseRate >= 0 && baseRate <= 1)) throw new RangeError(`a rate of ${baseRate}`);
  return baseRate <= MAX_EVENT_RATE;
}

/**
 * Evidence of harm, against "the rate ratio is at most 1".
 *
 * @param stages shares in (0, 1), counts >= 0; never summed over stages before
 * @param marginRatio largest tolerated ratio of bad-event rates, > 1
 * @returns ln E; harm is proven at level alpha when it is >= ln(1/alpha); 0 without any event
 * @throws RangeError outside the domain
 */
export const lnEventHarm = (stages: readonly EventStage[], marginRatio: number): number =>
  lnMixture(stages, { lnNull: 0, lnMargin: lnMarginOf(marginRatio), towards: 1 });

/**
 * Evidence of safety, against "the rate ratio is at least the margin".
 *
 * @returns ln E; safety is proven at level alpha when it is >= ln(1/alpha)
 * @throws RangeError outside the domain
 */
export function lnEventSafe(stages: readonly EventStage[], marginRatio: number): number {
  const lnMargin = lnMarginOf(marginRatio);
  return lnMixture(stages, { lnNull: lnMargin, lnMargin, towards: -1 });
}

/**
 * The rate ratio to show and to gate on: the treatment's bad-event rate over the control's, with
 * half an event added to each arm. With one stage it is ((bT+½)/(bC+½))·(1-w)/w; with several, the
 * common ratio of maximum likelihood, the added halves spread over stages by their events.
 *
 * @throws RangeError outside the domain, or without a stage
 */
export function eventRateRatio(stages: readonly EventStage[]): number {
  check(stages);
  if (stages.length === 0) throw new RangeError("no stage");
  const total = stages.reduce((sum, stage) => sum + eventsOf(stage), 0);
  const padded = stages.map((stage) => {
    const half = (total > 0 ? eventsOf(stage) / total : 1 / stages.length) / 2;
    return {
      treatmentEvents: stage.treatmentEvents + half,
      controlEvents: stage.controlEvents + half,
      share: stage.share,
    };
  });
  return Math.exp(crossing((g) => -score(padded, g), WIDEST));
}

/**
 * Bounds of the rate ratio that hold at all times, each at level alpha: what the tests above
 * cannot exclude. Harm is proven exactly when `low >= 1`, safety when `high <= marginRatio`. An
 * end beyond a factor of a million is 0 or infinite: no bound.
 *
 * @throws RangeError outside the domain
 */
export function eventRateBounds(
  stages: readonly EventStage[],
  marginRatio: number,
  alpha: number,
): Interval {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha ${alpha}`);
  const lnMargin = lnMarginOf(marginRatio);
  const past = (towards: 1 | -1) => (lnNull: number) =>
    -towards * (lnMixture(stages, { lnNull, lnMargin, towards }) + Math.log(alpha));
  const harm = past(1);
  const safe = past(-1);
  // Both grow with the null: the further it is from the counts, the surer the rejection.
  const low = harm(WIDEST.low) > 0 ? 0 : harm(WIDEST.high) < 0 ? Infinity : exclude(harm);
  const high = safe(WIDEST.high) < 0 ? Infinity : safe(WIDEST.low) > 0 ? 0 : exclude(safe);
  return { low, high };
}

const WIDEST: Interval = { low: -Math.log(1e6), high: Math.log(1e6) };
const exclude = (f: (lnNull: number) => number): number => Math.exp(crossing(f, WIDEST));

type Mixture = { lnNull: number; lnMargin: number; towards: 1 | -1 };

function lnMixture(stages: readonly EventStage[], { lnNull, lnMargin, towards }: Mixture): number {
  check(stages);
  const atNull = lnLikelihood(stages, lnNull);
  const terms = POINTS.map((u, i) => {
    const g = lnNull + towards * lnMargin * u;
    return (LN_WEIGHTS[i] ?? 0) + lnLikelihood(stages, g) - atNull;
  });
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * Of who got each event, when g is the log rate ratio. Stages add up inside the mixture: one
 * unknown ratio is common to all of them.
 */
function lnLikelihood(stages: readonly EventStage[], g: number): number {
  let sum = 0;
  for (const { treatmentEvents, controlEvents, share } of stages) {
    const odds = Math.log(share / (1 - share)) + g;
    // ln(1 / (1 + e^-odds)) and ln(1 / (1 + e^odds)), without overflow.
    const lnLess = -Math.log1p(Math.exp(-Math.abs(odds)));
    sum += treatmentEvents * (lnLess + Math.min(0, odds));
    sum += controlEvents * (lnLess - Math.max(0, odds));
  }
  return sum;
}

/** Derivative of the log likelihood in the log rate ratio. */
function score(stages: readonly EventStage[], g: number): number {
  let sum = 0;
  for (const stage of stages) {
    const odds = Math.log(stage.share / (1 - stage.share));
    sum += stage.treatmentEvents - eventsOf(stage) / (1 + Math.exp(-odds - g));
  }
  return sum;
}

const eventsOf = (stage: EventStage): number => stage.treatmentEvents + stage.controlEvents;

function lnMarginOf(marginRatio: number): number {
  if (!(marginRatio > 1 && Number.isFinite(marginRatio))) {
    throw new RangeError(`a margin ratio of ${marginRatio}`);
  }
  return Math.log(marginRatio);
}

function check(stages: readonly EventStage[]): void {
  for (const { treatmentEvents, controlEvents, share } of stages) {
    if (!(share > 0 && share < 1)) throw new RangeError(`a share of ${share}`);
    if (!(treatmentEvents >= 0 && controlEvents >= 0)) {
      throw new RangeError(`${treatmentEvents} and ${controlEvents} events`);
    }
  }
}
