import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mergeMoments, type Moments, momentsOf } from "../../../src/lib/stats/moments.ts";
import { stratify } from "../../../src/lib/stats/stratify.ts";

const arm = (n: number, mean: number, sd: number): Moments => ({ n, mean, m2: (n - 1) * sd ** 2 });

describe("stratify", () => {
  it("agrees with the sums written out", () => {
    // NumPy 2.4.6: weights nT nC/(nT+nC), the stratum of 3 against 4 left out.
    const found = stratify([
      { treatment: arm(120, 5.2, 1.1), control: arm(980, 5, 1.3) },
      { treatment: arm(400, 6.1, 1.5), control: arm(1210, 5.7, 1.2) },
      { treatment: arm(3, 50, 9), control: arm(4, 1, 1) },
      { treatment: arm(900, 4.4, 0.9), control: arm(905, 4.5, 1) },
    ]);
    expect(found?.difference).toBeCloseTo(0.11237566930052913, 13);
    expect(found?.variance).toBeCloseTo(0.0015716898911967542, 15);
    expect(found).toMatchObject({ treatmentN: 1420, controlN: 3095 });
  });

  it("is not fooled by a ramp: equal arms at two times of day differ by nothing", () => {
    // The candidate ran mostly at the slow hour: pooled it looks 0.8 slower.
    const fast = { treatment: arm(100, 1, 0.1), control: arm(900, 1, 0.1) };
    const slow = { treatment: arm(900, 2, 0.1), control: arm(100, 2, 0.1) };
    expect(stratify([fast, slow])?.difference).toBeCloseTo(0, 14);
    const pooled =
      mergeMoments(fast.treatment, slow.treatment).mean -
      mergeMoments(fast.control, slow.control).mean;
    expect(pooled).toBeCloseTo(0.8, 12);
  });

  it("lies between the differences of its strata, whatever their order", () => {
    const values = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
      minLength: 5,
      maxLength: 20,
    });
    const strata = fc.array(fc.record({ treatment: values, control: values }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(strata, (lists) => {
        const strata = lists.map(({ treatment, control }) => ({
          treatment: momentsOf(treatment),
          control: momentsOf(control),
        }));
        const apart = strata.map(({ treatment, control }) => treatment.mean - control.mean);
        const found = stratify(strata)!;
        expect(found.difference).toBeGreaterThanOrEqual(Math.min(...apart) - 1e-9);
        expect(found.difference).toBeLessThanOrEqual(Math.max(...apart) + 1e-9);
        const turned = stratify(strata.toReversed())!;
        expect(turned.difference).toBeCloseTo(found.difference, 9);
        expect(turned.variance).toBeCloseTo(found.variance, 9);
      }),
    );
  });

  it("widens by the design effect", () => {
    const stratum = { treatment: arm(50, 1, 1), control: arm(100, 1, 2) };
    const wide = stratify([{ ...stratum, designEffect: { treatment: 3, control: 2 } }]);
    expect(wide?.variance).toBeCloseTo((3 * 1) / 50 + (2 * 4) / 100, 14);
    expect(() => stratify([{ ...stratum, designEffect: { treatment: 0.9, control: 1 } }])).toThrow(
      RangeError,
    );
  });

  it("has nothing to say when every stratum has an arm below five", () => {
    expect(stratify([{ treatment: arm(4, 1, 1), control: arm(500, 1, 1) }])).toBeUndefined();
    expect(stratify([])).toBeUndefined();
  });
});
