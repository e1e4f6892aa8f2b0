import { LN_GAMMA } from "../../../lib/sketch/sketch.ts";
import type { UnitCell } from "../../../lib/stats/design-effect.ts";
import { type Moments, momentsOfSums } from "../../../lib/stats/moments.ts";
import type { Arm, Series } from "./cohort.ts";
import type { CohortMetric } from "./plan.ts";

/** Steps of a metric to its unit: ln, USD, points of a score, events. */
const STEPS_PER_UNIT: Record<CohortMetric["kind"], number> = {
  log: 1 / LN_GAMMA,
  cost: 1e9,
  score: 1e6,
  slow: 1,
  bad: 1,
};

export function totalOf(cells: Float64Array): number {
  let total = 0;
  for (let i = 0; i < cells.length; i++) total += cells[i] ?? 0;
  return total;
}

/** How many values a series holds, and for events how many were bad. */
export const countsOf = ({ n, sum }: Series): { n: number; bad: number } => ({
  n: totalOf(n),
  bad: totalOf(sum),
});

/**
 * Moments on the guardrail's own scale: ln of µs or tokens, USD, the score's unit; of an event, of
 * zeros and ones.
 */
export function momentsOfSeries({ kind }: CohortMetric, series: Series): Moments {
  const { n, bad } = countsOf(series);
  const sums = { n, sum: BigInt(bad), sumSq: series.sumSq };
  const moments = momentsOfSums(sums, STEPS_PER_UNIT[kind]);
  // A bin is told by its upper edge; its middle stands for its values.
  return kind === "log" && n > 0 ? { ...moments, mean: moments.mean - 1.5 * LN_GAMMA } : moments;
}

/** Cell by cell. A loop, because every check of every rollout makes thousands of them. */
function cellsOf(n: Float64Array, sum: Float64Array | undefined, steps: number): UnitCell[] {
  const cells: UnitCell[] = [];
  for (let i = 0; i < n.length; i++) {
    cells.push({ n: n[i] ?? 0, sum: (sum?.[i] ?? 0) / steps });
  }
  return cells;
}

/** The filled cells and the empty ones, on the scale of `momentsOfSeries` but for its origin. */
export const unitCellsOf = ({ kind }: CohortMetric, { n, sum }: Series): UnitCell[] =>
  cellsOf(n, sum, STEPS_PER_UNIT[kind]);

/** Zeros and ones of the failed generations, with cells, for event tests and their design effect. */
export const errorCellsOf = ({ errors }: Arm): UnitCell[] => cellsOf(errors.n, errors.sum, 1);

/** Served generations per cell, for the SRM test and its design effect. */
export const servedCellsOf = ({ served }: Arm): UnitCell[] => cellsOf(served, undefined, 1);

/** What the emergency rule looks at. Minutes are told apart within about four hours. */
export function errorCountOf({ errors, errorMinutes }: Arm): {
  generations: number;
  errors: number;
  errorMinutes: number;
} {
  const { n, bad } = countsOf(errors);
  return {
    generations: n,
    errors: bad,
    errorMinutes: errorMinutes.reduce((filled, n) => filled + (n > 0 ? 1 : 0), 0),
  };
}
