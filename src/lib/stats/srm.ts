import { chiSquareUpperTail, lnBeta } from "./distributions.ts";

/*
 * Sample ratio mismatch: do the arms get the shares they were given? If not, something drops or
 * moves generations of one arm, and no other number of the split can be trusted.
 */

/** Level at which a mismatch is flagged: rare, because a flag stops a rollout. */
export const SRM_ALPHA = 0.001;

/** Prior generations of the sequential test: how close to the weights a mismatch is looked for. */
const PRIOR_SIZE = 1000;

/** One arm while the weights stood still. Counts may be fractions after a design effect. */
export type ServedArm = { count: number; weight: number };

/**
 * Chi-square test of served counts against weights, for one look at finished data.
 *
 * @param arms at least two; counts >= 0, weights > 0 (they need not add up to 1)
 * @returns p; below `SRM_ALPHA` is a mismatch; 1 when nothing was served
 * @throws RangeError outside the domain
 * @see Pearson (1900); Fabijan et al., Diagnosing Sample Ratio Mismatch, KDD 2019
 */
export function srmChiSquare(arms: readonly ServedArm[]): number {
  const { total, weights } = check(arms);
  if (total === 0) return 1;
  const statistic = arms.reduce((sum, { count, weight }) => {
    const expected = (total * weight) / weights;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return chiSquareUpperTail(statistic, arms.length - 1);
}

/**
 * Evidence of a mismatch that may be looked at all the time: the Dirichlet-multinomial mixture
 * (beta-binomial for two arms), multiplied over stages.
 *
 * @param stages the arms of each stage, each with its own weights
 * @returns ln E; flag at `ln(1 / SRM_ALPHA)`
 * @throws RangeError outside the domain
 * @see Lindon, Malek (2022), NeurIPS 35, arXiv 2011.03567
 */
export const lnSrm = (stages: readonly (readonly ServedArm[])[]): number =>
  stages.reduce((sum, arms) => sum + lnStage(arms), 0);

/** Whether the sequential evidence is enough to flag. */
export const isMismatch = (lnE: number): boolean => lnE >= -Math.log(SRM_ALPHA);

/** Arm by arm against all that follow: a Dirichlet is a chain of betas. */
function lnStage(arms: readonly ServedArm[]): number {
  let { total: countLeft, weights: weightLeft } = check(arms);
  const scale = PRIOR_SIZE / weightLeft;
  let sum = 0;
  for (const { count, weight } of arms.slice(0, -1)) {
    const others = countLeft - count;
    const othersWeight = weightLeft - weight;
    const a = scale * weight;
    const b = scale * othersWeight;
    const share = weight / weightLeft;
    sum += lnBeta(a + count, b + others) - lnBeta(a, b);
    sum -= count * Math.log(share) + others * Math.log1p(-share);
    countLeft = others;
    weightLeft = othersWeight;
  }
  return sum;
}

function check(arms: readonly ServedArm[]): { total: number; weights: number } {
  let total = 0;
  let weights = 0;
  for (const { count, weight } of arms) {
    if (!(count >= 0 && weight > 0)) throw new RangeError(`${count} at a weight of ${weight}`);
    total += count;
    weights += weight;
  }
  if (!(arms.length >= 2 && Number.isFinite(total + weights))) {
    throw new RangeError("a split has at least two arms");
  }
  return { total, weights };
}
