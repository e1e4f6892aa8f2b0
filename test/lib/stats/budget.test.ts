import { describe, expect, it } from "vitest";

import { budgetState, hourOfWeekMeans } from "../../../src/lib/stats/budget.ts";

const state = (spent: number, remaining: number[], latched: (0.5 | 0.8 | 1 | "forecast")[] = []) =>
  budgetState({ spent, budget: 100, remaining }, latched);

describe("a budget", () => {
  it("tells each mark once", () => {
    expect(state(49, []).reached).toEqual([]);
    expect(state(50, []).reached).toEqual([0.5]);
    expect(state(85, [], [0.5])).toMatchObject({
      reached: [0.8],
      latched: [0.5, 0.8],
      share: 0.85,
    });
    expect(state(100, []).reached).toEqual([0.5, 0.8, 1]);
    expect(state(120, [], [0.5, 0.8, 1, "forecast"]).reached).toEqual([]);
  });

  it("foretells the end of the period from what is usual", () => {
    expect(state(40, [20, 30, 10])).toMatchObject({ forecast: 100, reached: [] });
    expect(state(40, [20, 30, 11])).toMatchObject({ forecast: 101, reached: ["forecast"] });
  });

  it("keeps its marks when spending is corrected down", () => {
    expect(state(40, [], [0.5]).latched).toEqual([0.5]);
  });

  it("refuses what is no budget", () => {
    expect(() => budgetState({ spent: 1, budget: 0, remaining: [] }, [])).toThrow(RangeError);
    expect(() => state(-1, [])).toThrow(RangeError);
    expect(() => state(1, [-1])).toThrow(RangeError);
  });
});

describe("the profile of a week", () => {
  it("is the mean per hour of the week, else per hour of the day, else of all", () => {
    const means = hourOfWeekMeans([
      { cost: 2, hourOfWeek: 9 },
      { cost: 4, hourOfWeek: 9 },
      { cost: 9, hourOfWeek: 33 },
      { cost: 1, hourOfWeek: 167 },
    ]);
    expect(means).toHaveLength(168);
    expect([means[9], means[33], means[57], means[0], means[167], means[23]]).toEqual([
      3, 9, 5, 4, 1, 1,
    ]);
  });

  it("of nothing is nothing", () => {
    expect(new Set(hourOfWeekMeans([]))).toEqual(new Set([0]));
    expect(() => hourOfWeekMeans([{ cost: 1, hourOfWeek: 168 }])).toThrow(RangeError);
    expect(() => hourOfWeekMeans([{ cost: Number.NaN, hourOfWeek: 1 }])).toThrow(RangeError);
  });
});
