import { centralT, studentTwoSided } from "./distributions.ts";
import { around, CONFIDENCE, type Interval } from "./interval.ts";
import { momentsOfCounts, type Pair, varianceOfMean } from "./moments.ts";
import { type Untested, untested } from "./outcome.ts";
import { satterthwaite } from "./welch.ts";

/** Counts per bin; a greater key holds greater values. Sketch bins and ratings both are. */
export type OrderedCounts = ReadonlyMap<number, number>;

export type BrunnerMunzelTest = {
  tested: true;
  /** Chance that a random treatment value is greater than a random control value, ties half. */
  auc: number;
  interval: Interval;
  /** Cliff's delta, 2 auc - 1, in [-1, 1]. */
  cliffDelta: number;
  t: number;
  degreesOfFreedom: number;
  p: number;
};

/**
 * Brunner-Munzel test (Mann-Whitney without the assumption of equal spread) on binned values.
 *
 * Values in the same bin count as ties; with 1 % bins the AUC moves by at most 0.004 at n = 50.
 *
 * @returns untested below two values in an arm, or when the placements do not vary: the arms do
 *   not overlap at all, or all values are in one bin
 * @throws RangeError for a negative count or a confidence outside (0, 1)
 * @see Brunner, Munzel (2000), Biom. J. 42:17-25; Cliff (1993), Psychol. Bull. 114:494-509
 */
export function brunnerMunzel(
  treatment: OrderedCounts,
  control: OrderedCounts,
  confidence = CONFIDENCE,
): BrunnerMunzelTest | Untested {
  const placed = placements(treatment, control);
  const nT = placed.treatment.n;
  const nC = placed.control.n;
  if (nT < 2 || nC < 2) return untested("too-few");
  const vT = varianceOfMean(placed.treatment);
  const vC = varianceOfMean(placed.control);
  if (!(vT + vC > 0)) return untested("no-variance");
  const auc = placed.treatment.mean;
  const standardError = Math.sqrt(vT + vC);
  const degreesOfFreedom = satterthwaite([vT, nT], [vC, nC]);
  const t = (auc - 0.5) / standardError;
  const { low, high } = around(auc, standardError * centralT(confidence, degreesOfFreedom));
  return {
    tested: true,
    auc,
    interval: { low: Math.max(0, low), high: Math.min(1, high) },
    cliffDelta: 2 * auc - 1,
    t,
    degreesOfFreedom,
    p: studentTwoSided(t, degreesOfFreedom),
  };
}

/** Per value, the share of the other arm that lies below it, ties half: their moments. */
function placements(treatment: OrderedCounts, control: OrderedCounts): Pair {
  const keys = [...new Set([...treatment.keys(), ...control.keys()])].sort((a, b) => a - b);
  const sizes = { T: totalOf(treatment), C: totalOf(control) };
  const inT: [number, number][] = [];
  const inC: [number, number][] = [];
  let belowT = 0;
  let belowC = 0;
  for (const key of keys) {
    const t = treatment.get(key) ?? 0;
    const c = control.get(key) ?? 0;
    if (t > 0 && sizes.C > 0) inT.push([(belowC + c / 2) / sizes.C, t]);
    if (c > 0 && sizes.T > 0) inC.push([(belowT + t / 2) / sizes.T, c]);
    belowT += t;
    belowC += c;
  }
  return { treatment: momentsOfCounts(inT), control: momentsOfCounts(inC) };
}

function totalOf(counts: OrderedCounts): number {
  let total = 0;
  for (const count of counts.values()) {
    if (!(count >= 0)) throw new RangeError(`a bin with a count of ${count}`);
    total += count;
  }
  return total;
}
