import { describe, expect, it } from "vitest";

import {
  forecastRollout,
  hoursToDecide,
  informationPerHour,
  type PlannedGuardrail,
  type RolloutPlan,
} from "../../../src/lib/stats/forecast.ts";
import { lnHalfNormalMixture } from "../../../src/lib/stats/half-normal-mixture.ts";
import { halfWidthAt } from "../../../src/lib/stats/normal-mixture.ts";
import { informationToDecide } from "../../../src/lib/stats/passage.ts";
import {
  hoursUntil,
  samplesPerArm,
  valuesForHalfWidth,
} from "../../../src/lib/stats/sample-size.ts";
import { normals, uniforms } from "./draws.ts";

const latency: PlannedGuardrail = {
  name: "latency",
  kind: "mean",
  valuesPerHour: 400,
  sd: 0.6,
  margin: Math.log(1.1),
};
const errorsAt = (eventsPerHour: number, marginRatio: number): PlannedGuardrail => ({
  name: "errors",
  kind: "events",
  eventsPerHour,
  marginRatio,
});

describe("the information a decision takes", () => {
  it("is what simulated paths take", () => {
    // Brownian motion with drift, looked at every 1 % of its time: about 2 % later than always.
    const normal = normals(uniforms(8));
    for (const [effect, alpha] of [
      [1, 0.05],
      [2, 0.05 / 6],
    ] as const) {
      const needed = -Math.log(alpha);
      const times = Array.from({ length: 600 }, () => {
        let information = 0.01;
        let sum = effect * information + Math.sqrt(information) * normal();
        while (information < 80) {
          const z = sum / Math.sqrt(information);
          if (z > 2 && lnHalfNormalMixture(z, information) >= needed) break;
          const step = 0.01 * information;
          sum += effect * step + Math.sqrt(step) * normal();
          information += step;
        }
        return information;
      }).sort((a, b) => a - b);
      expect(times[300]! / informationToDecide(effect, alpha, "median")).toBeGreaterThan(0.92);
      expect(times[300]! / informationToDecide(effect, alpha, "median")).toBeLessThan(1.14);
      expect(times[540]! / informationToDecide(effect, alpha, "p90")).toBeGreaterThan(0.9);
      expect(times[540]! / informationToDecide(effect, alpha, "p90")).toBeLessThan(1.12);
    }
  });

  // NumPy 2.4.6 / SciPy 1.17.1, forward integration at levels that are not in the table.
  it.each([
    [1, 0.02, 7.6418, 16.8135],
    [1.5, 0.02, 3.6989, 7.4885],
    [4, 0.02, 0.8641, 1.3499],
    [1, 0.005, 10.6314, 21.0655],
    [2.5, 0.005, 2.1605, 3.625],
    [6, 0.005, 0.6471, 0.8997],
  ])("at %d margins, alpha %d is within 1 % of the reference", (effect, alpha, median, p90) => {
    expect(informationToDecide(effect, alpha, "median") / median).toBeCloseTo(1, 1.7);
    expect(Math.abs(informationToDecide(effect, alpha, "p90") / p90 - 1)).toBeLessThan(0.01);
  });

  it("falls with the effect and grows with certainty", () => {
    const effects = [1, 1.1, 1.7, 2.2, 3.5, 5, 6];
    for (const chance of ["median", "p90"] as const) {
      const needs = effects.map((effect) => informationToDecide(effect, 0.01, chance));
      expect(needs).toEqual(needs.toSorted((a, b) => b - a));
      expect(informationToDecide(1, 0.001, chance)).toBeGreaterThan(
        informationToDecide(1, 0.01, chance),
      );
    }
    expect(informationToDecide(20, 0.05, "median")).toBe(informationToDecide(6, 0.05, "median"));
  });

  it.each([
    [0.9, 0.05],
    [1, 0.5],
    [1, 1e-9],
    [Number.NaN, 0.05],
  ])("is not known for %d margins at %d", (effect, alpha) => {
    expect(() => informationToDecide(effect, alpha, "median")).toThrow(RangeError);
  });
});

describe("hours to decide", () => {
  it("are those of the worked example: ln latency, sd 0.6, +10 %, about 475 per arm", () => {
    const median = hoursToDecide(latency, 0.5, {
      effectInMargins: 1,
      alpha: 0.05,
      chance: "median",
    });
    expect(median * 200).toBeGreaterThan(430);
    expect(median * 200).toBeLessThan(480);
    const likely = hoursToDecide(latency, 0.5, { effectInMargins: 1, alpha: 0.05, chance: "p90" });
    expect(likely * 200).toBeGreaterThan(1050);
    expect(likely * 200).toBeLessThan(1130);
  });

  // NumPy 2.4.6: 4,000 simulated runs of the count test itself, bad events until safety is proven
  // when nothing is wrong; median and p90.
  it.each([
    [1.25, 0.05, 2324, 5620],
    [1.25, 0.5, 490, 1138],
    [1.5, 0.1, 369, 850],
    [1.5, 0.25, 177, 422],
    [2, 0.05, 204, 470],
    [2, 0.1, 112, 248],
    [2, 0.5, 53, 124],
  ])("foretell the count test at ratio %d, share %d", (ratio, share, median, p90) => {
    const at = (chance: "median" | "p90") =>
      hoursToDecide(errorsAt(1, ratio), share, { effectInMargins: 1, alpha: 0.05, chance });
    expect(Math.abs(at("median") / median - 1)).toBeLessThan(0.12);
    expect(Math.abs(at("p90") / p90 - 1)).toBeLessThan(0.07);
  });

  it("grow with the design effect and never end without traffic", () => {
    const clustered = { ...latency, designEffect: 3 };
    expect(informationPerHour(clustered, 0.5)).toBeCloseTo(
      informationPerHour(latency, 0.5) / 3,
      12,
    );
    const idle = { ...latency, valuesPerHour: 0 };
    const how = { effectInMargins: 1, alpha: 0.05, chance: "median" } as const;
    expect(hoursToDecide(idle, 0.5, how)).toBe(Infinity);
    expect(() => informationPerHour(latency, 1)).toThrow(RangeError);
    expect(() => informationPerHour({ ...latency, sd: 0 }, 0.5)).toThrow(RangeError);
    expect(() => informationPerHour(errorsAt(1, 1), 0.5)).toThrow(RangeError);
  });
});

