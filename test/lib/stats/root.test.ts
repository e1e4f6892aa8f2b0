import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { crossing } from "../../../src/lib/stats/root.ts";

describe("a crossing", () => {
  it("is found to the last digits, steep, flat or bent", () => {
    // Python 3.11 decimal: 2^(1/3), the fixed point of cos.
    expect(crossing((x) => Math.exp(x) - 2, { low: -50, high: 50 })).toBeCloseTo(Math.LN2, 13);
    expect(crossing((x) => x ** 3 - 2, { low: -1, high: 100 })).toBeCloseTo(1.2599210498948732, 12);
    expect(crossing((x) => x - Math.cos(x), { low: 0, high: 1 })).toBeCloseTo(
      0.7390851332151607,
      14,
    );
    expect(crossing((x) => Math.atan(1e6 * (x - 0.3)), { low: -9, high: 9 })).toBeCloseTo(0.3, 13);
  });

  it("is found in fewer steps than by halving", () => {
    let calls = 0;
    crossing(
      (x) => {
        calls++;
        return Math.expm1(x - 1);
      },
      { low: -10, high: 10 },
    );
    expect(calls).toBeLessThan(25);
  });

  it("may lie at an end", () => {
    expect(crossing((x) => x, { low: 0, high: 5 })).toBe(0);
    expect(crossing((x) => x - 5, { low: 0, high: 5 })).toBeCloseTo(5, 13);
  });

  it("is between a value below and a value above, wherever it is", () => {
    const root = fc.double({ min: -99, max: 99, noNaN: true });
    fc.assert(
      fc.property(root, fc.constantFrom(1, 3, 5), (at, power) => {
        const found = crossing((x) => (x - at) ** power, { low: -100, high: 100 });
        expect(Math.abs(found - at)).toBeLessThan(1e-4);
      }),
    );
  });

  it("is not invented", () => {
    expect(() => crossing((x) => x, { low: 1, high: 2 })).toThrow(RangeError);
    expect(() => crossing((x) => x, { low: -2, high: -1 })).toThrow(RangeError);
    expect(() => crossing(() => Number.NaN, { low: 0, high: 1 })).toThrow(RangeError);
  });
});
