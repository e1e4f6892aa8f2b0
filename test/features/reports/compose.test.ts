import { describe, it } from "vitest";

import { compose, isWorthTelling } from "../../../src/features/reports/compose.ts";
import { daysOf } from "../../../src/features/reports/periods.ts";
import { overall } from "../../../src/features/reports/section/deployment.ts";
import type { Section, Tested } from "../../../src/features/reports/section/model.ts";
import { changeOf } from "../../../src/features/reports/totals.ts";
import { highlightsOf } from "../../../src/features/reports/words.ts";
import { exampleReport, exampleSections, PERIOD } from "./example.ts";

const NOTHING_ASIDE = { withoutTraffic: [], omitted: 0, incidents: [] };
const composed = (sections: readonly Section[]) => compose(daysOf(PERIOD), sections, NOTHING_ASIDE);

const tested = (p: number, verdict: Tested["verdict"] = "worse"): Tested => ({
  metric: "latencyMs",
  unit: "ms",
  n: 100,
  days: 7,
  nBefore: 100,
  daysBefore: 7,
  effect: { unit: "relative", estimate: 0.2, interval: { low: 0.1, high: 0.3 } },
  p,
  margin: 0.1,
  verdict,
  why: "because",
});

function sectionWith(change: Partial<Section>): Section {
  const [section] = exampleSections();
  if (!section) throw new Error("the example has no section");
  return {
    ...section,
    deployments: [],
    incidents: [],
    rollouts: [],
    leftovers: [],
    tests: [],
    ...change,
  };
}

describe("a report", () => {
  it("adds its prompts, day by day, the busiest first", ({ expect }) => {
    const sections = exampleSections();
    const { totals, days, prompts, previous } = composed(sections.toReversed());
    const sum = (of: (section: Section) => number): number =>
      sections.reduce((all, section) => all + of(section), 0);
    expect(totals.count).toBe(sum((one) => one.totals.count));
    expect(previous.count).toBe(sum((one) => one.previous.count));
    expect(days.map(({ day }) => day)).toEqual(daysOf(PERIOD).current.map(({ date }) => date));
    expect(days.reduce((all, { count }) => all + count, 0)).toBe(totals.count);
    const counts = prompts.map((one) => one.totals.count);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(previous.to).toBe("2026-11-08T23:00:00.000Z");
  });

  it("keeps unknown cost unknown, and known parts known", ({ expect }) => {
    const unknown = { count: 3, errors: 0, costUsd: null, costKnown: 0 };
    const known = { count: 2, errors: 1, costUsd: 0.5, costKnown: 2 };
    const of = (...all: (typeof known | typeof unknown)[]) =>
      composed(all.map((totals, i) => sectionWith({ prompt: `p${i}`, totals }))).totals;
    expect(of(unknown, unknown).costUsd).toBeNull();
    expect(of(unknown, known)).toEqual({ count: 5, errors: 1, costUsd: 0.5, costKnown: 2 });
    expect(changeOf(unknown, known)).toEqual({ count: 0.5, costUsd: null, errorRate: -0.5 });
    expect(changeOf(known, { ...unknown, count: 0 })).toEqual({
      count: null,
      costUsd: null,
      errorRate: null,
    });
  });

  it("shows a movement only where it stands among all that was tested", ({ expect }) => {
    const alone = composed([sectionWith({ tests: [tested(0.03)] })]);
    expect(alone.movers).toMatchObject([{ p: 0.03, adjustedP: 0.03 }]);
    const many = Array.from({ length: 20 }, (_, i) =>
      sectionWith({ prompt: `p${i}`, tests: [tested(i === 0 ? 0.03 : 0.5)] }),
    );
    expect(composed(many).movers).toEqual([]);
    expect(composed(many).tested).toBe(20);
    const strong = many.map((one, i) => (i === 0 ? { ...one, tests: [tested(2 ** -20)] } : one));
    expect(composed(strong).movers).toMatchObject([{ prompt: "p0", adjustedP: 20 * 2 ** -20 }]);
  });

  it("tells what got worse first", ({ expect }) => {
    const { movers } = composed([
      sectionWith({ prompt: "a", tests: [tested(1e-9, "better")] }),
      sectionWith({ prompt: "b", tests: [tested(1e-8, null)] }),
      sectionWith({ prompt: "c", tests: [tested(1e-4, "worse")] }),
    ]);
    expect(movers.map(({ prompt }) => prompt)).toEqual(["c", "a", "b"]);
  });

  it("is exact where all of it is", ({ expect }) => {
    expect(composed([sectionWith({}), sectionWith({ isExact: false })]).isExact).toBe(false);
    expect(composed([sectionWith({})]).isExact).toBe(true);
  });

  it("is worth telling when there is traffic, was some, or something happened", ({ expect }) => {
    const none = { count: 0, errors: 0, costUsd: null, costKnown: 0 };
    const silent = sectionWith({ totals: none, previous: none });
    expect(isWorthTelling(composed([]))).toBe(false);
    expect(isWorthTelling(composed([silent]))).toBe(false);
    expect(isWorthTelling(composed([{ ...silent, previous: { ...none, count: 1 } }]))).toBe(true);
    const { deployments } = exampleReport().content;
    expect(isWorthTelling(composed([{ ...silent, deployments }]))).toBe(true);
  });

  it("has highlights that fit a message", ({ expect }) => {
    const { content } = exampleReport();
    const lines = highlightsOf(content);
    expect(lines[0]).toMatch(/^4,450 generations \(\+18 %\) · cost \$23\.04 /);
    expect(lines).toContain("support/triage · production: v1 → v2: worse");
    expect(lines).toContain("3 prompts without traffic");
    const long = {
      ...content,
      movers: content.movers.flatMap((one) =>
        Array.from({ length: 50 }, () => ({ ...one, why: "x".repeat(5000) })),
      ),
    };
    expect(highlightsOf(long).length).toBeLessThanOrEqual(12);
    expect(Math.max(...highlightsOf(long).map(({ length }) => length))).toBeLessThanOrEqual(500);
  });
});

describe("the word for a deployment", () => {
  it("is worse where any metric is, and equivalent only where all are", ({ expect }) => {
    expect(overall(["better", "worse", "equivalent"])).toBe("worse");
    expect(overall(["better", "not enough data", null])).toBe("better");
    expect(overall(["equivalent", null, "equivalent"])).toBe("equivalent");
    expect(overall(["equivalent", "not enough data"])).toBe("not enough data");
    expect(overall([])).toBe("not enough data");
    expect(overall([null])).toBe("not enough data");
  });
});
