import { addCount, addToBin, placesOf, type Sketch, valueOf } from "./sketch.ts";

/*
 * Scores are mostly ratings, shares in hundredths, noughts and ones: few values, each many times. A
 * sketch tells those one by one beside its bins, so that their medians, quantiles and ties are
 * exact. Which values are told is a rule on the value alone, as with bins. "The first 50 distinct"
 * would not do: it depends on what came first, and what was left out could not be taken away again.
 */

/** Steps to a unit that are told, and how many units from zero. */
const GRIDS = [
  { perUnit: 100, reach: 1 },
  { perUnit: 20, reach: 10 },
  { perUnit: 1, reach: 100 },
];

/**
 * Whether a value is told: hundredths up to 1, twentieths up to 10, whole numbers up to 100, of
 * either sign. 741 values at most, so that a sketch stays small.
 *
 * @param unit how many whole numbers make one
 */
export const isPlain = (x: number, unit: number): boolean =>
  GRIDS.some(({ perUnit, reach }) => Math.abs(x) <= reach * unit && (x * perUnit) % unit === 0);

/**
 * Counts a value in its bin, and by itself if it is plain, in place; a negative count takes out.
 * A sketch that tells values counts all of them this way, from its first on.
 */
export function addTold(
  sketch: Sketch,
  { x, bin, unit }: { x: number; bin: number; unit: number },
  count: number,
): void {
  // Only of a sketch that has counted nothing is it known that it left nothing out.
  if (sketch.n === 0 && sketch.bins.size === 0) sketch.values ??= new Map();
  addToBin(sketch, bin, count);
  if (sketch.values && isPlain(x, unit)) addCount(sketch.values, x, count);
}

/** Most distinct values of a distribution that is told in full. */
export const MAX_DISTINCT = 50;

/**
 * How often each value occurs, ascending.
 *
 * @returns null where not every value is told, or more than 50 differ
 */
export function distributionOf(sketch: Sketch): [value: number, count: number][] | null {
  const { n, values } = sketch;
  if (!values || values.size > MAX_DISTINCT) return null;
  const told = [...values].sort(([a], [b]) => a - b);
  return told.reduce((sum, [, count]) => sum + count, 0) === n ? told : null;
}

/**
 * Counts of two sketches by ordered keys that mean the same in both: values where both tell them,
 * else bins. For tests of ranks, where equal keys are ties.
 */
export function comparableCounts(a: Sketch, b: Sketch): [Map<number, number>, Map<number, number>] {
  const untold = new Set([...untoldBins(a), ...untoldBins(b)]);
  return [countsBeside(a, untold), countsBeside(b, untold)];
}

const untoldBins = (sketch: Sketch): number[] =>
  placesOf(sketch).flatMap(({ bin, value }) => (value === null ? [bin] : []));

function countsBeside(sketch: Sketch, untold: ReadonlySet<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { bin, value, count } of placesOf(sketch)) {
    addCount(counts, value === null || untold.has(bin) ? valueOf(bin) : value, count);
  }
  return counts;
}
