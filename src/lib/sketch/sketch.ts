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

/** Adds `count` to one bin, in place; a negative count takes out. */
export function addToBin(sketch: Sketch, bin: number, count: number): void {
  const held = (sketch.bins.get(bin) ?? 0) + count;
  if (held === 0) sketch.bins.delete(bin);
  else sketch.bins.set(bin, held);
  sketch.n += count;
}

/** Adds a value, in place. @throws RangeError as `binOf` */
export const addValue = (sketch: Sketch, x: number): void => addToBin(sketch, binOf(x), 1);

/**
 * Takes a value out again, in place. A sketch may go below zero on the way (it is then a
 * difference); what it is merged into must not.
 */
export const removeValue = (sketch: Sketch, x: number): void => addToBin(sketch, binOf(x), -1);

/** Adds all of `from` to `into`, in place. */
export function mergeInto(into: Sketch, from: Sketch): void {
  if (into.bins.size === 0 && into.n === 0) {
    into.n = from.n;
    into.bins = new Map(from.bins);
    return;
  }
  for (const [bin, count] of from.bins) addToBin(into, bin, count);
}

/** The sketch of both; neither is changed. */
export function merge(a: Sketch, b: Sketch): Sketch {
  const merged: Sketch = { n: a.n, bins: new Map(a.bins) };
  mergeInto(merged, b);
  return merged;
}

/** Bins in the order of their values. */
export const sortedBins = (sketch: Sketch): [bin: number, count: number][] =>
  [...sketch.bins].sort(([a], [b]) => a - b);

/** Smallest and largest value, where known: they make the ends of the distribution exact. */
export type Bounds = { min: number | null; max: number | null };

/**
 * The value at rank `q (n - 1)`, rounded down: within 1 % of it, and never outside the bounds.
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
  const bins = sortedBins(sketch);
  return qs.map((q) => {
    if (q === 0 && min !== null) return min;
    if (q === 1 && max !== null) return max;
    const value = valueOf(binAtRank(bins, Math.floor(q * (sketch.n - 1))));
    return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, value));
  });
}

/** @param rank from 0 */
function binAtRank(bins: readonly [bin: number, count: number][], rank: number): number {
  let below = 0;
  for (const [bin, count] of bins) {
    below += count;
    if (below > rank) return bin;
  }
  return bins.at(-1)?.[0] ?? 0;
}
