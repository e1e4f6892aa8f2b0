import { describe, it } from "vitest";

import {
  binomialQuantile,
  centralT,
  centralZ,
  chiSquareUpperTail,
  lnBeta,
  normalLogCdf,
  studentUpperTail,
} from "../../../src/lib/stats/distributions.ts";
import { readEvents, readMean } from "../../../src/lib/stats/guardrail.ts";

describe("the statistics in workerd", () => {
  // SciPy 1.17.1, as in distributions.test.ts: the same numbers without Node.
  it("have the distributions", ({ expect }) => {
    expect(centralZ(0.95)).toBeCloseTo(1.959963984540054, 14);
    expect(centralT(0.95, 3.5)).toBeCloseTo(2.9400886379827282, 12);
    expect(studentUpperTail(5, 3.5)).toBeCloseTo(0.005275089495933888, 14);
    expect(chiSquareUpperTail(30, 3) / 1.3800570312932553e-6).toBeCloseTo(1, 11);
    expect(normalLogCdf(-38)).toBeCloseTo(-726.5572160188201, 9);
    expect(binomialQuantile(0.975, 1e7, 0.99)).toBe(9_900_616);
    expect(lnBeta(950, 50)).toBeCloseTo(-199.52499863777575, 9);
  });

  it("read guardrails", ({ expect }) => {
    const arm = (mean: number) => ({ n: 500, mean, m2: 499 * 0.36 });
    const reading = readMean({
      strata: [{ treatment: arm(7.2), control: arm(7) }],
      margin: Math.log(1.1),
      better: "lower",
      values: "continuous",
      alpha: 0.05,
    });
    expect(reading.tested && reading.interval.low > 0).toBe(true);
    const events = readEvents([{ treatmentEvents: 12, controlEvents: 150, share: 0.05 }], 2, 0.05);
    expect(Number.isFinite(events.lnHarm)).toBe(true);
  });
});
