import { type Pair, varianceOf } from "./moments.ts";
import { type Untested, untested } from "./outcome.ts";

/**
 * Hedges g: the difference of means in pooled standard deviations, corrected for small samples.
 * About 0.2 is small, 0.5 medium, 0.8 large.
 *
 * @returns untested below two values in an arm or without variance
 * @see Hedges (1981), J. Educ. Stat. 6:107-128
 */
export function hedgesG({ treatment, control }: Pair): { tested: true; g: number } | Untested {
  if (treatment.n < 2 || control.n < 2) return untested("too-few");
  const spare = treatment.n + control.n - 2;
  const pooled =
    ((treatment.n - 1) * varianceOf(treatment) + (control.n - 1) * varianceOf(control)) / spare;
  if (!(pooled > 0)) return untested("no-variance");
  const d = (treatment.mean - control.mean) / Math.sqrt(pooled);
  return { tested: true, g: d * (1 - 3 / (4 * spare - 1)) };
}
