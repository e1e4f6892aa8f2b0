import { CELLS } from "../../../lib/split/cells.ts";
import type { CohortPlan } from "./plan.ts";

/**
 * Sums of one metric in one arm: whole numbers, so that what was added can be taken away exactly.
 * Steps are of the metric: bins for `log`, nano-USD for `cost`, millionths for `score`, 1 for an
 * event.
 */
export type Series = {
  /** How many values fell into each cell; for events, how many could have been bad. */
  n: Float64Array;
  /** Their sum per cell. */
  sum: Float64Array;
  /** Of all cells together. Of events, the same as their sum. */
  sumSq: bigint;
};

/** What one version of a stage did. */
export type Arm = {
  /** Generations per cell from `fromUs` on: what the SRM test compares. */
  served: Float64Array;
  /** Failed generations from `eventsFromUs` on, of all in `n`. */
  errors: Series;
  /** Failed generations by the minute of their start, modulo the number of cells. */
  errorMinutes: Float64Array;
  /** In the order of the plan's metrics. */
  metrics: Series[];
};

export type Cohort = { plan: CohortPlan; control: Arm; candidate: Arm };

const emptySeries = (): Series => ({
  n: new Float64Array(CELLS),
  sum: new Float64Array(CELLS),
  sumSq: 0n,
});

const emptyArm = ({ metrics }: CohortPlan): Arm => ({
  served: new Float64Array(CELLS),
  errors: emptySeries(),
  errorMinutes: new Float64Array(CELLS),
  metrics: metrics.map(emptySeries),
});

export const emptyCohort = (plan: CohortPlan): Cohort => ({
  plan,
  control: emptyArm(plan),
  candidate: emptyArm(plan),
});

function addCells(into: Float64Array, from: Float64Array): void {
  for (const [cell, amount] of from.entries()) into[cell] = (into[cell] ?? 0) + amount;
}

function addSeries(into: Series, from: Series): void {
  addCells(into.n, from.n);
  addCells(into.sum, from.sum);
  into.sumSq += from.sumSq;
}

function addArm(into: Arm, from: Arm): void {
  addCells(into.served, from.served);
  addSeries(into.errors, from.errors);
  addCells(into.errorMinutes, from.errorMinutes);
  for (const [i, series] of into.metrics.entries()) {
    const more = from.metrics[i];
    if (more) addSeries(series, more);
  }
}

/** Adds the sums of another shard, in place. */
export function mergeCohortInto(into: Cohort, from: Cohort): void {
  addArm(into.control, from.control);
  addArm(into.candidate, from.candidate);
}
