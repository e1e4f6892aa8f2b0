import { describe, it } from "vitest";

import { incidents } from "../../../src/features/monitors/tables.ts";
import { readReport } from "../../../src/features/reports/actions.ts";
import type { Report, ReportList, ReportSummary } from "../../../src/features/reports/contract.ts";
import { advance, PROMPTS_PER_RUN } from "../../../src/features/reports/make/actions.ts";
import { insertDue, insertReport } from "../../../src/features/reports/store.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { crashAt, faultyD1 } from "../../support/faulty-d1.ts";
import { lab, plant, type Planted, tellMove } from "./lab.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday morning. */
const NOW = new Date("2026-11-23T08:30:00Z");
const MONDAY = Date.parse("2026-11-16T00:00:00Z");
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

/** One generation of each of so many prompts. */
const oneOfEach = (count: number): Planted[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: `p${String(i).padStart(3, "0")}`,
    version: 1,
    atMs: MONDAY + DAY_MS,
    latencyMs: 100,
  }));

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
    expect(report).toMatchObject({ state: "ready", progress: { done: 6, total: 6 } });
    expect(report.content?.totals.count).toBe(6);
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

describe("the calendar", () => {
  const reportsOf = async ({ env, tenant }: Scope) => {
    const { results } = await env.DB.prepare(
      "SELECT kind, first_day AS firstDay FROM report WHERE project = ?",
    )
      .bind(tenant)
      .all<{ kind: string; firstDay: string }>();
    return results.map(({ kind, firstDay }) => `${kind} ${firstDay}`).sort();
  };

  it("begins a period once, however often and at once cron runs, whatever is changed", async ({
    expect,
  }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    await plant(scope, oneOfEach(1));
    await Promise.all([on.cron(NOW), on.cron(NOW)]);
    await on.cron(NOW);
    expect(await reportsOf(scope)).toEqual(["weekly 2026-11-16"]);
    await on.drain();
    await on.ok("PATCH", "/settings", {
      timeZone: "Europe/Berlin",
      reports: { weekly: true, daily: true, weekday: "monday", hour: 7 },
    });
    await on.cron(NOW);
    expect(await reportsOf(scope)).toEqual(["daily 2026-11-22", "weekly 2026-11-16"]);
    const due = { ...WEEK, kind: "weekly" as const, tenant: scope.tenant };
    expect(await insertDue(scope.db, NOW, [due, due])).toEqual([]);
  });

  it("sends on what the queue lost", async ({ expect }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    await plant(scope, oneOfEach(1));
    await on.cron(NOW);
    on.queued.length = 0;
    await on.cron(new Date(NOW.getTime() + 60_000));
    expect(on.queued).toMatchObject([{ kind: "report" }]);
    await on.drain();
    const { data } = await on.ok<ReportList>("GET", "/reports?kind=weekly");
    expect(data).toMatchObject([{ state: "ready", progress: { done: 1, total: 1 } }]);
  });

  it("obeys settings, and refuses those that make no sense", async ({ expect }) => {
    const on = await lab(NOW);
    await on.ok("PATCH", "/settings", {
      reports: { weekly: false, daily: false, weekday: "monday", hour: 8 },
    });
    await on.cron(NOW);
    expect(await reportsOf(on.scopeAt(NOW))).toEqual([]);
    const full = { weekly: true, daily: false, weekday: "monday", hour: 8 };
    for (const [change, path] of [
      [{ timeZone: "Europe/Atlantis" }, "timeZone"],
      [{ reports: { ...full, hour: 24 } }, "reports.hour"],
      [{ reports: { ...full, weekday: "someday" } }, "reports.weekday"],
      [{ reports: { weekly: true } }, "reports.daily"],
    ] as const) {
      const { status, json } = await on.request("PATCH", "/settings", change);
      expect(status, path).toBe(400);
      expect((json as { issues: { path: string }[] }).issues.map((issue) => issue.path)).toContain(
        path,
      );
    }
  });
});

describe("a report on demand", () => {
  const yesterday = (): string => new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);

  it("is made after the answer, and read in three formats", async ({ expect }) => {
    const on = await lab(new Date());
    const day = yesterday();
    const name = "<script>alert(1)</script>";
    const planted = {
      prompt: name,
      version: 1,
      atMs: Date.parse(`${day}T10:00:00Z`),
      latencyMs: 1,
    };
    await plant(on.scopeAt(new Date()), [planted]);
    const asked = await on.request("POST", "/reports", { from: day, to: day });
    expect(asked.status).toBe(202);
    const { id } = asked.json as ReportSummary;
    expect(asked.headers.get("location")).toBe(`/api/public/reports/${id}`);
    const early = await on.request("GET", `/reports/${id}?format=html`);
    expect(early.status).toBe(409);
    expect(early.text).toMatch(/is being made: 0 of 0/);
    expect(await on.ok<Report>("GET", `/reports/${id}`)).toMatchObject({
      state: "running",
      content: null,
    });
    await on.drain();
    expect(await on.ok<Report>("GET", `/reports/${id}`)).toMatchObject({
      kind: "custom",
      state: "ready",
      content: { totals: { count: 1 } },
    });
    const html = await on.request("GET", `/reports/${id}?format=html`);
    expect(html.headers.get("content-type")).toMatch(/^text\/html/);
    expect(html.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect(html.text).toContain("&lt;script&gt;alert(1)");
    expect(html.text).not.toContain("<script");
    const markdown = await on.request("GET", `/reports/${id}?format=markdown`);
    expect(markdown.headers.get("content-type")).toMatch(/^text\/markdown/);
    expect(markdown.text).toContain("\\<script\\>");
    expect((await on.request("GET", `/reports/${id}?format=pdf`)).status).toBe(400);
  });

  it("is refused for days that are not over, out of order or too many", async ({ expect }) => {
    const on = await lab(new Date());
    const today = new Date().toISOString().slice(0, 10);
    for (const [body, path, words] of [
      [{ from: today, to: today }, "to", /must be over in UTC/],
      [{ from: "2026-01-05", to: "2026-01-04" }, "from", /must not be after to/],
      [{ from: "2026-01-01", to: "2026-04-03" }, "to", /at most 92 days/],
      [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02" }, "from", /must be a day/],
      [{ from: "2026-01-01", to: "2026-01-02", hour: 3 }, "", /hour/],
    ] as const) {
      const { status, json, text } = await on.request("POST", "/reports", body);
      expect(status, text).toBe(400);
      expect((json as { issues: { path: string }[] }).issues.map((issue) => issue.path)).toContain(
        path,
      );
      expect(text).toMatch(words);
    }
    expect((await on.request("GET", "/reports/rep_nobody")).status).toBe(404);
  });

  it("is listed page by page, newest first", async ({ expect }) => {
    const on = await lab(new Date());
    const scope = on.scopeAt(new Date());
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const at = { ...scope, now: new Date(scope.now.getTime() + i) };
      ids.unshift((await insertReport(at, { ...WEEK, kind: "custom", notify: false })).id);
    }
    const seen: string[] = [];
    for (let cursor: string | null = "", pages = 0; cursor !== null && pages < 9; pages++) {
      const page: ReportList = await on.ok(
        "GET",
        `/reports?limit=2${cursor ? `&cursor=${cursor}` : ""}`,
      );
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });
});
