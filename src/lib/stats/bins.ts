import { GAMMA, LN_GAMMA, type Place, placesOf, type Sketch } from "../sketch/sketch.ts";
import { type Moments, momentsOfCounts } from "./moments.ts";

/*
 * What tests take from a sketch. Values are in the sketch's own integers (microseconds, nano-USD,
 * millionths of a score); bin b > 0 holds the values in (gamma^(b-2), gamma^(b-1)].
 */

/** The greatest value that falls into a bin. */
export function upperEdge(bin: number): number {
  if (bin === 0) return 0;
  return bin > 0 ? GAMMA ** (bin - 1) : -(GAMMA ** (-bin - 2));
}

/** The bound below a bin: its values are greater, or equal where they are not positive. */
export function lowerEdge(bin: number): number {
  if (bin === 0) return 0;
  return bin > 0 ? GAMMA ** (bin - 2) : -(GAMMA ** (-bin - 1));
}

/**
 * Where the value of 1-based rank `rank` is: in a bin, and at which value if the sketch tells it.
 *
 * @param rank from 1 to the sketch's n
 * @throws RangeError outside it
 */
export function placeOfRank(sketch: Sketch, rank: number): Place {
  if (!(rank >= 1 && rank <= sketch.n)) throw new RangeError(`rank ${rank} of ${sketch.n}`);
  let below = 0;
  for (const place of placesOf(sketch)) {
    below += place.count;
    if (below >= rank) return place;
  }
  throw new RangeError("the bins hold fewer values than the sketch says");
}

/** The bin that holds the value of 1-based rank `rank`; see `placeOfRank`. */
export const binOfRank = (sketch: Sketch, rank: number): number => placeOfRank(sketch, rank).bin;

/** Logarithms of the positive values, and how many values were left out for not being positive. */
export type LogMoments = { logs: Moments; notPositive: number };

/**
 * Moments of ln x over the positive values, each taken at the middle of its bin on the log scale.
 * The mean is off by less than 0.0007, alike in both arms, so it cancels in a difference.
 */
export function logMoments(sketch: Sketch): LogMoments {
  let notPositive = 0;
  const positive: [number, number][] = [];
  for (const [bin, count] of sketch.bins) {
    if (bin > 0) positive.push([LN_GAMMA * (bin - 1.5), count]);
    else notPositive += count;
  }
  // In the order of the bins, so that equal sketches give equal bits.
  positive.sort(([a], [b]) => a - b);
  return { logs: momentsOfCounts(positive), notPositive };
}

/** Above this share of zeros a metric is compared by its plain mean: logs would leave out too much. */
export const MAX_ZERO_SHARE = 0.05;

/** Whether logs may stand for the metric. @returns true for no values at all */
export const mayUseLogs = ({ logs, notPositive }: LogMoments): boolean =>
  notPositive <= MAX_ZERO_SHARE * (logs.n + notPositive);
