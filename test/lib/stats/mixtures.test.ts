import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chanceToBeat } from "../../../src/lib/stats/chance-to-beat.ts";
import { centralZ } from "../../../src/lib/stats/distributions.ts";
import {
  anytimeP,
  lnHalfNormalMixture,
  lnHarm,
  lnSafe,
  sequentialBounds,
  sequentialZ,
} from "../../../src/lib/stats/half-normal-mixture.ts";
import {
  confidenceSequence,
  halfWidthAt,
  lnDifferent,
  lnNormalMixture,
} from "../../../src/lib/stats/normal-mixture.ts";

const z = fc.double({ min: -30, max: 30, noNaN: true });
const r = fc.double({ min: -7, max: 9, noNaN: true }).map(Math.exp);
const estimate = fc.record({
  degradation: fc.double({ min: -1, max: 1, noNaN: true }),
  variance: fc.double({ min: -12, max: 0, noNaN: true }).map(Math.exp),
});
const margin = fc.double({ min: 0.01, max: 0.5, noNaN: true });

describe("the half-normal mixture", () => {
  // mpmath 1.4.1, 30 digits: quadrature of 2 φ(t; 0, r) exp(tz - t²/2) over t > 0.
  it.each([
    [0, 1, -0.34657359027997264],
    [2.5, 5.9, 2.389037868241755],
    [-3, 8, -2.4635535532847475],
    [4.1, 0.25, 2.228647820525681],
    [6, 120, 16.146491576033707],
    [-12, 40, -4.562133353527733],
    [1.3, 1e-3, 0.03259386835950771],
  ])("at z %d, r %d is the integral it stands for", (z, r, ln) => {
    expect(lnHalfNormalMixture(z, r)).toBeCloseTo(ln, 12);
  });

  // mpmath 1.4.1: root of the same integral.
  it.each([
    [3, 0.05, 2.82978791954922],
    [20, 0.05, 2.83515944646263],
    [3, 0.05 / 6, 3.57341196547264],
    [20, 0.05 / 6, 3.43448912980379],
    [5.9, 0.05, 2.76711457492107],
    [0.5, 0.001, 6.20524492476352],
  ])("reaches its boundary at r %d, alpha %d", (r, alpha, boundary) => {
    expect(sequentialZ(r, alpha)).toBeCloseTo(boundary, 12);
  });

  it("grows with z", () => {
    fc.assert(
      fc.property(z, z, r, (a, b, r) => {
        fc.pre(b - a > 1e-6);
        expect(lnHalfNormalMixture(a, r)).toBeLessThan(lnHalfNormalMixture(b, r));
      }),
    );
  });

  it("has mean 1 under its null: no bet is won on average", () => {
    // Simpson's rule over z, E exp(ln E(Z)) with Z standard normal.
    for (const r of [0.3, 3]) {
      const steps = 4000;
      const from = -12;
      const h = 32 / steps;
      let sum = 0;
      for (let i = 0; i <= steps; i++) {
        const z = from + i * h;
        const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
        sum += weight * Math.exp(lnHalfNormalMixture(z, r) - (z * z) / 2);
      }
      expect((sum * h) / 3 / Math.sqrt(2 * Math.PI)).toBeCloseTo(1, 7);
    }
  });

  it("proves harm exactly when the lower bound is above 0, safety when the upper is below m", () => {
    fc.assert(
      fc.property(estimate, margin, fc.constantFrom(0.05, 0.05 / 6, 0.001), (e, m, alpha) => {
        const bounds = sequentialBounds(e, m, alpha);
        const needed = -Math.log(alpha);
        fc.pre(Math.abs(bounds.low) > 1e-9 && Math.abs(bounds.high - m) > 1e-9);
        expect(lnHarm(e, m) >= needed).toBe(bounds.low > 0);
        expect(lnSafe(e, m) >= needed).toBe(bounds.high < m);
      }),
    );
  });

  it("judges safety as the mirror of harm", () => {
    fc.assert(
      fc.property(estimate, margin, (e, m) => {
        const mirrored = { ...e, degradation: m - e.degradation };
        expect(lnSafe(mirrored, m)).toBeCloseTo(lnHarm(e, m), 8);
      }),
    );
  });

  it("does not depend on the unit", () => {
    fc.assert(
      fc.property(estimate, margin, fc.constantFrom(1e-9, 1e-3, 1e6), (e, m, unit) => {
        const scaled = { degradation: e.degradation * unit, variance: e.variance * unit ** 2 };
        const [one, other] = [lnHarm(e, m), lnHarm(scaled, m * unit)];
        expect(Math.abs(other - one)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(one)));
      }),
    );
  });

  it.each([
    ["a margin of 0", () => lnHarm({ degradation: 1, variance: 1 }, 0)],
    ["a variance of 0", () => lnSafe({ degradation: 1, variance: 0 }, 1)],
    ["a z that is no number", () => lnHalfNormalMixture(Number.NaN, 1)],
    ["an infinite r", () => lnHalfNormalMixture(1, Infinity)],
    ["an alpha of 1", () => sequentialZ(1, 1)],
  ])("refuses %s", (_, call) => expect(call).toThrow(RangeError));
});

