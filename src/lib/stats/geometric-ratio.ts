import { CONFIDENCE, type Interval, mapInterval } from "./interval.ts";
import type { Pair } from "./moments.ts";
import type { Untested } from "./outcome.ts";
import { welch } from "./welch.ts";

/** Treatment over control, without unit: 1.1 is ten percent more. */
export type RatioTest = { tested: true; ratio: number; p: number; interval: Interval };

/**
 * Ratio of geometric means (about the ratio of medians for latency and tokens), by Welch's test on
 * the moments of the natural logarithms.
 *
 * @param logs moments of ln x, as `logMoments` gives them; x in the same unit in both arms
 * @returns untested as `welch`
 * @throws RangeError for a confidence outside (0, 1)
 * @see Bland, Altman (1996), BMJ 312:1153
 */
export function geometricRatio(logs: Pair, confidence = CONFIDENCE): RatioTest | Untested {
  const test = welch(logs, confidence);
  if (!test.tested) return test;
  return {
    tested: true,
    ratio: Math.exp(test.difference),
    p: test.p,
    interval: mapInterval(test.interval, Math.exp),
  };
}
