import { describe, it } from "vitest";

import { readReport } from "../../../src/features/reports/actions.ts";
import type { ReportList } from "../../../src/features/reports/contract.ts";
import { advance, PROMPTS_PER_RUN } from "../../../src/features/reports/make/actions.ts";
import { insertReport } from "../../../src/features/reports/store.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { crashAt, faultyD1 } from "../../support/faulty-d1.ts";
import { lab, MONDAY, oneOfEach, plant, type Planted, tellMove } from "./lab.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday morning. */
const NOW = new Date("2026-11-23T08:30:00Z");
const WEEK = { firstDay: "2026-11-16", lastDay: "2026-11-22", timeZone: "UTC" };

/** Two weeks of generations, two an hour; the second week of the version that came after. */
function twoWeeks(prompt: string, slower = 1): Planted[] {
  const made: Planted[] = [];
  for (let hour = -7 * 24; hour < 7 * 24; hour++) {
    for (let i = 0; i < 2; i++) {
      const isAfter = hour >= 0;
      const wobble = 1 + 0.05 * Math.sin(hour * 7.1 + i);
      made.push({
        prompt,
        version: isAfter ? 2 : 1,
        atMs: MONDAY + hour * HOUR_MS + i * 60_000,
        latencyMs: 800 * wobble * (isAfter ? slower : 1),
        costUsd: 0.002,
        outputTokens: 100,
        failed: i === 0 && hour % 50 === 0,
      });
    }
  }
  return made;
}

const weekly = (scope: Scope, notify = true) =>
  insertReport(scope, { ...WEEK, kind: "weekly", notify });

const eventsOf = async ({ env, tenant }: Scope): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    "SELECT id FROM notification_event WHERE project = ? AND type = 'report.ready'",
  )
    .bind(tenant)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
};

const listen = (on: Awaited<ReturnType<typeof lab>>) =>
  on.ok("POST", "/destinations", {
    kind: "webhook",
    name: "ours",
    url: "https://receiver.invalid/hook",
    filter: { events: ["report.ready"] },
  });

