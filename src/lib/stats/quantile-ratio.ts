import { LN_GAMMA, type Sketch, sortedBins } from "../sketch/sketch.ts";
import { centralZ, normalTwoSided } from "./distributions.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";

export type QuantileRatio =
  | { known: true; ratio: number; standardErrorOfLog: number; p: number; interval: Interval }
  /** Too few values beyond the quantile in an arm: "needs n >= need" in each. */
  | { known: false; because: "too-few"; need: number }
  /** The quantile or its neighbourhood is not positive: nothing to divide by. */
  | { known: false; because: "not-positive" };

/** Values that must be expected beyond the quantile: below 5 the interval covers 65 to 86 %. */
const MIN_BEYOND = 5;

/**
 * Ratio of a quantile of two arms, treatment over control, for large samples: Woodruff's standard
 * error on the log scale, interpolating inside bins.
 *
 * @param p fraction in (0, 1)
 * @param confidence fraction in (0, 1)
 * @throws RangeError outside the domain
 * @see Woodruff (1952), JASA 47:635-646
 */
export function quantileRatio(
  treatment: Sketch,
  control: Sketch,
  p: number,
  confidence = CONFIDENCE,
): QuantileRatio {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile ${p}`);
  const need = Math.ceil(MIN_BEYOND / Math.min(p, 1 - p) - 1e-6);
  if (Math.min(treatment.n, control.n) < need) {
    return { known: false, because: "too-few", need };
  }
  const z = centralZ(confidence);
  const t = lnQuantileWithError(treatment, p);
  const c = lnQuantileWithError(control, p);
  if (!t || !c) return { known: false, because: "not-positive" };
  const standardErrorOfLog = Math.hypot(t.error, c.error);
  const ln = t.ln - c.ln;
  return {
    known: true,
    ratio: Math.exp(ln),
    standardErrorOfLog,
    p: normalTwoSided(ln / standardErrorOfLog),
    interval: {
      low: Math.exp(ln - z * standardErrorOfLog),
      high: Math.exp(ln + z * standardErrorOfLog),
    },
  };
}

/** The width of the interval that tells the error: Woodruff's choice of 95 %. */
const WOODRUFF_Z = 1.96;

function lnQuantileWithError(sketch: Sketch, p: number): { ln: number; error: number } | undefined {
  const h = WOODRUFF_Z * Math.sqrt((p * (1 - p)) / sketch.n);
  const [below, ln, above] = [p - h, p, p + h].map((q) => lnQuantile(sketch, q));
  if (below === undefined || ln === undefined || above === undefined) return undefined;
  return { ln, error: (above - below) / (2 * WOODRUFF_Z) };
}

/** ln of the value at share q, between the edges of its bin by rank; undefined if not positive. */
function lnQuantile(sketch: Sketch, q: number): number | undefined {
  const rank = Math.min(1, Math.max(0, q)) * sketch.n;
  let below = 0;
  for (const [bin, count] of sortedBins(sketch)) {
    if (below + count >= rank) {
      return bin > 0 ? LN_GAMMA * (bin - 2 + (rank - below) / count) : undefined;
    }
    below += count;
  }
  return undefined;
}
