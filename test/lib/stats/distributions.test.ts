import { describe, expect, it } from "vitest";

import {
  binomialQuantile,
  centralT,
  centralZ,
  chiSquareUpperTail,
  lnBeta,
  normalCdf,
  normalLogCdf,
  normalQuantile,
  normalTwoSided,
  studentTwoSided,
  studentUpperTail,
} from "../../../src/lib/stats/distributions.ts";

/** Equal to so many significant digits, so that tails far below 1 count too. */
const near = (found: number, wanted: number, digits: number): void => {
  expect(Math.abs(found / wanted - 1)).toBeLessThan(10 ** -digits);
};

// SciPy 1.17.1: scipy.stats.norm, t, chi2, binom; scipy.special.log_ndtr, betaln.
describe("the normal distribution", () => {
  it("has exact tails", () => {
    near(normalCdf(-8), 6.22096057427174e-16, 12);
    near(normalCdf(-37), 5.7255712225239266e-300, 11);
    near(normalTwoSided(8), 2 * 6.22096057427174e-16, 12);
    expect(normalCdf(Infinity)).toBe(1);
    expect(normalCdf(-Infinity)).toBe(0);
  });

  it.each([
    [-5, -15.064998393988727],
    [-38, -726.5572160188201],
    [-1e5, -5000000012.431865],
    [3, -0.0013508099647481925],
    [9, -1.1285884059538324e-19],
  ])("has the logarithm of its cdf at %d", (z, ln) => near(normalLogCdf(z), ln, 11));

  it("has quantiles", () => {
    near(normalQuantile(1e-10), -6.361340902404056, 8);
    near(centralZ(0.95), 1.959963984540054, 14);
    expect(normalQuantile(0.5)).toBe(0);
  });
});

describe("Student's t", () => {
  it("has exact tails for any degrees of freedom", () => {
    near(studentUpperTail(5, 3.5), 0.005275089495933888, 12);
    near(studentUpperTail(40, 1000), 5.239426077586636e-210, 10);
    near(studentTwoSided(-5, 3.5), 2 * 0.005275089495933888, 12);
  });

  it("has quantiles", () => {
    near(centralT(0.95, 3.5), 2.9400886379827282, 12);
    near(centralT(0.95, 1e6), 1.959966356814107, 12);
  });
});

it("chi-square has an exact upper tail", () => {
  near(chiSquareUpperTail(30, 3), 1.3800570312932553e-6, 12);
  expect(chiSquareUpperTail(0, 4)).toBe(1);
});

it("the binomial has quantiles for large counts", () => {
  expect(binomialQuantile(0.025, 1e6, 0.5)).toBe(499_020);
  expect(binomialQuantile(0.975, 1e7, 0.99)).toBe(9_900_616);
  expect(binomialQuantile(0.025, 10, 0.5)).toBe(2);
});

it("ln beta keeps its digits for large arguments", () => {
  near(lnBeta(1000.5, 3e6), -9013.072380311787, 11);
  near(lnBeta(950, 50), -199.52499863777575, 12);
});

it.each([
  ["a normal cdf of NaN", () => normalCdf(Number.NaN)],
  ["a quantile at 1.1", () => normalQuantile(1.1)],
  ["a confidence of 1", () => centralZ(1)],
  ["a t with no degrees of freedom", () => studentUpperTail(1, 0)],
  ["a negative chi-square", () => chiSquareUpperTail(-1, 2)],
  ["a binomial of -1 trials", () => binomialQuantile(0.5, -1, 0.5)],
  ["a beta at 0", () => lnBeta(0, 1)],
])("refuses %s", (_, call) => expect(call).toThrow(RangeError));
