import { placesOf, type Sketch, valueOf } from "../../../lib/sketch/sketch.ts";
import { lowerEdge, upperEdge } from "../../../lib/stats/bins.ts";
import type { Stat } from "../cell.ts";
import type { Scale } from "../measures.ts";
import type { Bin } from "./contract.ts";

/** Bins of one picture: more would be thinner than a line. */
const MOST_BINS = 40;

type Numbers = Pick<Stat, "sketch" | "min" | "max">;

/** A bin, and which values of a sketch fall into it. */
export type Place = { low: number; high: number; holds: (of: Held) => boolean };
/** Values of a sketch: one that it tells, or all of one of its own bins. */
type Held = { bin: number; value: number | null };

const zero: Place = { low: 0, high: 0, holds: ({ bin }) => bin === 0 };

function extremesOf(stats: readonly Numbers[]): { least: number; greatest: number } | null {
  const known = stats.filter(({ sketch }) => sketch.n > 0);
  const bins = known.flatMap(({ sketch }) => [...sketch.bins.keys()]);
  if (bins.length === 0) return null;
  const mins = known.map(({ sketch, min }) => min ?? valueOf(Math.min(...sketch.bins.keys())));
  const maxs = known.map(({ sketch, max }) => max ?? valueOf(Math.max(...sketch.bins.keys())));
  return { least: Math.min(...mins), greatest: Math.max(...maxs) };
}

/**
 * Places whose edges are edges of the sketch's bins, so that every count is exact; zeros have one of
 * their own. For values that are never negative and have long tails.
 */
export function logPlaces(stats: readonly Numbers[]): Place[] {
  const extremes = extremesOf(stats);
  if (!extremes) return [];
  const positive = stats.flatMap(({ sketch }) => [...sketch.bins.keys()].filter((bin) => bin > 0));
  const hasZero = stats.some(({ sketch }) => sketch.bins.has(0));
  if (positive.length === 0) return [zero];
  const first = Math.min(...positive);
  const last = Math.max(...positive);
  const wide = Math.ceil((last - first + 1) / MOST_BINS);
  const places: Place[] = [];
  for (let bin = first; bin <= last; bin += wide) {
    const [from, to] = [bin, Math.min(last, bin + wide - 1)];
    places.push({
      low: lowerEdge(from),
      high: upperEdge(to),
      holds: ({ bin }) => bin >= from && bin <= to,
    });
  }
  return hasZero ? [zero, ...places] : places;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
  return (factor ?? 10) * power;
}

/**
 * Places of one width, at round numbers. A value within 1 % of an edge may be counted on its other
 * side, unless the sketch tells it. For scores, which people read on a plain scale.
 */
export function linearPlaces(stats: readonly Numbers[]): Place[] {
  const extremes = extremesOf(stats);
  if (!extremes) return [];
  const { least, greatest } = extremes;
  if (least === greatest) return [{ low: least, high: greatest, holds: () => true }];
  const step = niceStep((greatest - least) / (MOST_BINS / 2));
  // Half a step before, so that round values, which ratings are, lie in the middle of a place.
  const start = Math.floor(least / step + 0.5) - 0.5;
  const count = Math.ceil(greatest / step - start);
  return Array.from({ length: Math.max(1, count) }, (_, i) => {
    const [low, high] = [(start + i) * step, (start + i + 1) * step];
    const isFirst = i === 0;
    const isLast = i === Math.max(1, count) - 1;
    return {
      low,
      high,
      holds: ({ bin, value }) => {
        const x = value ?? Math.min(greatest, Math.max(least, valueOf(bin)));
        return (isFirst || x > low) && (isLast || x <= high);
      },
    };
  });
}

/** Edges lie between whole numbers, so they keep their digits however small they are. */
const edgeOf = (amount: number, { perUnit }: Scale): number =>
  Number((amount / perUnit).toPrecision(12));

/** How many values of a sketch are in each place; empty ones are left out. */
export function countIn(places: readonly Place[], sketch: Sketch, scale: Scale): Bin[] {
  const counts = places.map(() => 0);
  for (const held of placesOf(sketch)) {
    const index = places.findIndex(({ holds }) => holds(held));
    if (index >= 0) counts[index] = (counts[index] ?? 0) + held.count;
  }
  return places.flatMap(({ low, high }, i) => {
    const count = counts[i] ?? 0;
    return count === 0 ? [] : [{ low: edgeOf(low, scale), high: edgeOf(high, scale), count }];
  });
}