describe("a report", () => {
  it("tells of a week: sums, what moved, what was released and what was left", async ({
    expect,
  }) => {
    const { scopeAt } = await lab(NOW);
    const scope = scopeAt(NOW);
    const straggler = { version: 1, atMs: MONDAY + 6.5 * DAY_MS, latencyMs: 800 };
    await plant(scope, [...twoWeeks("greet", 1.5), ...twoWeeks("sum"), straggler]);
    await tellMove(scope, new Date(MONDAY), { from: 1, to: 2, reason: "warmer" });
    await tellMove(scope, new Date(MONDAY + DAY_MS), { from: null, to: 2, label: "staging" });
    const { id } = await weekly(scope);
    for (let run = 0; run < 3; run++) await advance(scope, id);
    const { state, content, highlights, share } = await readReport(scope, id);
    expect(state).toBe("ready");
    expect(content).toMatchObject({
      totals: { count: 2 * 2 * 168 + 1, errors: 8, costKnown: 672 },
      previous: { count: 672, from: "2026-11-09T00:00:00.000Z", to: "2026-11-16T00:00:00.000Z" },
      movers: [{ prompt: "greet", metric: "latencyMs", verdict: "worse" }],
      deployments: [
        { prompt: "greet", label: "production", from: 1, to: 2, reason: "warmer" },
        { prompt: "greet", label: "staging", from: null, to: 2, verdict: null },
      ],
      leftovers: [{ prompt: "greet", version: 1, replacedBy: 2, count: 1 }],
      isExact: true,
      omitted: 0,
    });
    expect(content?.deployments[0]?.says).toMatch(/^Before\/after, not randomised/);
    expect(content?.deployments[0]?.lines.map(({ metric }) => metric)).toContain("latencyMs");
    expect(content?.totals.costUsd).toBeCloseTo(672 * 0.002, 9);
    expect(content?.prompts[0]).toMatchObject({
      prompt: "greet",
      versions: [
        { version: 2, labels: ["production", "staging"], count: 336 },
        { version: 1, labels: [], count: 1, latencyP50Ms: { interval: null, needs: 20 } },
      ],
    });
    const [p50] = content?.prompts[0]?.versions ?? [];
    const { value, interval } = p50?.latencyP50Ms ?? {};
    expect(Math.abs((value ?? 0) / 1200 - 1)).toBeLessThan(0.06);
    expect(interval?.low ?? 0).toBeLessThanOrEqual(value ?? 0);
    expect(highlights[0]).toMatch(/^673 generations/);
    expect(share?.path).toMatch(/^\/reports\/rep_\w+\?expires=\d+&signature=[\w-]{43}$/);
  });

  it("works out so many prompts a run, and ends when none is left", async ({ expect }) => {
    const { scopeAt, queued } = await lab(NOW);
    const scope = scopeAt(NOW);
    const count = 2 * PROMPTS_PER_RUN + 1;
    await plant(scope, oneOfEach(count));
    const { id } = await weekly(scope);
    const done: number[] = [];
    for (let run = 0; run < 4; run++) {
      queued.length = 0;
      await advance(scope, id);
      const { progress, state } = await readReport(scope, id);
      done.push(progress.done);
      // It asks for its next run itself, until it is ready.
      expect(queued).toEqual(
        state === "ready" ? [] : [{ kind: "report", tenant: scope.tenant, report: id }],
      );
    }
    expect(done).toEqual([0, PROMPTS_PER_RUN, 2 * PROMPTS_PER_RUN, count]);
    expect((await readReport(scope, id)).state).toBe("ready");
  });

  it("resumes after a crash at any call of any step, and says it once", async ({ expect }) => {
    const on = await lab(NOW);
    await listen(on);
    const scope = on.scopeAt(NOW);
    await plant(scope, oneOfEach(PROMPTS_PER_RUN + 2));
    await tellMove(scope, new Date(MONDAY + DAY_MS), { prompt: "p000", from: 1, to: 2 });
    const { id } = await weekly(scope);
    let crashes = 0;
    let now = NOW.getTime();
    for (let call = 0; call < 400; call++) {
      // Each run comes after the rest that the one before asked for, and is cut off one call later.
      now += HOUR_MS;
      const DB = faultyD1(on.env.DB, crashAt(call, call % 2 === 0 ? "before" : "after"));
      const faulty = { ...on.scopeAt(new Date(now)), env: { ...on.env, DB }, db: openRegistry(DB) };
      const result = await Promise.allSettled([advance(faulty, id)]);
      crashes += result[0].status === "rejected" ? 1 : 0;
      const { state } = await readReport(scope, id);
      if (state === "ready") break;
      // A crash is not a failure of the report: cron goes on for as long as something is done.
      await on.env.DB.prepare("UPDATE report SET tries = 0 WHERE id = ?").bind(id).run();
    }
    expect(crashes).toBeGreaterThan(5);
    await advance(on.scopeAt(new Date(now + HOUR_MS)), id);
    const report = await readReport(scope, id);
    expect(report).toMatchObject({
      state: "ready",
      progress: { done: PROMPTS_PER_RUN + 2, total: PROMPTS_PER_RUN + 2 },
    });
    expect(report.content?.totals.count).toBe(PROMPTS_PER_RUN + 2);
    expect(await eventsOf(scope)).toEqual([`evt_${id}`]);
  });

  it("is made once by runs at the same time", async ({ expect }) => {
    const on = await lab(NOW);
    await listen(on);
    const scope = on.scopeAt(NOW);
    await plant(scope, oneOfEach(PROMPTS_PER_RUN + 1));
    const { id } = await weekly(scope);
    for (let run = 0; run < 6; run++) {
      await Promise.all(Array.from({ length: 4 }, () => advance(scope, id)));
    }
    expect(await readReport(scope, id)).toMatchObject({ state: "ready" });
    expect(await eventsOf(scope)).toEqual([`evt_${id}`]);
  });

  it("rests after a run that failed, and is given up after five in a row", async ({ expect }) => {
    const { scopeAt, env } = await lab(NOW);
    const scope = scopeAt(NOW);
    await plant(scope, oneOfEach(1));
    const { id } = await weekly(scope);
    await advance(scope, id);
    const broken = [
      {
        prepare: () => {
          throw new Error("the shard is down");
        },
      },
    ];
    let now = NOW.getTime();
    const run = async (): Promise<void> => {
      await advance({ ...scopeAt(new Date(now)), shards: broken as unknown as D1Database[] }, id);
    };
    await run();
    const rested = await env.DB.prepare("SELECT leased_until AS until FROM report WHERE id = ?")
      .bind(id)
      .first<{ until: number }>();
    expect(rested?.until).toBe(now + 30_000);
    for (let i = 0; i < 6; i++) {
      now += HOUR_MS;
      await run();
    }
    const report = await readReport(scope, id);
    expect(report).toMatchObject({ state: "failed", content: null, share: null });
    expect(report.error).toMatch(/5 attempts/);
    expect(await eventsOf(scope)).toEqual([]);
  });

  it("of a silent project is skipped when the calendar asked, and made when somebody did", async ({
    expect,
  }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    const scheduled = await weekly(scope);
    const asked = await insertReport(scope, { ...WEEK, kind: "custom", notify: false });
    for (let run = 0; run < 2; run++) {
      await advance(scope, scheduled.id);
      await advance(scope, asked.id);
    }
    expect((await readReport(scope, scheduled.id)).state).toBe("skipped");
    expect(await readReport(scope, asked.id)).toMatchObject({
      state: "ready",
      content: { prompts: [] },
    });
    const { data } = await on.ok<ReportList>("GET", "/reports");
    expect(data.map(({ id }) => id)).toEqual([asked.id]);
  });

  it("names prompts that nobody called", async ({ expect }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    for (const name of ["called", "silent"]) {
      await on.ok("POST", "/v2/prompts", { name, prompt: "Hi", labels: ["production"] });
    }
    await plant(scope, [{ prompt: "called", version: 1, atMs: MONDAY + DAY_MS }]);
    const { id } = await weekly(scope);
    for (let run = 0; run < 2; run++) await advance(scope, id);
    const { content } = await readReport(scope, id);
    expect(content?.withoutTraffic).toEqual(["silent"]);
    expect(content?.totals).toMatchObject({ count: 1, costUsd: null });
  });
});