describe("the forecast of a rollout", () => {
  const plan: RolloutPlan = {
    generationsPerHour: 400,
    guardrails: [latency, errorsAt(4, 2)],
    stages: [
      { share: 0.05, minHours: 2 },
      { share: 0.25, minHours: 2 },
      { share: 0.5, minHours: 2 },
    ],
    requiredToStep: [],
    alphaSafe: 0.05,
    maxHours: 48,
  };

  it("adds evidence up over stages and ends when all is proven", () => {
    const { stages, guardrails, hours, finishes } = forecastRollout(plan, "median");
    expect(stages.map(({ hours }) => hours).slice(0, 2)).toEqual([2, 2]);
    expect(stages[0]).toMatchObject({ treatmentN: 40, controlN: 760 });
    const gained = plan.guardrails.map(
      (guardrail) =>
        2 * informationPerHour(guardrail, 0.05) +
        2 * informationPerHour(guardrail, 0.25) +
        (hours - 4) * informationPerHour(guardrail, 0.5),
    );
    // Errors take longest, and stop the clock.
    expect(gained[1]).toBeCloseTo(informationToDecide(1, 0.05, "median"), 9);
    expect(guardrails[1]?.hours).toBeCloseTo(hours, 9);
    expect(guardrails[0]?.hours).toBeLessThan(hours);
    expect(finishes).toBe(true);
    expect(forecastRollout(plan, "p90").hours).toBeGreaterThan(hours);
  });

  it("stays in a stage until what it needs is proven", () => {
    const strict = forecastRollout({ ...plan, requiredToStep: ["latency"] }, "median");
    const alone = informationToDecide(1, 0.05, "median") / informationPerHour(latency, 0.05);
    expect(strict.stages[0]?.hours).toBeCloseTo(alone, 9);
  });

  it("says when it cannot finish", () => {
    const slow = {
      ...plan,
      generationsPerHour: 10,
      guardrails: [{ ...latency, valuesPerHour: 10 }],
    };
    expect(forecastRollout(slow, "median")).toMatchObject({ finishes: false });
    const mute = {
      ...plan,
      guardrails: [latency, { ...latency, name: "score", valuesPerHour: 0 }],
    };
    const never = forecastRollout(mute, "median");
    expect(never).toMatchObject({ hours: Infinity, finishes: false });
    expect(never.guardrails.map(({ hours }) => Number.isFinite(hours))).toEqual([true, false]);
    const stuck = forecastRollout({ ...mute, requiredToStep: ["score"] }, "median");
    expect(stuck.stages.map(({ hours }) => hours)).toEqual([Infinity, 0, 0]);
    expect(() => forecastRollout({ ...plan, stages: [] }, "median")).toThrow(RangeError);
  });
});

describe("sample sizes", () => {
  // statsmodels 0.15.0 NormalIndPower.solve_power(effect, alpha, power): 392.443, 2975.877.
  it("agree with statsmodels", () => {
    expect(samplesPerArm({ sd: 1, effect: 0.2 })).toBe(393);
    expect(samplesPerArm({ sd: 30, effect: 3, alpha: 0.01, power: 0.9 })).toBe(2976);
    expect(() => samplesPerArm({ sd: 1, effect: 0 })).toThrow(RangeError);
    expect(() => samplesPerArm({ sd: 1, effect: 1, alpha: 1 })).toThrow(RangeError);
  });

  it("of a live comparison give the interval its width", () => {
    const live = { sd: 0.6, share: 0.25, margin: 0.1, alpha: 0.05, designEffect: 1.5 };
    for (const halfWidth of [0.2, 0.1, 0.05]) {
      const n = valuesForHalfWidth(live, halfWidth);
      const varianceAt = (values: number) => (1.5 * 0.36) / (values * 0.25 * 0.75);
      expect(halfWidthAt(varianceAt(n), 0.1, 0.05)).toBeLessThanOrEqual(halfWidth);
      expect(halfWidthAt(varianceAt(n - 1), 0.1, 0.05)).toBeGreaterThan(halfWidth);
    }
    const independent = { sd: 0.6, share: 0.25, margin: 0.1, alpha: 0.05 };
    const ratio = valuesForHalfWidth(live, 0.05) / valuesForHalfWidth(independent, 0.05);
    expect(ratio).toBeCloseTo(1.5, 3);
    expect(() => valuesForHalfWidth({ ...live, share: 0 }, 0.1)).toThrow(RangeError);
  });

  it("become hours at present traffic", () => {
    expect(hoursUntil(1000, 400, 25)).toBe(24);
    expect(hoursUntil(1000, 1000, 0)).toBe(0);
    expect(hoursUntil(1000, 0, 0)).toBe(Infinity);
    expect(() => hoursUntil(-1, 0, 0)).toThrow(RangeError);
  });
});
