import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { type Metrics, MetricsQuery } from "../../../src/features/rollups/contract.ts";
import { readMetrics } from "../../../src/features/rollups/metrics/actions.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { untilQuiet } from "./comparison.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const START_US = Date.parse("2026-11-20T10:00:00Z") * 1000;

type Generation = StoredRows["observations"][number];
type Score = StoredRows["scores"][number];

const generation = (i: number, over: Partial<Generation> = {}): Generation => ({
  id: `g${i}`,
  traceId: `t${i}`,
  clock: clockOf(false, START_US / 1000, `g${i}`),
  type: "GENERATION",
  startUs: START_US,
  endUs: START_US + i * 10_000,
  firstTokenUs: START_US + i * 1000,
  environment: "production",
  model: "gpt-4o",
  promptName: "folder/greet",
  promptVersion: 1,
  usage: { input: 100, output: i, total: 100 + i },
  cost: { input: 0.001, output: 0.002, total: 0.003 },
  parentId: "root",
  ...over,
});

const score = (i: number, over: Partial<Score>): Score => ({
  id: `s${i}`,
  clock: clockOf(false, START_US / 1000, `s${i}`),
  traceId: `t${i}`,
  observationId: `g${i}`,
  name: "quality",
  source: "API",
  dataType: "NUMERIC",
  timestampUs: START_US,
  ...over,
});

const upTo = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i + 1));

async function projectWith(part: Partial<StoredRows>) {
  const project = await freshProject(NOW);
  const rows: StoredRows = { v: 1, observations: [], traces: [], scores: [], ...part };
  await applyRows(project.scope, [rows], true);
  await untilQuiet(project.scope);
  /** Over HTTP, where the clock is the machine's. */
  const get = (query = "", name = "folder%2Fgreet") =>
    call("GET", `/api/public/prompts/${name}/metrics${query}`, { authorization: project.basic });
  /** As of NOW. */
  const read = (query = ""): Promise<Metrics> =>
    readMetrics(
      project.scope,
      "folder/greet",
      MetricsQuery.parse(Object.fromEntries(new URLSearchParams(query))),
    );
  const create = (body: object) =>
    call("POST", "/api/public/v2/prompts", { authorization: project.basic, body });
  return { ...project, get, read, create };
}

