import { describe, it } from "vitest";

import { readReport } from "../../../src/features/reports/actions.ts";
import type { Report } from "../../../src/features/reports/contract.ts";
import { advance } from "../../../src/features/reports/make/actions.ts";
import { insertReport } from "../../../src/features/reports/store.ts";
import { lab, plant, type Planted, tellMove } from "./lab.ts";

const NOW = new Date("2026-11-23T08:30:00Z");
const MONDAY = Date.parse("2026-11-16T00:00:00Z");

/** Two weeks of generations, so many an hour; the second week of the version that came after. */
function twoWeeks(prompt: string, { perHour = 2, slower = 1 } = {}): Planted[] {
  const made: Planted[] = [];
  for (let hour = -7 * 24; hour < 7 * 24; hour++) {
    for (let i = 0; i < perHour; i++) {
      const isAfter = hour >= 0;
      const wobble = 1 + 0.05 * Math.sin(hour * 7.1 + i);
      made.push({
        prompt,
        version: isAfter ? 2 : 1,
        atMs: MONDAY + hour * 3_600_000 + i * 60_000,
        latencyMs: 800 * wobble * (isAfter ? slower : 1),
        costUsd: 0.002,
        outputTokens: 100,
        failed: i === 0 && hour % 50 === 0,
      });
    }
  }
  return made;
}

describe("a report", () => {
  it("tells of a week", async ({ expect }) => {
    const { scopeAt } = await lab(NOW);
    const scope = scopeAt(NOW);
    await plant(scope, [...twoWeeks("greet", { slower: 1.5 }), ...twoWeeks("sum")]);
    await tellMove(scope, new Date(MONDAY), { from: 1, to: 2, reason: "warmer" });
    const { id } = await insertReport(scope, {
      kind: "weekly",
      firstDay: "2026-11-16",
      lastDay: "2026-11-22",
      timeZone: "UTC",
      notify: true,
    });
    for (let run = 0; run < 4; run++) await advance(scope, id);
    const report: Report = await readReport(scope, id);
    expect(report.state).toBe("ready");
    expect(report.content?.totals).toMatchObject({ count: 2 * 2 * 7 * 24 });
    expect(report.content?.prompts.map(({ prompt }) => prompt)).toEqual(["greet", "sum"]);
    expect(
      report.content?.movers.map(({ prompt, metric, verdict }) => [prompt, metric, verdict]),
    ).toEqual([["greet", "latencyMs", "worse"]]);
    expect(report.content?.deployments).toMatchObject([
      { prompt: "greet", from: 1, to: 2, reason: "warmer" },
    ]);
  });
});
