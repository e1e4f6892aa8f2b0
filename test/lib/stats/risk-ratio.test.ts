import { describe, expect, it } from "vitest";

import { riskRatio } from "../../../src/lib/stats/risk-ratio.ts";

describe("riskRatio", () => {
  it("is the ratio of the shares, with the interval of its logarithm", () => {
    const found = riskRatio({ successes: 30, trials: 100 }, { successes: 20, trials: 200 });
    if (!found.known) throw new Error("it is known");
    expect(found.ratio).toBeCloseTo(3, 12);
    // Worked out with Python 3.11's math from x = 30.5, n = 100.5, y = 20.5, m = 200.5.
    expect(found.interval.low).toBeCloseTo(1.789683, 6);
    expect(found.interval.high).toBeCloseTo(4.9228031, 6);
  });

  it("is finite where the treatment never succeeded, and unknown without a control's success", () => {
    const none = riskRatio({ successes: 0, trials: 50 }, { successes: 5, trials: 50 });
    expect(none).toMatchObject({ known: true, ratio: 0 });
    expect(none.known && none.interval.high).toBeLessThan(2);
    expect(riskRatio({ successes: 5, trials: 50 }, { successes: 0, trials: 50 }).known).toBe(false);
    expect(riskRatio({ successes: 0, trials: 0 }, { successes: 5, trials: 50 }).known).toBe(false);
  });
});
