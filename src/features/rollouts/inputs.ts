import {
  commonEffect,
  type DesignEffect,
  designEffect,
  filledCells,
  MIN_CELLS,
  shareDesignEffect,
  splitDesignEffect,
} from "../../lib/stats/design-effect.ts";
import { type Moments, momentsOfTrials, varianceOfMean } from "../../lib/stats/moments.ts";
import {
  type Cohort,
  type Arm,
  cellsOfSeries,
  countsOf,
  momentsOfSeries,
  type Series,
  type SeriesCells,
  totalOfCells,
} from "../rollups/model.ts";
import type { RolloutUnit } from "./model.ts";
import type { Guardrail } from "./terms.ts";

/*
 * From cohorts to the few sums that every test is made of. They are stored with each decision, so
 * that it can be recomputed without the cohorts.
 */

/** Sums of one guardrail in one cohort. `effect` null: too few units yet, so it does not count. */
export type StageSums = {
  share: number;
  control: Moments;
  candidate: Moments;
  /** Factors on the variances of the means; for events the two are one, the divisor of counts. */
  effect: { control: number; candidate: number } | null;
  /** Filled cells of the arm that has fewer. */
  cells: number;
};

/** Counts of one cohort for the sample ratio test. */
export type ServedSums = {
  share: number;
  control: number;
  candidate: number;
  /** Divisor of the counts; null: too few units yet. */
  effect: number | null;
};

/** Each request is drawn for itself: the formulas for independent values hold as they are. */
const isIndependent = (unit: RolloutUnit): boolean => unit === "request";

type ArmSums = { moments: Moments } & SeriesCells;

function effectOfMean({ cells, stepsPerUnit, moments }: ArmSums): DesignEffect {
  if (moments.n > 1) return designEffect(cells, varianceOfMean(moments) * stepsPerUnit ** 2);
  return { known: false, cells: filledCells(cells.n), need: MIN_CELLS };
}

const flipped = ({ n, mean, m2 }: Moments): Moments => ({ n, mean: n > 0 ? 1 - mean : 0, m2 });

/** One arm: its values, and their cells. */
function armOf({ series, isGoodShare }: Guardrail, arm: Arm, sums: Series | undefined): ArmSums {
  if (!series || !sums) {
    const { n, bad } = countsOf(arm.errors);
    return { moments: momentsOfTrials(bad, n), cells: arm.errors, stepsPerUnit: 1 };
  }
  const moments = momentsOfSeries(series, sums);
  return { moments: isGoodShare ? flipped(moments) : moments, ...cellsOfSeries(series, sums) };
}

function effectsOf({ kind }: Guardrail, control: ArmSums, candidate: ArmSums): StageSums["effect"] {
  if (kind === "events") {
    const effects = [control, candidate].map(({ cells }) => shareDesignEffect(cells));
    const common = commonEffect(effects);
    return common.known ? { control: common.effect, candidate: common.effect } : null;
  }
  const [c, t] = [effectOfMean(control), effectOfMean(candidate)];
  return c.known && t.known ? { control: c.effect, candidate: t.effect } : null;
}

/** The sums of a guardrail, cohort by cohort. @param index its place among the cohort's metrics */
export const sumsOf = (
  guardrail: Guardrail,
  cohorts: readonly Cohort[],
  unit: RolloutUnit,
): StageSums[] =>
  cohorts.map(({ plan, control, candidate }) => {
    const index = plan.metrics.findIndex(({ name }) => name === guardrail.metric);
    const c = armOf(guardrail, control, control.metrics[index]);
    const t = armOf(guardrail, candidate, candidate.metrics[index]);
    return {
      share: plan.share,
      control: c.moments,
      candidate: t.moments,
      effect: isIndependent(unit) ? { control: 1, candidate: 1 } : effectsOf(guardrail, c, t),
      cells: Math.min(filledCells(c.cells.n), filledCells(t.cells.n)),
    };
  });

function splitEffect(
  candidate: Float64Array,
  control: Float64Array,
  unit: RolloutUnit,
): number | null {
  if (isIndependent(unit)) return 1;
  const effect = splitDesignEffect(candidate, control);
  return effect.known ? effect.effect : null;
}

const ratioOf = (
  share: number,
  candidate: Float64Array,
  control: Float64Array,
  unit: RolloutUnit,
): ServedSums => ({
  share,
  control: totalOfCells(control),
  candidate: totalOfCells(candidate),
  effect: splitEffect(candidate, control, unit),
});

/** How many generations each arm served, cohort by cohort. */
export const servedSums = (cohorts: readonly Cohort[], unit: RolloutUnit): ServedSums[] =>
  cohorts.map(({ plan, control, candidate }) =>
    ratioOf(plan.share, candidate.served, control.served, unit),
  );

/** How many scores each arm got: arms that are scored unequally often cannot be compared. */
export const scoredSums = (
  guardrail: Guardrail,
  cohorts: readonly Cohort[],
  unit: RolloutUnit,
): ServedSums[] =>
  cohorts.map(({ plan, control, candidate }) => {
    const index = plan.metrics.findIndex(({ name }) => name === guardrail.metric);
    const cellsOf = (arm: Arm): Float64Array => arm.metrics[index]?.n ?? new Float64Array();
    return ratioOf(plan.share, cellsOf(candidate), cellsOf(control), unit);
  });
