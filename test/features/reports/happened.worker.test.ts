import { describe, it } from "vitest";

import { incidents } from "../../../src/features/monitors/tables.ts";
import { readReport } from "../../../src/features/reports/actions.ts";
import { advance } from "../../../src/features/reports/make/actions.ts";
import { insertReport } from "../../../src/features/reports/store.ts";
import { addDays } from "../../../src/lib/time/zone.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { lab, MONDAY, plant } from "./lab.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday morning. */
const NOW = new Date("2026-11-23T08:30:00Z");
const WEEK = { firstDay: "2026-11-16", lastDay: "2026-11-22", timeZone: "UTC" };

const weekly = (scope: Scope) => insertReport(scope, { ...WEEK, kind: "weekly", notify: true });

const openIncident = async (
  { db, tenant }: Scope,
  id: string,
  {
    prompt,
    openedAt,
    resolvedAt,
  }: { prompt: string | null; openedAt: number; resolvedAt: number | null },
): Promise<void> => {
  await db.insert(incidents).values({
    project: tenant,
    id,
    monitor: "mon_1",
    monitorName: "budget",
    kind: "budget",
    state: resolvedAt === null ? "open" : "resolved",
    severity: "warning",
    prompt,
    label: null,
    version: null,
    deployment: null,
    summary: "spent",
    muted: false,
    openedAt: new Date(openedAt),
    resolvedAt: resolvedAt === null ? null : new Date(resolvedAt),
    evidence: {} as never,
  });
};

describe("incidents of the period", () => {
  it("are told with their prompt, or beside them, also of a prompt without traffic", async ({
    expect,
  }) => {
    const { scopeAt } = await lab(NOW);
    const scope = scopeAt(NOW);
    await plant(scope, [{ prompt: "greet", version: 1, atMs: MONDAY + DAY_MS }]);
    const open = (id: string, prompt: string | null, from: number, to: number | null) =>
      openIncident(scope, id, { prompt, openedAt: from, resolvedAt: to });
    await open("inc_1", "greet", MONDAY - DAY_MS, MONDAY + HOUR_MS);
    await open("inc_2", "quiet", MONDAY + DAY_MS, null);
    await open("inc_3", null, MONDAY + 2 * DAY_MS, null);
    await open("inc_4", "greet", MONDAY - 2 * DAY_MS, MONDAY - DAY_MS);
    await open("inc_5", "greet", MONDAY + 8 * DAY_MS, null);
    const { id } = await weekly(scope);
    for (let run = 0; run < 2; run++) await advance(scope, id);
    const { content, highlights } = await readReport(scope, id);
    expect(content?.incidents.map((one) => [one.id, one.prompt])).toEqual([
      ["inc_1", "greet"],
      ["inc_2", "quiet"],
      ["inc_3", null],
    ]);
    expect(content?.prompts.map(({ prompt }) => prompt)).toEqual(["greet", "quiet"]);
    expect(highlights).toContain("Open incident budget: spent");
  });
});

describe("rollouts of the period", () => {
  it("are told with what came of them", async ({ expect }) => {
    const now = new Date();
    const on = await lab(now);
    for (const prompt of ["one", "two"]) {
      const labels = prompt === "one" ? ["production"] : [];
      await on.ok("POST", "/v2/prompts", { name: "rolled", prompt, labels });
    }
    const { id } = await on.ok<{ id: string }>("POST", "/rollouts", {
      prompt: "rolled",
      label: "production",
      candidate: 2,
    });
    await on.ok("POST", `/rollouts/${id}/abort`, { reason: "changed our minds" });
    const today = now.toISOString().slice(0, 10);
    // Midnight may pass while this runs.
    const later = on.scopeAt(new Date(now.getTime() + 2 * DAY_MS));
    const days = { firstDay: today, lastDay: addDays(today, 1), timeZone: "UTC" };
    const report = await insertReport(later, { ...days, kind: "custom", notify: false });
    for (let run = 0; run < 2; run++) await advance(later, report.id);
    const { content, highlights } = await readReport(later, report.id);
    expect(content?.rollouts).toMatchObject([
      { id, prompt: "rolled", label: "production", control: 1, candidate: 2, state: "aborted" },
    ]);
    expect(content?.rollouts[0]?.endedAt).not.toBeNull();
    expect(content?.prompts[0]?.rollouts).toHaveLength(1);
    expect(highlights).toContain("Rollout rolled · production: v1 → v2: aborted");
  });
});
