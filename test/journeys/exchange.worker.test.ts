import { describe, it } from "vitest";

import { bearer, call } from "../support/call.ts";
import { type FreshProject, freshProject } from "../support/project.ts";

type Line = Record<string, unknown>;
type Report = {
  others: Record<string, number>;
  errors: { line: number; message: string }[];
  warnings: string[];
};

const OTHERS = ["margins", "monitor", "dashboard", "destination", "source"];
const SLACK = "https://hooks.slack.invalid/services/T/B/hidden";

async function ok<T = Line>(
  { basic: authorization }: Pick<FreshProject, "basic">,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await call(method, `/api/public/${path}`, { authorization, body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as T;
}

const exported = async (
  authorization: string,
): Promise<{ text: string; lines: Line[]; others: Line[] }> => {
  const { text } = await call("GET", "/api/public/export", { authorization });
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  return { text, lines, others: lines.filter(({ kind }) => OTHERS.includes(String(kind))) };
};

const imported = async (authorization: string, text: string): Promise<Report> =>
  (await call("POST", "/api/public/import", { authorization, body: text })).json as Report;

/** Something of everything that is offered besides prompts. */
async function furnished(): Promise<FreshProject> {
  const project = await freshProject();
  await ok(project, "POST", "v2/prompts", { name: "p", prompt: "hi", labels: ["production"] });
  await ok(project, "PUT", "margins", { margins: { latencyMs: 1.2 } });
  await ok(project, "PUT", "prompts/p/margins", { margins: { "score:tone": 0.05 } });
  await ok(project, "PATCH", "monitors/regressions", { labels: ["production", "staging"] });
  await ok(project, "POST", "monitors", {
    kind: "threshold",
    name: "slow",
    prompt: "p",
    label: "production",
    metric: "latencyMs",
    statistic: "p95",
    above: 900,
  });
  await ok(project, "POST", "dashboards", {
    name: "mine",
    panels: [{ chart: "line", prompt: "p", metric: "costUsd", statistic: "sum" }],
  });
  await ok(project, "POST", "destinations", {
    kind: "webhook",
    name: "pager",
    url: "https://receiver.invalid/hook",
    filter: { events: ["rollout.*"] },
  });
  await ok(project, "POST", "destinations", { kind: "slack", name: "room", url: SLACK });
  await ok(project, "POST", "sources", { name: "gateway", kind: "litellm" });
  await ok(project, "POST", "sources", { name: "own", kind: "mapped", mapping: "events" });
  return project;
}

/** A key of the project with some scopes. */
async function keyWith(project: FreshProject, scopes: string[]): Promise<string> {
  const made = await ok<{ abvKey: string }>(project, "POST", "keys", { kind: "bearer", scopes });
  return bearer(made.abvKey);
}

describe("an export", () => {
  it("holds margins, monitors, dashboards, destinations and sources, and no secret", async ({
    expect,
  }) => {
    const { text, others } = await exported((await furnished()).basic);
    expect(others.map(({ kind }) => kind).join(" ")).toBe(
      "margins margins monitor monitor dashboard destination destination source source",
    );
    expect(others[0]).toEqual({
      kind: "margins",
      margins: { prompt: null, byMetric: { latencyMs: 1.2 } },
    });
    expect(others[6]?.["destination"]).toMatchObject({ kind: "slack", name: "room" });
    expect(text).not.toContain("hidden");
    expect(text).not.toContain("whsec_");
    expect(text).not.toContain("src_");
  });

  it("brings them into another project, as far as no secret is needed", async ({ expect }) => {
    const all = await exported((await furnished()).basic);
    const target = await freshProject();
    const report = await imported(target.basic, all.text);
    expect(report.errors).toEqual([]);
    expect(report.others).toEqual({
      margins: 2,
      monitor: 2,
      dashboard: 1,
      destination: 1,
      source: 2,
    });
    expect(report.warnings).toEqual([
      expect.stringContaining("'pager' came with a new secret and is paused"),
      expect.stringContaining("'room' did not come: slack needs a secret"),
      expect.stringContaining("'gateway' came with a new address"),
      expect.stringContaining("'own' came with a new address"),
    ]);
    const here = (await exported(target.basic)).others;
    const room = all.others[6];
    expect(here).toEqual(
      all.others
        .filter((line) => line !== room)
        .map((line) =>
          line["kind"] === "destination"
            ? { ...line, destination: { ...(line["destination"] as Line), paused: true } }
            : line,
        ),
    );
  });

  it("changes nothing when it is brought again", async ({ expect }) => {
    const all = await exported((await furnished()).basic);
    const target = await freshProject();
    await imported(target.basic, all.text);
    const first = await exported(target.basic);
    const again = await imported(target.basic, first.text);
    expect(again).toMatchObject({ others: {}, errors: [], warnings: [] });
    const audit = async () =>
      (await ok<{ data: unknown[] }>(target, "GET", "audit?action=import.run")).data;
    expect(await audit()).toHaveLength(1);
  });

  it("puts back what was changed since", async ({ expect }) => {
    const project = await furnished();
    const all = await exported(project.basic);
    const ids = new Map(all.others.map((line) => [line["kind"], line[String(line["kind"])]]));
    const idOf = (kind: string) => (ids.get(kind) as { id: string }).id;
    await ok(project, "PATCH", `monitors/${idOf("monitor")}`, { enabled: false });
    await ok(project, "PUT", "prompts/p/margins", { margins: {} });
    const dashboard = `dashboards/${idOf("dashboard")}`;
    await ok(project, "PATCH", dashboard, { rev: 1, panels: [] });
    await ok(project, "PATCH", `destinations/${idOf("destination")}`, { name: "hall" });
    const report = await imported(project.basic, all.text);
    expect(report.errors).toEqual([]);
    expect(report.others).toEqual({ margins: 1, monitor: 1, dashboard: 1, destination: 1 });
    expect((await exported(project.basic)).others).toEqual(all.others);
  });

  it("shows destinations and sources to the scope admin only, and takes them from it only", async ({
    expect,
  }) => {
    const project = await furnished();
    const { others: seen } = await exported(await keyWith(project, ["read"]));
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(
      new Set(["margins", "monitor", "dashboard"]),
    );
    const { text, lines } = await exported(project.basic);
    const target = await freshProject();
    const writer = await keyWith(target, ["read", "write"]);
    const report = await imported(writer, text);
    const lineOf = (kind: string, nth = 0) =>
      lines.indexOf(lines.filter((line) => line["kind"] === kind)[nth] ?? {}) + 1;
    const only = (kind: string) => `a ${kind} is changed by keys with the scope admin only`;
    const ofMargins = "margins of the project are changed by keys with the scope admin only";
    expect(report.errors).toEqual([
      { line: lineOf("margins"), message: ofMargins },
      { line: lineOf("destination"), message: only("destination") },
      { line: lineOf("destination", 1), message: only("destination") },
      { line: lineOf("source"), message: only("source") },
      { line: lineOf("source", 1), message: only("source") },
    ]);
    expect(report.others).toEqual({ margins: 1, monitor: 2, dashboard: 1 });
  });

  it.for([
    {
      why: "a monitor of a prompt that is not there",
      line: { monitor: { id: "mon_1", rule: { kind: "volume", name: "x", prompt: "none" } } },
      message: "there is no prompt 'none'",
    },
    {
      why: "a rule without its line",
      line: { monitor: { id: "mon_1", rule: { kind: "budget", name: "x", period: "day" } } },
      message: "monitor.rule.limitUsd: ",
    },
    {
      why: "no value",
      line: { dashboard: null },
      message: "dashboard: ",
    },
    {
      why: "a margin of nothing",
      line: { margins: { prompt: null, byMetric: { latencyMs: 0.5 } } },
      message: "margins.byMetric.latencyMs: the margin of latencyMs is a ratio",
    },
    {
      why: "an address that is not public",
      line: {
        destination: {
          id: "dst_1",
          kind: "webhook",
          address: "https://10.0.0.1/x",
          name: "in",
          paused: false,
        },
      },
      message: "body url: ",
    },
    {
      why: "an expression that is none",
      line: { source: { name: "s", kind: "mapped", mapping: "a.[" } },
      message: "body mapping: ",
    },
  ])("names the line with $why, and takes the others", async ({ line, message }, { expect }) => {
    const project = await freshProject();
    const kind = Object.keys(line)[0];
    const good = { kind: "dashboard", dashboard: { id: "dsh_1", name: "mine" } };
    const text = [{ kind, ...line }, good].map((one) => JSON.stringify(one)).join("\n");
    const report = await imported(project.basic, text);
    expect(report.errors).toEqual([
      { line: 1, message: expect.stringContaining(message) as string },
    ]);
    expect(report.others).toEqual({ dashboard: 1 });
  });
});
