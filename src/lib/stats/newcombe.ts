import { centralZ, normalTwoSided } from "./distributions.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { type Proportion, shareOf, wilsonInterval } from "./wilson.ts";

/** Treatment share minus control share; 0.03 is three percentage points more. */
export type ProportionTest = {
  difference: number;
  interval: Interval;
  /** Pooled z; 0 when both shares are 0, or both are 1. */
  z: number;
  p: number;
  /** Cohen h: difference of 2 asin √p. About 0.2 is small, 0.5 medium, 0.8 large. */
  h: number;
};

/**
 * Compares two proportions: Newcombe's interval from two Wilson intervals (his method 10), which
 * never leaves [-1, 1] and holds for rare events, and the pooled z-test.
 *
 * @throws RangeError when counts are impossible, an arm has no trial, or confidence is outside (0, 1)
 * @see Newcombe (1998), Stat. Med. 17:873-890; Cohen (1988), Statistical Power Analysis, ch. 6
 */
export function compareProportions(
  treatment: Proportion,
  control: Proportion,
  confidence = CONFIDENCE,
): ProportionTest {
  const pT = shareOf(treatment);
  const pC = shareOf(control);
  const critical = centralZ(confidence);
  const around = { T: wilsonInterval(treatment, critical), C: wilsonInterval(control, critical) };
  const difference = pT - pC;
  const z = pooledZ(treatment, control);
  return {
    difference,
    interval: {
      low: difference - Math.hypot(pT - around.T.low, around.C.high - pC),
      high: difference + Math.hypot(around.T.high - pT, pC - around.C.low),
    },
    z,
    p: normalTwoSided(z),
    h: 2 * Math.asin(Math.sqrt(pT)) - 2 * Math.asin(Math.sqrt(pC)),
  };
}

function pooledZ(treatment: Proportion, control: Proportion): number {
  const pool = (treatment.successes + control.successes) / (treatment.trials + control.trials);
  const variance = pool * (1 - pool) * (1 / treatment.trials + 1 / control.trials);
  if (!(variance > 0)) return 0;
  return (shareOf(treatment) - shareOf(control)) / Math.sqrt(variance);
}
