import { describe, it } from "vitest";

import { call } from "../../support/call.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";

type Json = Record<string, unknown>;
type Issues = { issues: { path: string; message: string }[] };

const VOLUME = { chart: "volume", prompt: "support/answer" };
const LINE = { chart: "line", prompt: "support/answer", metric: "latencyMs", statistic: "p95" };
const UNSAID = { title: "", metric: null, statistic: null, versions: [], label: null };

async function lab() {
  const project = await freshProject();
  const ask = (method: string, path = "", body?: unknown, by: FreshProject = project) =>
    call(method, `/api/public/dashboards${path}`, { authorization: by.basic, body });
  return {
    ask,
    create: async (body: Json): Promise<Json & { id: string }> => {
      const { json, status, text } = await ask("POST", "", body);
      if (status !== 201) throw new Error(text);
      return json as Json & { id: string };
    },
    audit: async (): Promise<{ action: string; target: string; detail: Json }[]> => {
      const { json } = await call("GET", "/api/public/audit?action=dashboard", {
        authorization: project.basic,
      });
      return (json as { data: { action: string; target: string; detail: Json }[] }).data;
    },
  };
}

describe("a dashboard", () => {
  it("is saved with its panels, changed, told in the audit and deleted", async ({ expect }) => {
    const l = await lab();
    const made = await l.create({ name: "Support", panels: [VOLUME, LINE] });
    const view = {
      id: made.id,
      name: "Support",
      window: { days: 30, granularity: "day", environment: null },
      panels: [
        { ...UNSAID, width: "half", ...VOLUME },
        { ...UNSAID, width: "half", ...LINE },
      ],
      rev: 1,
      createdAt: "2026-11-20T12:00:00.000Z",
    };
    expect({ ...made, createdAt: view.createdAt }).toMatchObject(view);
    expect((await l.ask("GET", `/${made.id}`)).json).toEqual(made);

    const window = { days: 7, granularity: "hour", environment: "production" };
    const changed = await l.ask("PATCH", `/${made.id}`, { rev: 1, window, panels: [LINE] });
    expect(changed.json).toMatchObject({
      name: "Support",
      rev: 2,
      window,
      panels: [{ chart: "line" }],
    });
    expect((await l.ask("GET", "")).json).toMatchObject({
      data: [{ id: made.id, name: "Support", panelCount: 1 }],
      nextCursor: null,
    });

    expect((await l.ask("DELETE", `/${made.id}`)).status).toBe(204);
    expect((await l.ask("GET", `/${made.id}`)).status).toBe(404);
    expect((await l.ask("DELETE", `/${made.id}`)).status).toBe(404);
    expect((await l.audit()).map(({ action, target, detail }) => [action, target, detail])).toEqual(
      [
        ["dashboard.delete", made.id, { name: "Support" }],
        ["dashboard.change", made.id, { name: "Support", fields: ["window", "panels"] }],
        ["dashboard.create", made.id, { name: "Support" }],
      ],
    );
  });

  it("is not changed by who saw it as it was before", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create({ name: "Support" });
    expect((await l.ask("PATCH", `/${id}`, { rev: 1, name: "First" })).status).toBe(200);
    const late = await l.ask("PATCH", `/${id}`, { rev: 1, name: "Second" });
    expect(late).toMatchObject({ status: 409, json: { detail: /changed meanwhile/ } });
    expect((await l.ask("GET", `/${id}`)).json).toMatchObject({ name: "First", rev: 2 });
    expect((await l.audit()).map(({ action }) => action)).toEqual([
      "dashboard.change",
      "dashboard.create",
    ]);
  });

  it("is listed page by page, each once", async ({ expect }) => {
    const l = await lab();
    const made: string[] = [];
    for (const name of ["a", "b", "c"]) made.push((await l.create({ name })).id);
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null && pages < 3; pages++) {
      const { json } = await l.ask("GET", `?limit=2&cursor=${cursor}`);
      const page = json as { data: { id: string }[]; nextCursor: string | null };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(cursor).toBeNull();
    expect(seen.toSorted()).toEqual(made.toSorted());
  });

  it("is another project's in no way", async ({ expect }) => {
    const l = await lab();
    const { id } = await l.create({ name: "Ours" });
    const stranger = await freshProject();
    for (const [method, body] of [
      ["GET", undefined],
      ["PATCH", { rev: 1, name: "Theirs" }],
      ["DELETE", undefined],
    ] as const) {
      expect((await l.ask(method, `/${id}`, body, stranger)).status, method).toBe(404);
    }
    expect((await l.ask("GET", "", undefined, stranger)).json).toMatchObject({ data: [] });
    expect((await l.ask("GET", `/${id}`)).json).toMatchObject({ name: "Ours" });
  });

  it.for<[change: Json, path: string, says: string]>([
    [{ name: " " }, "name", "must not be empty"],
    [{ panels: [{ ...VOLUME, chart: "pie" }] }, "panels.0.chart", "line"],
    [{ panels: [{ ...VOLUME, prompt: "" }] }, "panels.0.prompt", "must not be empty"],
    [{ panels: [{ ...VOLUME, metric: "count" }] }, "panels.0.metric", "must be null"],
    [{ panels: [LINE, { ...LINE, metric: "speed" }] }, "panels.1.metric", "latencyMs"],
    [{ panels: [{ ...LINE, metric: "toString" }] }, "panels.0.metric", "latencyMs"],
    [{ panels: [{ ...LINE, metric: "score:" }] }, "panels.0.metric", "score:<name>"],
    [{ panels: [{ ...LINE, metric: undefined }] }, "panels.0.metric", "count, errors"],
    [{ panels: [{ ...LINE, statistic: undefined }] }, "panels.0.statistic", "mean, p50"],
    [{ panels: [{ ...LINE, metric: "errors" }] }, "panels.0.statistic", "count, rate"],
    [
      { panels: [{ ...LINE, chart: "percentiles" }] },
      "panels.0.statistic",
      "only a line shows one of several",
    ],
    [
      { panels: [{ chart: "score", prompt: "x", metric: "latencyMs" }] },
      "panels.0.metric",
      "must be score:<name>",
    ],
    [{ panels: [{ ...VOLUME, label: "Not A Label" }] }, "panels.0.label", "36 characters"],
    [{ panels: Array.from({ length: 25 }, () => VOLUME) }, "panels", "at most 24 panels"],
    [{ window: { days: 0 } }, "window.days", ">=1"],
    [{ window: { days: 91, granularity: "hour" } }, "window.granularity", "beyond 90 days"],
  ])("is refused with %j", async ([change, path, says], { expect }) => {
    const l = await lab();
    const { status, json } = await l.ask("POST", "", { name: "Support", ...change });
    expect(status).toBe(400);
    const { issues } = json as Issues;
    expect(issues.find((issue) => issue.path === path)?.message).toContain(says);
  });
});
