import { comparableCounts } from "../../lib/sketch/plain.ts";
import { brunnerMunzel } from "../../lib/stats/brunner-munzel.ts";
import { chiSquare } from "../../lib/stats/chi-square.ts";
import { type Bounds, boundsOf } from "../../lib/stats/estimate.ts";
import type { Margin } from "../../lib/stats/margins.ts";
import { benjaminiHochberg } from "../../lib/stats/multiplicity.ts";
import { quantileRatio } from "../../lib/stats/quantile-ratio.ts";
import { type Verdict, verdictOf } from "../../lib/stats/verdict.ts";
import type { Cell } from "../rollups/model.ts";
import type { HourInputs, Placebo } from "./history.ts";
import { inputOf, sketchOf, statOf } from "./metrics.ts";
import type { Baseline, ComparedMetric, StageInput } from "./model.ts";
import {
  type EffectSize,
  type EffectUnit,
  fromUntested,
  notTested,
  type Outcome,
} from "./outcome.ts";
import { whyNoMargin, whyNot, whyTested } from "./sentences.ts";
import { armValue, type ArmValue } from "./values.ts";

/** Cells of both versions. */
export type Arms = { candidate: Cell; control: Cell };

/** "A random value of the candidate is greater than a random one of the control", ties half. */
export type ChanceGreater = { value: number; interval: Bounds; p: number };

export type QuantileRatioLine = {
  quantile: "p50" | "p95" | "p99";
  ratio: number | null;
  interval: Bounds | null;
  needs: number | null;
};

/** One metric of a comparison, told in full. */
export type MetricLine = {
  metric: string;
  unit: string;
  margin: Margin | null;
  control: ArmValue;
  candidate: ArmValue;
  effect: { unit: EffectUnit; estimate: number; interval: Bounds } | null;
  test: { name: string; p: number; adjustedP: number } | null;
  verdict: Verdict | null;
  why: string;
  needs: number | null;
  effectSize: EffectSize | null;
  chanceGreater: ChanceGreater | null;
  quantileRatios: QuantileRatioLine[] | null;
  placebo: Placebo | null;
  /** What the verdict was made from: it can be recomputed. */
  inputs: {
    stages: StageInput[];
    hours: HourInputs | null;
    judged: { low: number | null; high: number | null; margin: number } | null;
  };
};

/** A metric with what a test of it said. */
export type Judged = {
  metric: ComparedMetric;
  outcome: Outcome & { placebo?: Placebo; hours?: HourInputs };
  stages: StageInput[];
};

/** The table of categories, tested as a whole; it has no better and worse. */
export function categoriesOutcome(metric: ComparedMetric, { candidate, control }: Arms): Outcome {
  const test = chiSquare(statOf(metric, candidate).categories, statOf(metric, control).categories);
  if (!test.tested) return fromUntested(test, 5);
  return {
    tested: true,
    test: "chi-square test of the mix of categories",
    effect: null,
    p: test.p,
    judged: null,
    size: { name: "Cramér V", value: test.cramerV },
  };
}

function verdictLine({ metric, outcome }: Judged): Pick<MetricLine, "verdict" | "why" | "needs"> {
  if (!outcome.tested) {
    const why = whyNot(metric, outcome.because, outcome.needs);
    return { verdict: "not enough data", why, needs: outcome.needs };
  }
  if (metric.kind === "categories") {
    const why =
      "A mix of categories has no better or worse: read the table, the p-value and Cramér V.";
    return { verdict: null, why, needs: null };
  }
  if (!outcome.judged || !metric.margin) {
    return { verdict: "not enough data", why: whyNoMargin(metric, outcome), needs: null };
  }
  const { interval, margin } = outcome.judged;
  const verdict = verdictOf(interval, margin, metric.margin.better);
  return { verdict, why: whyTested(metric, outcome, verdict), needs: null };
}

const isNumeric = ({ kind }: ComparedMetric): boolean =>
  kind === "log" || kind === "amount" || kind === "mean";

