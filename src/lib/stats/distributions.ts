import betaln from "@stdlib/math-base-special-betaln";
import gammainc from "@stdlib/math-base-special-gammainc";
import binomialQuantileOf from "@stdlib/stats-base-dists-binomial-quantile";
import normalCdfOf from "@stdlib/stats-base-dists-normal-cdf";
import normalLogCdfOf from "@stdlib/stats-base-dists-normal-logcdf";
import normalQuantileOf from "@stdlib/stats-base-dists-normal-quantile";
import studentCdfOf from "@stdlib/stats-base-dists-t-cdf";
import studentQuantileOf from "@stdlib/stats-base-dists-t-quantile";

/*
 * The distributions the tests need, from @stdlib, which answers NaN for an impossible argument:
 * here that is a RangeError, so that no NaN travels on. Tail probabilities are computed as tails,
 * never as one minus a body, so that small p-values keep their digits.
 */

function defined(value: number, what: string): number {
  if (Number.isNaN(value)) throw new RangeError(`${what} has no value`);
  return value;
}

/** P(Z <= z) for a standard normal Z; z may be infinite. @throws RangeError for NaN */
export const normalCdf = (z: number): number => defined(normalCdfOf(z, 0, 1), `normal cdf at ${z}`);

/** ln P(Z <= z), exact far into the lower tail. @throws RangeError for NaN */
export const normalLogCdf = (z: number): number =>
  defined(normalLogCdfOf(z, 0, 1), `normal log cdf at ${z}`);

/** The z with P(Z <= z) = p. @param p in [0, 1] @throws RangeError outside it */
export const normalQuantile = (p: number): number =>
  defined(normalQuantileOf(p, 0, 1), `normal quantile at ${p}`);

/** P(|Z| >= |z|) for a standard normal Z. @throws RangeError for NaN */
export const normalTwoSided = (z: number): number => 2 * normalCdf(-Math.abs(z));

/**
 * The z of a central interval, e.g. 1.959964 for 0.95.
 *
 * @param confidence fraction in (0, 1)
 * @throws RangeError outside it
 */
export const centralZ = (confidence: number): number => normalQuantile(1 - tailOf(confidence) / 2);

/** P(T >= t) for Student's T. @param df degrees of freedom, > 0 @throws RangeError otherwise */
export const studentUpperTail = (t: number, df: number): number =>
  defined(studentCdfOf(-t, df), `t distribution at ${t} with ${df} degrees of freedom`);

/** P(|T| >= |t|) for Student's T. @param df degrees of freedom, > 0 @throws RangeError otherwise */
export const studentTwoSided = (t: number, df: number): number =>
  2 * studentUpperTail(Math.abs(t), df);

/** The t of a central interval. @param confidence fraction in (0, 1) @param df > 0 */
export const centralT = (confidence: number, df: number): number =>
  defined(
    studentQuantileOf(1 - tailOf(confidence) / 2, df),
    `t quantile with ${df} degrees of freedom`,
  );

/** P(X >= x) for chi-square. @param x >= 0 @param df > 0 @throws RangeError otherwise */
export const chiSquareUpperTail = (x: number, df: number): number =>
  defined(gammainc(x / 2, df / 2, true, true), `chi-square at ${x} with ${df} degrees of freedom`);

/**
 * The smallest k with P(X <= k) >= p for X binomial.
 *
 * @param p in [0, 1]
 * @param trials whole number >= 0
 * @param chance of one success, in [0, 1]
 * @throws RangeError otherwise
 */
export const binomialQuantile = (p: number, trials: number, chance: number): number =>
  defined(
    binomialQuantileOf(p, trials, chance),
    `binomial quantile at ${p} of ${trials} trials at ${chance}`,
  );

/** ln of the beta function. @param a > 0 @param b > 0 @throws RangeError otherwise */
export function lnBeta(a: number, b: number): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`ln beta of ${a} and ${b}`);
  return betaln(a, b);
}

function tailOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`a confidence is between 0 and 1, not ${confidence}`);
  }
  return 1 - confidence;
}