describe("GET /api/public/prompts/{name}/metrics", () => {
  it("answers sums, counts and extremes exactly and quantiles within 1 %", async ({ expect }) => {
    const { read } = await projectWith({
      observations: upTo(101, (i) =>
        generation(i, i % 10 === 0 ? { level: "ERROR", startUs: START_US } : {}),
      ),
      scores: [
        ...upTo(20, (i) => score(i, { value: i / 4 })),
        ...upTo(4, (i) => score(i, { id: `e${i}`, source: "EVAL", value: -1 })),
        ...upTo(3, (i) =>
          score(i, {
            id: `b${i}`,
            name: "helpful",
            dataType: "BOOLEAN",
            value: 1,
            stringValue: "True",
          }),
        ),
        score(4, {
          id: "b4",
          name: "helpful",
          dataType: "BOOLEAN",
          value: 0,
          stringValue: "False",
        }),
        score(5, { id: "x5", name: "note", dataType: "TEXT", stringValue: "fine" }),
      ],
    });
    const metrics = await read();
    expect(metrics.fallback).toEqual({ count: 0 });
    const [version] = metrics.data;
    expect(version).toMatchObject({
      version: 1,
      labels: [],
      count: 101,
      errors: 10,
      firstAt: "2026-11-20T10:00:00.000Z",
      lastAt: "2026-11-20T10:00:00.000Z",
      latencyMs: { n: 101, mean: 510, min: 10, max: 1010 },
      timeToFirstTokenMs: { n: 101, mean: 51, min: 1, max: 101 },
      inputTokens: { n: 101, mean: 100, min: 100, max: 100, total: 10_100 },
      outputTokens: { n: 101, mean: 51, min: 1, max: 101, total: 5151 },
      totalTokens: { n: 101, mean: 151, min: 101, max: 201, total: 15_251 },
      costUsd: { n: 101, mean: 0.003, min: 0.003, max: 0.003, p50: 0.003, total: 0.303 },
      inputCostUsd: { n: 101, total: 0.101 },
      outputCostUsd: { n: 101, total: 0.202 },
    });
    const near = (found: number | null | undefined, truth: number) =>
      expect(Math.abs((found ?? Number.NaN) / truth - 1)).toBeLessThanOrEqual(0.010_001);
    near(version?.latencyMs.p50, 510);
    near(version?.latencyMs.p95, 960);
    near(version?.latencyMs.p99, 1000);
    near(version?.outputTokens.p50, 51);

    const lines = version?.scores ?? [];
    const line = (name: string, source: string | null) =>
      lines.find((each) => each.name === name && each.source === source);
    expect(lines).toHaveLength(7);
    expect(line("quality", "API")).toMatchObject({ n: 20, mean: 2.625, min: 0.25, max: 5 });
    // Quarters are plain scores: exact, and so is the interval of the median, the 6th and the 15th of 20.
    expect(line("quality", "API")).toMatchObject({ p5: 0.25, p50: 2.5, p95: 4.75 });
    expect(line("quality", "API")?.intervals?.p50).toEqual({ low: 1.5, high: 3.75, needs: null });
    expect(line("quality", "API")?.distribution).toHaveLength(20);
    expect(line("quality", "EVAL")).toMatchObject({ n: 4, mean: -1, p50: -1, min: -1, max: -1 });
    expect(line("quality", null)).toMatchObject({ n: 24, min: -1, max: 5 });
    expect(line("quality", null)?.mean).toBeCloseTo(48.5 / 24, 8);
    expect(line("helpful", "API")).toEqual({
      name: "helpful",
      source: "API",
      dataType: "BOOLEAN",
      n: 4,
      categories: { True: 3, False: 1 },
      shares: {
        True: {
          value: 0.75,
          low: expect.closeTo(0.300642, 6),
          high: expect.closeTo(0.954413, 6),
          needs: null,
        },
        False: {
          value: 0.25,
          low: expect.closeTo(0.045587, 6),
          high: expect.closeTo(0.699358, 6),
          needs: null,
        },
      },
    });
    expect(line("note", null)).toEqual({ name: "note", source: null, dataType: "TEXT", n: 1 });
  });

  it("shows every version of the registry, and says null where nothing is known", async ({
    expect,
  }) => {
    const { get, read, create } = await projectWith({
      observations: [
        generation(1, { promptVersion: 2, usage: {}, cost: {}, model: "no-such-model" }),
        generation(2, { promptVersion: 7 }),
        generation(3, { promptFallback: true }),
      ].map(({ firstTokenUs: _firstTokenUs, ...rest }) => rest),
    });
    for (const labels of [["production"], []]) {
      await create({ name: "folder/greet", type: "text", prompt: "Hello", labels });
    }
    const metrics = await read();
    expect(metrics.data.map(({ version, labels, count }) => ({ version, labels, count }))).toEqual([
      { version: 1, labels: ["production"], count: 0 },
      { version: 2, labels: ["latest"], count: 1 },
      { version: 7, labels: [], count: 1 },
    ]);
    expect(metrics.fallback).toEqual({ count: 1 });
    const needs = (n: number) => ({ low: null, high: null, needs: n });
    const intervals = { mean: needs(2), p50: needs(20), p95: needs(100), p99: needs(400) };
    const numbers = { mean: null, min: null, p50: null, p95: null, p99: null, max: null };
    const nothing = { n: 0, ...numbers, intervals };
    expect(metrics.data[0]).toEqual({
      version: 1,
      labels: ["production"],
      count: 0,
      countThroughLabel: 0,
      errors: 0,
      errorRate: { value: null, ...needs(1) },
      firstAt: null,
      lastAt: null,
      firstEverAt: null,
      lastEverAt: null,
      latencyMs: nothing,
      timeToFirstTokenMs: nothing,
      inputTokens: { ...nothing, total: null },
      outputTokens: { ...nothing, total: null },
      totalTokens: { ...nothing, total: null },
      costUsd: { ...nothing, total: null },
      inputCostUsd: { ...nothing, total: null },
      outputCostUsd: { ...nothing, total: null },
      cachedCostUsd: { ...nothing, total: null },
      scores: [],
      observations:
        "/api/public/v2/observations?type=GENERATION&promptName=folder%2Fgreet&promptVersion=1",
    });
    expect(metrics.data[1]).toMatchObject({
      timeToFirstTokenMs: nothing,
      inputTokens: { ...nothing, total: null },
      costUsd: { ...nothing, total: null },
      latencyMs: { n: 1, p50: 10 },
    });

    expect((await read("?version=2")).data.map(({ version }) => version)).toEqual([2]);
    expect((await read("?version=1")).data[0]?.count).toBe(0);
    const unknown = await get("?version=3");
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain("folder/greet");
  });

  it("counts a time range, an environment and a model", async ({ expect }) => {
    const minutes = [0, 4, 5, 61, 24 * 60, 48 * 60];
    const { read } = await projectWith({
      observations: minutes.map((minute, i) => {
        const startUs = START_US - minute * 60_000_000;
        return generation(i + 1, {
          startUs,
          endUs: startUs + 1000,
          environment: i === 0 ? "staging" : "production",
          model: i === 1 ? "gpt-4o-mini" : "gpt-4o",
        });
      }),
    });
    const count = async (query: string) => (await read(query)).data[0]?.count;
    expect(await count("")).toBe(6);
    expect(await count("?from=2026-11-20T10:00:00Z")).toBe(1);
    expect(await count("?from=2026-11-20T09:55:00Z&to=2026-11-20T10:05:00Z")).toBe(3);
    expect(await count("?from=2026-11-20T09:55:00Z&to=2026-11-20T10:00:00Z")).toBe(2);
    expect(await count("?from=2026-11-20T10:55:00%2B01:00&to=2026-11-20T10:00:00Z")).toBe(2);
    expect(await count("?from=2026-11-19")).toBe(5);
    expect(await count("?to=2026-11-20")).toBe(2);
    expect(await count("?from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z")).toBe(0);
    expect(await count("?environment=staging")).toBe(1);
    expect(await count("?model=gpt-4o-mini")).toBe(1);
    expect(await count("?environment=nowhere")).toBe(0);

    const early = (await read("?to=2026-11-20")).data[0];
    expect([early?.firstAt, early?.lastAt, early?.firstEverAt, early?.lastEverAt]).toEqual([
      "2026-11-18T10:00:00.000Z",
      "2026-11-19T10:00:00.000Z",
      "2026-11-18T10:00:00.000Z",
      "2026-11-20T10:00:00.000Z",
    ]);
    const all = (await read()).data[0];
    expect([all?.firstAt, all?.lastAt]).toEqual([
      "2026-11-18T10:00:00.000Z",
      "2026-11-20T10:00:00.000Z",
    ]);
  });

  it("answers for several versions, between commas or repeated", async ({ expect }) => {
    const { get } = await projectWith({
      observations: [1, 2, 3].map((version) => generation(version, { promptVersion: version })),
    });
    const versions = async (query: string) =>
      ((await get(query)).json as Metrics).data.map(({ version }) => version);
    expect(await versions("?version=3,1")).toEqual([1, 3]);
    expect(await versions("?version=3&version=2")).toEqual([2, 3]);
    expect(await get("?version=3&version=two")).toMatchObject({
      status: 400,
      json: { issues: [{ path: "version" }] },
    });
    expect(await get("?version=3,9")).toMatchObject({ status: 404 });
  });

  it("links each version to the generations behind its numbers", async ({ expect }) => {
    const { get, basic } = await projectWith({
      observations: [
        generation(1),
        generation(2, { model: "gpt-4o-mini" }),
        generation(3, { promptVersion: 2 }),
        generation(4, { startUs: START_US - 3_600_000_000, endUs: START_US }),
      ],
    });
    const query = "?version=1&from=2026-11-20T09:30:00Z&to=2026-11-20T12:00:00Z&model=gpt-4o";
    const [line] = ((await get(query)).json as Metrics).data;
    expect(line?.count).toBe(1);
    const { json } = await call("GET", line?.observations ?? "", { authorization: basic });
    expect((json as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(["g1"]);
  });

  it("tolerates raw slashes in the name", async ({ expect }) => {
    const { get } = await projectWith({ observations: [generation(1)] });
    const answer = await get("", "folder/greet");
    expect(answer).toMatchObject({ status: 200, json: { data: [{ version: 1 }] } });
    expect((await get()).text).toBe(answer.text);
  });

  it("refuses what it cannot answer, naming it", async ({ expect }) => {
    const { get } = await projectWith({ observations: [generation(1)] });
    const missing = await get("", "nobody%2Fknows");
    expect(missing.status).toBe(404);
    expect((missing.json as { message: string }).message).toContain("nobody/knows");
    for (const [query, path] of [
      ["?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "from"],
      ["?from=yesterday", "from"],
      ["?to=2026-11-20T00:00:00", "to"],
      ["?version=two", "version"],
      ["?version=0", "version"],
    ] as const) {
      const { status, json } = await get(query);
      expect(status).toBe(400);
      expect(json).toMatchObject({ issues: [{ path }] });
    }
  });

  it("shows nothing of another project", async ({ expect }) => {
    await projectWith({ observations: [generation(1)] });
    const { get } = await projectWith({});
    expect((await get()).status).toBe(404);
  });
});
