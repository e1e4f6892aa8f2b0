import { anytimeP } from "../../lib/stats/half-normal-mixture.ts";
import { isMismatch, lnSrm, SRM_ALPHA, srmChiSquare } from "../../lib/stats/srm.ts";
import { fixedOutcome } from "./fixed.ts";
import { categoriesOutcome, type CellStage, type Judged, stageInputs } from "./judge.ts";
import { liveOutcome } from "./live.ts";
import { COST, WINSORISED_COST } from "./metrics.ts";
import type { ComparedMetric, FrozenBaseline } from "./model.ts";
import { notTested, type Outcome } from "./outcome.ts";

/** Do the arms get the shares they were given? Counts are of generations. */
export type SampleRatioCheck = {
  control: number;
  candidate: number;
  /** Of the candidate over all stages, by what was served in each; null: no weights were declared. */
  expectedShare: number | null;
  p: number;
  mismatch: boolean;
};

/**
 * The sample ratio check: one look at one finished stage by chi-square; what is live, or had several
 * stages, by the test that may be looked at all the time.
 *
 * @param designEffect divisor of the counts
 * @returns null where no weights were declared
 */
export function sampleRatio(
  stages: readonly CellStage[],
  { isLive, designEffect }: { isLive: boolean; designEffect: number },
): SampleRatioCheck | null {
  const counted: { count: number; weight: number }[][] = [];
  let control = 0;
  let candidate = 0;
  let expected = 0;
  for (const { share, arms } of stages) {
    if (share === null) return null;
    control += arms.control.n;
    candidate += arms.candidate.n;
    expected += share * (arms.control.n + arms.candidate.n);
    counted.push([
      { count: arms.candidate.n / designEffect, weight: share },
      { count: arms.control.n / designEffect, weight: 1 - share },
    ]);
  }
  const [only] = counted;
  const total = control + candidate;
  const found = { control, candidate, expectedShare: total > 0 ? expected / total : null };
  if (only && counted.length === 1 && !isLive) {
    const p = srmChiSquare(only);
    return { ...found, p, mismatch: p < SRM_ALPHA };
  }
  const lnE = lnSrm(counted);
  return { ...found, p: anytimeP(lnE), mismatch: isMismatch(lnE) };
}

/** How a randomised comparison is tested. */
export type Terms = {
  /** While it is looked at again and again; else once, at its end. */
  isLive: boolean;
  designEffect: number;
  alpha: number;
  baseline: FrozenBaseline | null;
  /** The arms did not get their shares. */
  mismatch: boolean;
};

function outcomeOf(
  metric: ComparedMetric,
  inputs: Judged["stages"],
  cells: readonly CellStage[],
  { isLive, designEffect, alpha, baseline, mismatch }: Terms,
): Outcome {
  if (mismatch) {
    return notTested(
      "the arms did not get the shares they were given, so none of their numbers can be trusted",
    );
  }
  if (metric.kind === "categories") {
    const [only] = cells;
    if (isLive)
      return notTested(
        "there is no always-valid test of categories; look again when the split has ended",
      );
    if (!only || cells.length > 1)
      return notTested("the split changed, and categories are not compared over several stages");
    return categoriesOutcome(metric, only.arms);
  }
  return isLive
    ? liveOutcome(metric, inputs, {
        designEffect,
        baselineMean: metric.id === COST ? (baseline?.costMean ?? null) : null,
        alpha,
      })
    : fixedOutcome(metric, inputs, { designEffect, alpha });
}

/** Every metric of two versions that ran under one split, with its test. */
export function judgeRandomised(
  metrics: readonly ComparedMetric[],
  cells: readonly CellStage[],
  terms: Terms,
): Judged[] {
  // While it is live the cost itself is capped, so a second line would say the same.
  const shown = metrics.filter(({ id }) => !terms.isLive || id !== WINSORISED_COST);
  return shown.map((metric) => {
    const isCapped = terms.isLive && metric.id === COST;
    const cap = isCapped ? (terms.baseline?.costCapBin ?? null) : null;
    const stages = stageInputs(metric, cells, terms.baseline, cap);
    return { metric, stages, outcome: outcomeOf(metric, stages, cells, terms) };
  });
}
