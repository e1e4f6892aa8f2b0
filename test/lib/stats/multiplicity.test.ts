import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { benjaminiHochberg, holm } from "../../../src/lib/stats/multiplicity.ts";

const PS = [0.01, 0.04, 0.03, 0.005, 0.2, 0.04];
const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
const close = (found: number[], wanted: number[]): void => {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 14);
};

describe("adjusted p-values", () => {
  // statsmodels 0.15.0 multipletests(method="holm" and "fdr_bh").
  it("agree with statsmodels", () => {
    close(holm(PS), [0.05, 0.12, 0.12, 0.03, 0.2, 0.12]);
    close(benjaminiHochberg(PS), [0.03, 0.048, 0.048, 0.03, 0.2, 0.048]);
  });

  it("keep the order, lie between p and Bonferroni's, and Holm's are the stricter", () => {
    fc.assert(
      fc.property(ps, (list) => {
        const strict = holm(list);
        const lenient = benjaminiHochberg(list);
        for (const [i, p] of list.entries()) {
          expect(lenient[i]).toBeGreaterThanOrEqual(p - 1e-15);
          expect(strict[i]).toBeGreaterThanOrEqual((lenient[i] ?? 1) - 1e-12);
          expect(strict[i]).toBeLessThanOrEqual(Math.min(1, p * list.length) + 1e-12);
          for (const [j, other] of list.entries()) {
            if (p <= other) expect(strict[i]).toBeLessThanOrEqual(strict[j] ?? 1);
          }
        }
      }),
    );
  });

  it("of one test are its p, of none are none", () => {
    expect(holm([0.3])).toEqual([0.3]);
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it.each([Number.NaN, -0.1, 1.1])("refuse %s", (p) => {
    expect(() => holm([0.5, p])).toThrow(RangeError);
    expect(() => benjaminiHochberg([p])).toThrow(RangeError);
  });
});
