import { type Sketch, sortedBins, valueOf } from "../sketch/sketch.ts";
import { binOfRank, upperEdge } from "./bins.ts";
import { type Moments, momentsOfCounts } from "./moments.ts";
import type { Proportion } from "./wilson.ts";

/*
 * Means and shares with a threshold that was frozen before the data under test: a bin of the
 * baseline's sketch. At a bin's upper edge the split of the counts is exact.
 */

/**
 * The bin that holds the baseline's quantile; its upper edge is the threshold to freeze.
 *
 * @param baseline not empty
 * @param q fraction in [0, 1], e.g. 0.99 for the cap of a winsorised mean, 0.95 for "slow"
 * @throws RangeError for an empty baseline or q outside [0, 1]
 */
export function thresholdBin(baseline: Sketch, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q}`);
  return binOfRank(baseline, Math.floor(q * (baseline.n - 1)) + 1);
}

/**
 * Moments of min(x, cap), each value taken at the representative of its bin.
 *
 * @param capBin from `thresholdBin`; the cap is its upper edge
 * @see Dixon (1960), Ann. Math. Stat. 31:385-391
 */
export function winsorisedMoments(sketch: Sketch, capBin: number): Moments {
  const cap = upperEdge(capBin);
  return momentsOfCounts(
    sortedBins(sketch).map(([bin, count]) => [bin > capBin ? cap : valueOf(bin), count] as const),
  );
}

/** How many values lie above the threshold, exactly: the share of slow requests. */
export function tailOfSketch(sketch: Sketch, bin: number): Proportion {
  let successes = 0;
  for (const [key, count] of sketch.bins) if (key > bin) successes += count;
  return { successes, trials: sketch.n };
}