describe("the anytime p-value", () => {
  it("is one over E, and never more than 1", () => {
    expect(anytimeP(Math.log(20))).toBeCloseTo(0.05, 15);
    expect(anytimeP(-3)).toBe(1);
  });
});

describe("the confidence sequence", () => {
  // mpmath 1.4.1, 30 digits: quadrature of φ(t; 0, r) exp(tz - t²/2) over all t.
  it.each([
    [0, 1, -0.34657359027997264],
    [2.5, 5.9, 1.7063407434737554],
    [-3, 8, 2.9013877113318904],
    [6, 120, 15.453344396623118],
  ])("at z %d, r %d is the integral it stands for", (z, r, ln) => {
    expect(lnNormalMixture(z, r)).toBeCloseTo(ln, 12);
  });

  // mpmath 1.4.1: root of the same integral in the difference.
  it.each([
    [0.0004, 0.03, 0.05, 0.0643640873175045],
    [2.5, 0.2, 0.01, 38.2708953152364],
  ])("at variance %d, tau %d, alpha %d is as wide", (variance, tau, alpha, half) => {
    expect(halfWidthAt(variance, tau, alpha) / half).toBeCloseTo(1, 12);
  });

  it("judges a difference by its own variance and the margin", () => {
    // The second row above: z = 5/2, r = 5.9.
    const tau = 2 * Math.sqrt(5.9);
    expect(lnDifferent({ difference: 5, variance: 4 }, tau)).toBeCloseTo(1.7063407434737554, 12);
  });

  it("excludes 0 exactly when the mixture says different", () => {
    fc.assert(
      fc.property(estimate, margin, ({ degradation: difference, variance }, tau) => {
        const { low, high } = confidenceSequence({ difference, variance }, tau, 0.05);
        const lnE = lnDifferent({ difference, variance }, tau);
        fc.pre(Math.abs(lnE - Math.log(20)) > 1e-9);
        expect(low > 0 || high < 0).toBe(lnE > Math.log(20));
      }),
    );
  });

  it("is wider than the interval of one look, and narrows with the variance", () => {
    fc.assert(
      fc.property(estimate, margin, ({ variance }, tau) => {
        const half = halfWidthAt(variance, tau, 0.05);
        expect(half).toBeGreaterThan(centralZ(0.95) * Math.sqrt(variance));
        expect(halfWidthAt(variance / 2, tau, 0.05)).toBeLessThan(half);
      }),
    );
  });

  it("refuses a variance of 0", () => {
    expect(() => halfWidthAt(0, 1, 0.05)).toThrow(RangeError);
    expect(() => confidenceSequence({ difference: Number.NaN, variance: 1 }, 1, 0.05)).toThrow(
      RangeError,
    );
    expect(() => lnNormalMixture(1, 0)).toThrow(RangeError);
  });
});

describe("chance to beat control", () => {
  it("is the normal share on the better side", () => {
    // SciPy 1.17.1: norm.cdf(-1.5), norm.cdf(0.5).
    expect(chanceToBeat({ degradation: 0.3, variance: 0.04 })).toBeCloseTo(0.06680720126885807, 14);
    expect(chanceToBeat({ degradation: -1, variance: 4 })).toBeCloseTo(0.6914624612740131, 14);
    expect(() => chanceToBeat({ degradation: 0, variance: 0 })).toThrow(RangeError);
  });
});
