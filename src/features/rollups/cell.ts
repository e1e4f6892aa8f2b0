import { addTold } from "../../lib/sketch/plain.ts";
import { addToBin, emptySketch, mergeInto, type Sketch } from "../../lib/sketch/sketch.ts";
import { sharedPlace } from "./names.ts";
import { SCORE_UNIT } from "./score-unit.ts";

/**
 * What a bucket knows of one metric. All but the extremes form a group: what was added can be taken
 * away again, exactly. Sums are BigInt because squares of nano-USD pass 2^53 in a day.
 */
export type Stat = {
  n: number;
  sum: bigint;
  sumSq: bigint;
  /** null: unknown, or the metric has no numbers. */
  min: number | null;
  max: number | null;
  /** Empty for instants, categories and texts. Of scores it tells plain values one by one. */
  sketch: Sketch;
  /** Counts per category; only for BOOLEAN and CATEGORICAL scores. */
  categories: Map<string, number>;
  /** There were too many: all categories share 16 places, for good. */
  isCrowded?: boolean;
};

/**
 * Categories of one metric that have places of their own. Beyond that none has: a bucket must stay
 * below what D1 takes, and which ones came first must not matter.
 */
const MAX_OWN_PLACES = 1000;

/** Moves all categories into the shared places, in place. Amounts to take away find theirs there. */
function crowd(stat: Stat): void {
  if (stat.isCrowded) return;
  const own = stat.categories;
  stat.isCrowded = true;
  stat.categories = new Map();
  for (const [name, count] of own) addCategory(stat.categories, sharedPlace(name), count);
}

/** Aggregates of one version in one slot, environment and model. */
export type Cell = {
  /** Counted generations, and how many of them failed. */
  n: number;
  errors: number;
  /** Generations per minute of a 5-minute slot; stays zero at other levels. */
  minutes: number[];
  /** By the names of `METRICS` and `scoreMetric`. */
  metrics: Map<string, Stat>;
};

/**
 * What is measured of a generation. `at` is its start: first and last use are its extremes.
 * Durations in µs, money in nano-USD.
 */
export const METRICS = [
  "at",
  "latency",
  "ttft",
  "tin",
  "tout",
  "ttot",
  "cost",
  "costIn",
  "costOut",
  "costCached",
] as const;
export type Metric = (typeof METRICS)[number];

export const emptyStat = (): Stat => ({
  n: 0,
  sum: 0n,
  sumSq: 0n,
  min: null,
  max: null,
  sketch: emptySketch(),
  categories: new Map(),
});

export const emptyCell = (): Cell => ({
  n: 0,
  errors: 0,
  minutes: [0, 0, 0, 0, 0],
  metrics: new Map(),
});

export function statOf(cell: Cell, metric: string): Stat {
  const known = cell.metrics.get(metric);
  if (known) return known;
  const stat = emptyStat();
  cell.metrics.set(metric, stat);
  return stat;
}

export const lesser = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
export const greater = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

export function addCategory(categories: Map<string, number>, name: string, count: number): void {
  const held = (categories.get(name) ?? 0) + count;
  if (held === 0) categories.delete(name);
  else categories.set(name, held);
}

/** Adds everything but the extremes, in place. */
export function addAmounts(into: Stat, from: Stat): void {
  into.n += from.n;
  into.sum += from.sum;
  into.sumSq += from.sumSq;
  mergeInto(into.sketch, from.sketch);
  if (from.isCrowded) crowd(into);
  for (const [name, count] of from.categories) {
    addCategory(into.categories, into.isCrowded ? sharedPlace(name) : name, count);
  }
  if (into.categories.size > MAX_OWN_PLACES) crowd(into);
}

export function mergeStatInto(into: Stat, from: Stat): void {
  addAmounts(into, from);
  into.min = lesser(into.min, from.min);
  into.max = greater(into.max, from.max);
}

/** Adds all of `from` to `into`, in place: buckets of other slots, shards, environments or models. */
export function mergeCellInto(into: Cell, from: Cell): void {
  into.n += from.n;
  into.errors += from.errors;
  into.minutes = into.minutes.map((count, minute) => count + (from.minutes[minute] ?? 0));
  for (const [metric, stat] of from.metrics) mergeStatInto(statOf(into, metric), stat);
}

/** Drops metrics that count nothing any more. */
export function dropEmpty(cell: Cell): void {
  for (const [metric, stat] of cell.metrics) if (stat.n === 0) cell.metrics.delete(metric);
}

export const isEmptyCell = (cell: Cell): boolean => cell.n === 0 && cell.metrics.size === 0;

/** A value of a metric and the bin it falls into; null: only the sum and the extremes are kept. */
export type Counted = { value: number; bin: number | null; isScore: boolean };

/** Counts a number in everything but the extremes; `sign` -1 takes it out. */
export function countNumber(stat: Stat, { value, bin, isScore }: Counted, sign: 1 | -1): void {
  const exact = BigInt(value);
  const signed = BigInt(sign);
  stat.n += sign;
  stat.sum += signed * exact;
  if (bin === null) return;
  stat.sumSq += signed * exact * exact;
  if (isScore) addTold(stat.sketch, { x: value, bin, unit: SCORE_UNIT }, sign);
  else addToBin(stat.sketch, bin, sign);
}
