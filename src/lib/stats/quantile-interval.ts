import type { Bounds, Place, Sketch } from "../sketch/sketch.ts";
import { lowerEdge, placeOfRank, upperEdge } from "./bins.ts";
import { binomialQuantile } from "./distributions.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";

export type QuantileInterval =
  | { known: true; interval: Interval }
  /** Too few values to say anything: "needs n >= need". */
  | { known: false; n: number; need: number };

/**
 * Values needed before the interval of a quantile is shown: 20 for the median, 100 for p95 and p5,
 * 400 for p99 and p1. Below that a p99 is little else than the maximum.
 *
 * @param p fraction in (0, 1)
 * @throws RangeError outside it
 */
export function minimumForQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile ${p}`);
  const tail = Math.min(p, 1 - p);
  const expectedBeyond = tail < 0.05 - 1e-9 ? 4 : 5;
  // Rounded first: 1 - 0.9 is a little less than 0.1.
  return Math.max(20, Math.ceil(expectedBeyond / tail - 1e-6));
}

/**
 * Distribution-free interval of a quantile from order statistics, widened to the edges of the bins
 * that hold them where the sketch does not tell the values themselves; so it covers at least as often as it says.
 *
 * @param p fraction in (0, 1)
 * @param bounds smallest and largest value, where known; no end goes beyond them
 * @param confidence fraction in (0, 1)
 * @returns ends in the unit of the sketch, infinite where no order statistic bounds; or how many
 *   values it needs
 * @throws RangeError outside the domain
 * @see David, Nagaraja (2003), Order Statistics, section 7.1
 */
export function quantileInterval(
  sketch: Sketch,
  p: number,
  { min, max }: Bounds = { min: null, max: null },
  confidence = CONFIDENCE,
): QuantileInterval {
  const { n } = sketch;
  const need = minimumForQuantile(p);
  if (n < need) return { known: false, n, need };
  const ranks = rememberedRanks(n, p, confidence);
  const low = ranks.low < 1 ? -Infinity : lowerEnd(placeOfRank(sketch, ranks.low));
  const high = ranks.high > n ? Infinity : upperEnd(placeOfRank(sketch, ranks.high));
  return {
    known: true,
    interval: {
      low: low === -Infinity ? low : Math.max(low, min ?? -Infinity),
      high: high === Infinity ? high : Math.min(high, max ?? Infinity),
    },
  };
}

const lowerEnd = ({ bin, value }: Place): number => value ?? lowerEdge(bin);
const upperEnd = ({ bin, value }: Place): number => value ?? upperEdge(bin);

/** An answer asks for the same few again and again: metrics of a generation have the same n. */
const remembered = new Map<string, Interval>();
const MAX_REMEMBERED = 1000;

function rememberedRanks(n: number, p: number, confidence: number): Interval {
  const key = `${n}/${p}/${confidence}`;
  const known = remembered.get(key);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const ranks = quantileRanks(n, p, confidence);
  remembered.set(key, ranks);
  return ranks;
}

/**
 * The 1-based ranks whose values bound a quantile. A low rank of 0 or a high rank of n + 1 means
 * that no value bounds it there.
 *
 * @throws RangeError outside the domain
 */
export function quantileRanks(n: number, p: number, confidence = CONFIDENCE): Interval {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence}`);
  const tail = (1 - confidence) / 2;
  return {
    low: binomialQuantile(tail, n, p),
    high: binomialQuantile(1 - tail, n, p) + 1,
  };
}
