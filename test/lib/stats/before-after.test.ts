import { describe, expect, it } from "vitest";

import {
  beforeAfter,
  type Hour,
  HISTORY_HOURS,
  isRegression,
  WINDOWS,
  windowDifference,
} from "../../../src/lib/stats/before-after.ts";
import { normalQuantile } from "../../../src/lib/stats/distributions.ts";
import { congruential, normals, uniforms } from "./draws.ts";

const DEPLOYED = 24 * 20;

/** The series of the reference program: AR(1) drift, a daily swing, +0.12 from the deployment. */
function series(): Hour[] {
  const uniform = congruential(21);
  let drift = 0;
  const hours = Array.from({ length: 24 * 22 }, (_, h): Hour => {
    drift = 0.9 * drift + 0.02 * normalQuantile(uniform());
    const n = Math.floor(20 + 30 * uniform());
    const daily = 0.1 * Math.sin((2 * Math.PI * h) / 24);
    return { n, mean: 7 + daily + drift + (h >= DEPLOYED ? 0.12 : 0) };
  });
  hours[DEPLOYED + 3] = { n: 0, mean: 0 };
  hours[DEPLOYED - 50] = { n: 0, mean: 0 };
  return hours;
}

describe("beforeAfter", () => {
  // Python 3.11 written from the definition, p from SciPy 1.17.1 t.sf.
  it.each([
    [6, 0.09690321037749106, 0.03945696987593232, 163, 0.024696056183607547, -0.035631992168366156],
    [24, 0.1291865082274202, 0.028545305349997146, 145, 0.001996738638811611, -0.05063913168138435],
  ])("agrees with the reference in a window of %d hours", (length, d, scale, windows, p, first) => {
    const test = beforeAfter(series(), DEPLOYED, length);
    expect(test.tested).toBe(true);
    if (!test.tested) return;
    expect(test.difference).toBeCloseTo(d, 12);
    expect(test.scale).toBeCloseTo(scale, 12);
    expect(test.degreesOfFreedom).toBe(6);
    expect(test.placebos).toHaveLength(windows);
    expect(test.placebos[0]).toBeCloseTo(first, 12);
    expect(test.p).toBeCloseTo(p, 12);
    expect(test.asLarge).toBe(0);
  });

  it("counts the placebo windows in which the difference was as large, either way", () => {
    const hours = series();
    const quiet = beforeAfter(hours.slice(0, DEPLOYED), DEPLOYED - 24, 24);
    if (!quiet.tested) throw new Error("history is long enough");
    const size = Math.abs(quiet.difference);
    const larger = quiet.placebos.filter((d) => d >= size || d <= -size).length;
    expect(larger).toBeGreaterThan(10);
    expect(larger).toBeLessThan(145);
    expect(quiet.asLarge).toBe(larger);
  });

  it("needs half of the placebo windows to hold data", () => {
    const from = (kept: number) =>
      series().map((hour, h) => (h < DEPLOYED - kept ? { n: 0, mean: 0 } : hour));
    // A window has a day to compare with once 24 hours are there, and its end on the next day.
    expect(beforeAfter(from(24 + 81), DEPLOYED, 6)).toMatchObject({ tested: false });
    expect(beforeAfter(from(24 + 83), DEPLOYED, 6)).toMatchObject({ tested: true });
  });

  it("raises an alarm only when surprising and large enough", () => {
    const day = beforeAfter(series(), DEPLOYED, 24);
    const quarter = beforeAfter(series(), DEPLOYED, 6);
    if (!day.tested || !quarter.tested) throw new Error("history is long enough");
    expect(isRegression(day, Math.log(1.1))).toBe(true);
    expect(isRegression(day, 0.13)).toBe(false);
    expect(isRegression(quarter, 0.05)).toBe(false);
    expect(() => isRegression(day, 0)).toThrow(RangeError);
  });

  it("takes the same hours: a daily swing alone makes no difference", () => {
    const hours = Array.from({ length: 24 * 20 }, (_, h): Hour => ({
      n: 1 + (h % 24),
      mean: h % 24,
    }));
    expect(windowDifference(hours, 24 * 15 + 5, 6)).toBeCloseTo(0, 12);
    expect(beforeAfter(hours, 24 * 15, 6)).toEqual({ tested: false, because: "no-variance" });
  });

  it("has degrees of freedom from 2 to 6 by the length of the window", () => {
    const dfOf = (length: number) => {
      const test = beforeAfter(series(), 24 * 14, length);
      return test.tested ? test.degreesOfFreedom : undefined;
    };
    expect([1, 6, 24, 48].map(dfOf)).toEqual([6, 6, 6, 2.5]);
  });

  it("says why it cannot be made", () => {
    const short = series().slice(1);
    expect(beforeAfter(short, HISTORY_HOURS - 1, 6)).toEqual({
      tested: false,
      because: "too-little-history",
    });
    const silent = series().map((hour, h) => (h >= DEPLOYED ? { n: 0, mean: 0 } : hour));
    expect(beforeAfter(silent, DEPLOYED, 6)).toEqual({ tested: false, because: "no-data" });
    const young = series().map((hour, h) => (h < DEPLOYED - 60 ? { n: 0, mean: 0 } : hour));
    expect(beforeAfter(young, DEPLOYED, 6)).toEqual({
      tested: false,
      because: "too-little-history",
    });
    expect(() => beforeAfter(series(), DEPLOYED, 49)).toThrow(RangeError);
    expect(() => beforeAfter(series(), DEPLOYED, 0)).toThrow(RangeError);
  });

  it("keeps its level under realistic drift, where the same hours of seven days alone do not", () => {
    // statistics: hourly AR(1) drift (0.9, sd 5 %), day effects 3 %, no effect. At 5 % one-sided
    // the naive z of the same difference is wrong 28 to 48 % of the time, this test 3 to 7 %.
    const uniform = uniforms(77);
    const normal = normals(uniform);
    const runs = 600;
    let calibrated = 0;
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      let drift = 0;
      let day = 0;
      const hours = Array.from({ length: 24 * 15 }, (_, h): Hour => {
        drift = 0.9 * drift + 0.05 * Math.sqrt(1 - 0.81) * normal();
        if (h % 24 === 0) day = 0.03 * normal();
        return { n: 500, mean: drift + day + (0.6 / Math.sqrt(500)) * normal() };
      });
      const test = beforeAfter(hours, 24 * 14, WINDOWS[1]);
      if (!test.tested) throw new Error("14 days are there");
      if (test.p < 0.05) calibrated++;
      const iid = (0.6 / Math.sqrt(500 * 24)) * Math.sqrt(1 + 1 / 7);
      if (test.difference / iid > 1.645) naive++;
    }
    expect(calibrated / runs).toBeGreaterThan(0.025);
    expect(calibrated / runs).toBeLessThan(0.08);
    expect(naive / runs).toBeGreaterThan(0.25);
  });
});
