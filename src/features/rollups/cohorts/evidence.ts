import { LN_GAMMA } from "../../../lib/sketch/sketch.ts";
import { filledCells, type UnitCells } from "../../../lib/stats/design-effect.ts";
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

/** All cells together. */
export function totalOfCells(cells: Float64Array): number {
  let total = 0;
  for (let i = 0; i < cells.length; i++) total += cells[i] ?? 0;
  return total;
}

/** How many values a series holds, and for events how many were bad. */
export const countsOf = ({ n, sum }: Series): { n: number; bad: number } => ({
  n: totalOfCells(n),
  bad: totalOfCells(sum),
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

/** Cells of a series in its steps; `stepsPerUnit` of them are one on the scale of `momentsOfSeries`. */
export type SeriesCells = { cells: UnitCells; stepsPerUnit: number };

/** The filled cells and the empty ones, not from the same origin as `momentsOfSeries`. */
export const cellsOfSeries = ({ kind }: CohortMetric, { n, sum }: Series): SeriesCells => ({
  cells: { n, sum },
  stepsPerUnit: STEPS_PER_UNIT[kind],
});

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
    errorMinutes: filledCells(errorMinutes),
  };
}