/** @returns null where it says nothing: no numbers, too few, or all alike */
function chanceGreater(metric: ComparedMetric, { candidate, control }: Arms): ChanceGreater | null {
  if (!isNumeric(metric)) return null;
  const counts = comparableCounts(sketchOf(metric, candidate), sketchOf(metric, control));
  const test = brunnerMunzel(...counts);
  return test.tested ? { value: test.auc, interval: boundsOf(test.interval), p: test.p } : null;
}

function quantileRatios(
  metric: ComparedMetric,
  { candidate, control }: Arms,
): QuantileRatioLine[] | null {
  if (metric.kind !== "log") return null;
  return (
    [
      ["p50", 0.5],
      ["p95", 0.95],
      ["p99", 0.99],
    ] as const
  ).map(([quantile, p]) => {
    const found = quantileRatio(sketchOf(metric, candidate), sketchOf(metric, control), p);
    if (found.known) {
      return { quantile, ratio: found.ratio, interval: boundsOf(found.interval), needs: null };
    }
    const needs = found.because === "too-few" ? found.need : null;
    return { quantile, ratio: null, interval: null, needs };
  });
}

/** What stands beside the tests, where one look at the sums of the arms is allowed. */
export type Aside = "all" | "none";

function inputsOf({ outcome, stages }: Judged): MetricLine["inputs"] {
  const judged = outcome.tested ? outcome.judged : null;
  return {
    stages,
    hours: outcome.hours ?? null,
    judged: judged && { ...boundsOf(judged.interval), margin: judged.margin },
  };
}

/** The test of a metric in the words of the answer. */
function testOf({ outcome }: Judged, adjusted: number | null) {
  if (!outcome.tested) return { effect: null, test: null, effectSize: null };
  const { effect, test: name, p, size } = outcome;
  return {
    effect: effect && { ...effect, interval: boundsOf(effect.interval) },
    test: { name, p, adjustedP: adjusted ?? p },
    effectSize: size,
  };
}

function lineOf(
  judged: Judged,
  adjusted: number | null,
  { arms, baseline, aside }: { arms: Arms; baseline: Baseline | null; aside: Aside },
): MetricLine {
  const { metric, outcome } = judged;
  const isAll = aside === "all";
  return {
    metric: metric.id,
    unit: metric.unit,
    margin: metric.margin,
    control: armValue(metric, arms.control, baseline),
    candidate: armValue(metric, arms.candidate, baseline),
    ...testOf(judged, adjusted),
    ...verdictLine(judged),
    chanceGreater: isAll ? chanceGreater(metric, arms) : null,
    quantileRatios: isAll ? quantileRatios(metric, arms) : null,
    placebo: outcome.placebo ?? null,
    inputs: inputsOf(judged),
  };
}

/** Lines of all metrics, their p-values adjusted for each other. */
export function linesOf(
  judged: readonly Judged[],
  frame: { arms: Arms; baseline: Baseline | null; aside: Aside },
  adjust: (ps: readonly number[]) => number[] = benjaminiHochberg,
): MetricLine[] {
  const tested = judged.filter(({ outcome }) => outcome.tested);
  const ps = adjust(tested.map(({ outcome }) => (outcome.tested ? outcome.p : 1)));
  return judged.map((one) => {
    const place = tested.indexOf(one);
    return lineOf(one, place === -1 ? null : (ps[place] ?? null), frame);
  });
}

/** A stage as instants and cells; `share` null where nobody declared weights. */
export type CellStage = { fromMs: number; toMs: number; share: number | null; arms: Arms };

const iso = (ms: number): string => new Date(ms).toISOString();

/** The sums that a metric's tests need, stage by stage. */
export const stageInputs = (
  metric: ComparedMetric,
  stages: readonly CellStage[],
  baseline: Baseline | null,
  cap: number | null,
): StageInput[] =>
  stages.map(({ fromMs, toMs, share, arms }) => ({
    from: iso(fromMs),
    to: iso(toMs),
    share,
    candidate: inputOf(metric, arms.candidate, baseline, cap),
    control: inputOf(metric, arms.control, baseline, cap),
  }));

/** Every metric as untested for the same reason: numbers only. */
export const untestedAll = (metrics: readonly ComparedMetric[], because: string): Judged[] =>
  metrics.map((metric) => ({ metric, outcome: notTested(because), stages: [] }));
