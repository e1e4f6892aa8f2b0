import { centralZ } from "./distributions.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { type Proportion, shareOf } from "./wilson.ts";

export type RiskRatio =
  | { known: true; ratio: number; interval: Interval }
  /** The control's share, or a number of trials, is zero. */
  | { known: false };

/**
 * Ratio of two shares, with the interval of its logarithm. The half added to the counts of the
 * interval keeps it finite where the treatment has no successes.
 *
 * @param confidence fraction in (0, 1)
 * @throws RangeError for impossible counts
 * @see Katz, Baptista, Azen, Pike (1978), Biometrics 34:469-474, with Agresti's half (1999),
 *   Biometrics 55:597-602
 */
export function riskRatio(
  treatment: Proportion,
  control: Proportion,
  confidence = CONFIDENCE,
): RiskRatio {
  if (treatment.trials === 0 || control.trials === 0 || control.successes === 0) {
    return { known: false };
  }
  const ratio = shareOf(treatment) / shareOf(control);
  const x = treatment.successes + 0.5;
  const y = control.successes + 0.5;
  const [n, m] = [treatment.trials + 0.5, control.trials + 0.5];
  const half = centralZ(confidence) * Math.sqrt(1 / x - 1 / n + 1 / y - 1 / m);
  const centre = Math.log(x / n / (y / m));
  return {
    known: true,
    ratio,
    interval: { low: Math.exp(centre - half), high: Math.exp(centre + half) },
  };
}
