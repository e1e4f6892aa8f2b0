import { forEachBin } from "./in-order.ts";

/**
 * A DDSketch over integers: counts of values in bins whose width is a fixed share of the value, so
 * that any quantile is within 1 % of the value at its rank. Plain data; merging is adding, in any
 * order and grouping, and a value can be taken out again.
 *
 * Values are scaled integers (microseconds, nano-USD, millionths), so |x| >= 1 or x = 0, and the
 * sign of a bin is the sign of its values.
 *
 * Source: Masson, Rim, Lee, DDSketch, VLDB 2019, pages 2195-2205.
 */
export type Sketch = {
  /** How many values it holds: the sum of all bins. */
  n: number;
  /** Values per bin; no bin is empty. */
  bins: Map<number, number>;
  /**
   * Those of them that are told one by one as well, see `plain.ts`: counts by value. Where a bin
   * holds nothing else, its values are exact. Absent: no value is told.
   */
  values?: Map<number, number>;
};

/** Largest relative error of a quantile. */
export const ACCURACY = 0.01;
export const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
export const LN_GAMMA = Math.log(GAMMA);

export const emptySketch = (): Sketch => ({ n: 0, bins: new Map() });

/**
 * The bin of a value: 0 for 0, otherwise `1 + ceil(log_gamma |x|)` with the sign of x.
 *
 * @throws RangeError unless x is a safe integer
 */
export function binOf(x: number): number {
  if (!Number.isSafeInteger(x)) throw new RangeError(`a sketch holds safe integers, not ${x}`);
  if (x === 0) return 0;
  const bin = 1 + Math.ceil(Math.log(Math.abs(x)) / LN_GAMMA);
  return x < 0 ? -bin : bin;
}

/** The value that stands for a bin: at most 1 % away from every value in it. */
export function valueOf(bin: number): number {
  if (bin === 0) return 0;
  const magnitude = (2 * GAMMA ** (Math.abs(bin) - 1)) / (GAMMA + 1);
  return bin < 0 ? -magnitude : magnitude;
}

/** Adds to the count of a key, in place; none is kept at zero. */
export function addCount(counts: Map<number, number>, key: number, count: number): void {
  const held = (counts.get(key) ?? 0) + count;
  if (held === 0) counts.delete(key);
  else counts.set(key, held);
}

/** Adds `count` to one bin, in place; a negative count takes out. */
export function addToBin(sketch: Sketch, bin: number, count: number): void {
  addCount(sketch.bins, bin, count);
  sketch.n += count;
}

/** Adds a value, in place. @throws RangeError as `binOf` */
export const addValue = (sketch: Sketch, x: number): void => addToBin(sketch, binOf(x), 1);

/**
 * Takes a value out again, in place. A sketch may go below zero on the way (it is then a
 * difference); what it is merged into must not.
 */
export const removeValue = (sketch: Sketch, x: number): void => addToBin(sketch, binOf(x), -1);

/** Whether it counts nothing. A difference may still hold values where all its bins are even. */
export const isNothing = ({ n, bins, values }: Sketch): boolean =>
  n === 0 && bins.size === 0 && (values === undefined || values.size === 0);

/**
 * Adds all of `from` to `into`, in place. Of a sum with a sketch that tells no values none is told.
 */
export function mergeInto(into: Sketch, from: Sketch): void {
  if (isNothing(from)) return;
  if (isNothing(into)) {
    into.n = from.n;
    into.bins = new Map(from.bins);
    if (from.values) into.values = new Map(from.values);
    else if (into.values) delete into.values;
    return;
  }
  forEachBin(from, (bin, count) => addToBin(into, bin, count));
  if (!into.values) return;
  if (from.values) for (const [x, count] of from.values) addCount(into.values, x, count);
  else delete into.values;
}

/** The sketch of both; neither is changed. */
export function merge(a: Sketch, b: Sketch): Sketch {
  const merged = emptySketch();
  mergeInto(merged, a);
  mergeInto(merged, b);
  return merged;
}

