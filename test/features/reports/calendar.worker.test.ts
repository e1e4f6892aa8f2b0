import { describe, it } from "vitest";

import type { Report, ReportList, ReportSummary } from "../../../src/features/reports/contract.ts";
import { insertDue, insertReport } from "../../../src/features/reports/store.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { lab, MONDAY, plant } from "./lab.ts";

const DAY_MS = 86_400_000;
/** A Monday morning. */
const NOW = new Date("2026-11-23T08:30:00Z");
const WEEK = { firstDay: "2026-11-16", lastDay: "2026-11-22", timeZone: "UTC" };

const CALLED = { prompt: "called", version: 1, atMs: MONDAY + DAY_MS, latencyMs: 100 };

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
    await plant(scope, [CALLED]);
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
    await plant(scope, [CALLED]);
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
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
    for (const [body, path, words] of [
      [{ from: tomorrow, to: tomorrow }, "to", /must be over in UTC/],
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