/** Bins in the order of their values. */
export const sortedBins = (sketch: Sketch): [bin: number, count: number][] =>
  [...sketch.bins].sort(([a], [b]) => a - b);

/** Values beside each other: one that is told (`value`), or all of a bin. */
export type Place = { bin: number; value: number | null; count: number };

/** The values of a sketch in their order, as exactly as it tells them. */
export function placesOf(sketch: Sketch): Place[] {
  const told = new Map<number, Place[]>();
  for (const [value, count] of sketch.values ?? []) {
    const bin = binOf(value);
    const places = told.get(bin);
    if (places) places.push({ bin, value, count });
    else told.set(bin, [{ bin, value, count }]);
  }
  return sortedBins(sketch).flatMap(([bin, count]) => {
    const places = told.get(bin) ?? [];
    // Beside a value that is not told, nobody knows which of the bin's comes first.
    const isTold = places.reduce((sum, place) => sum + place.count, 0) === count;
    if (!isTold || places.length === 0) return [{ bin, value: null, count }];
    return places.sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  });
}

/** Smallest and largest value, where known: they make the ends of the distribution exact. */
export type Bounds = { min: number | null; max: number | null };

/**
 * The value at rank `q (n - 1)`, rounded down: within 1 % of it, and never outside the bounds; the
 * value itself where the sketch tells it.
 *
 * @param q fraction from 0 to 1; 0 and 1 answer the bounds themselves where they are known
 * @returns null when the sketch is empty
 * @throws RangeError when q is outside [0, 1]
 */
export function quantile(
  sketch: Sketch,
  q: number,
  { min, max }: Bounds = { min: null, max: null },
): number | null {
  return quantiles(sketch, [q], { min, max })[0] ?? null;
}

/** Several quantiles in one pass over the bins; see `quantile`. */
export function quantiles(
  sketch: Sketch,
  qs: readonly number[],
  { min, max }: Bounds = { min: null, max: null },
): (number | null)[] {
  if (qs.some((q) => !(q >= 0 && q <= 1))) throw new RangeError(`quantiles ${qs.join(", ")}`);
  if (sketch.n <= 0) return qs.map(() => null);
  const ranks = qs.map((q) => Math.floor(q * (sketch.n - 1)));
  const found = sketch.values ? toldAtRanks(placesOf(sketch), ranks) : valuesAtRanks(sketch, ranks);
  return qs.map((q, i) => {
    if (q === 0 && min !== null) return min;
    if (q === 1 && max !== null) return max;
    return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, found[i] ?? 0));
  });
}

/** The values at ranks, from 0. */
const toldAtRanks = (places: readonly Place[], ranks: readonly number[]): number[] =>
  ranks.map((rank) => {
    let below = 0;
    const place = places.find(({ count }) => (below += count) > rank) ?? places.at(-1);
    return place?.value ?? valueOf(place?.bin ?? 0);
  });

const valuesAtRanks = (sketch: Sketch, ranks: readonly number[]): number[] => {
  const sorted = (): Sketch => ({ n: sketch.n, bins: new Map(sortedBins(sketch)) });
  return (inOnePass(sketch, ranks) ?? inOnePass(sorted(), ranks) ?? []).map(valueOf);
};

/**
 * The bins at ranks, without sorting: a sketch that was read from its text has its bins in order,
 * and series ask thousands of those.
 *
 * @returns undefined when the bins are not in order
 */
function inOnePass(sketch: Sketch, ranks: readonly number[]): number[] | undefined {
  const found = ranks.map(() => 0);
  let below = 0;
  let previous = -Infinity;
  let isInOrder = true;
  forEachBin(sketch, (bin, count) => {
    if (bin < previous) isInOrder = false;
    previous = bin;
    for (let i = 0; i < ranks.length; i++) if (below <= (ranks[i] ?? 0)) found[i] = bin;
    below += count;
  });
  return isInOrder ? found : undefined;
}
