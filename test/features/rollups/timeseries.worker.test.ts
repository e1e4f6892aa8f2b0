import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { readTimeseries } from "../../../src/features/rollups/timeseries/actions.ts";
import {
  type Timeseries,
  TimeseriesQuery,
} from "../../../src/features/rollups/timeseries/contract.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { untilQuiet } from "./comparison.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const MINUTE_US = 60_000_000;
const NOW_US = NOW.getTime() * 1000;

type Generation = StoredRows["observations"][number];
type Score = StoredRows["scores"][number];

let serial = 0;
/** One that began so many minutes before NOW and took so many milliseconds. */
function ago(minutes: number, tookMs: number, over: Partial<Generation> = {}): Generation {
  const id = `g${++serial}`;
  const startUs = NOW_US - minutes * MINUTE_US;
  return {
    id,
    traceId: `t-${id}`,
    clock: clockOf(false, startUs / 1000, id),
    type: "GENERATION",
    startUs,
    endUs: startUs + tookMs * 1000,
    environment: "production",
    model: "gpt-4o",
    promptName: "greet",
    promptVersion: 1,
    cost: { input: 0.001, output: 0.002, total: 0.003 },
    parentId: "root",
    ...over,
  };
}

const scored = (of: Generation, over: Partial<Score>): Score => ({
  id: `s${++serial}`,
  clock: clockOf(false, NOW.getTime(), `s${serial}`),
  traceId: of.traceId ?? "",
  observationId: of.id,
  name: "quality",
  source: "API",
  dataType: "NUMERIC",
  timestampUs: NOW_US,
  ...over,
});

async function projectWith(part: Partial<StoredRows>) {
  const project = await freshProject(NOW);
  await applyRows(
    project.scope,
    [{ v: 1, observations: [], traces: [], scores: [], ...part }],
    true,
  );
  await untilQuiet(project.scope);
  const read = (query: string): Promise<Timeseries> =>
    readTimeseries(
      project.scope,
      "greet",
      TimeseriesQuery.parse(Object.fromEntries(new URLSearchParams(query))),
    );
  const get = (query: string) =>
    call("GET", `/api/public/prompts/greet/timeseries?${query}`, { authorization: project.basic });
  return { ...project, read, get };
}

const filled = ({ data }: Timeseries, line = 0) =>
  (data[line]?.points ?? []).filter(({ n }) => n > 0);

describe("GET /api/public/prompts/{name}/timeseries", () => {
  it("counts generations minute by minute", async ({ expect }) => {
    const { read } = await projectWith({
      observations: [ago(10, 100), ago(10, 200), ago(9, 100), ago(61, 100)],
    });
    const series = await read("metric=count&granularity=minute&from=2026-11-20T11:45:00Z");
    expect(series).toMatchObject({ unit: "generations", stepSeconds: 60, note: null });
    expect(series.data[0]?.points).toHaveLength(15);
    expect(filled(series)).toEqual([
      { at: "2026-11-20T11:50:00.000Z", n: 2, count: 2, rate: 2 },
      { at: "2026-11-20T11:51:00.000Z", n: 1, count: 1, rate: 1 },
    ]);
    expect(series.data[0]?.points[0]).toEqual({
      at: "2026-11-20T11:45:00.000Z",
      n: 0,
      count: 0,
      rate: 0,
    });
    const hours = await read("metric=count&from=2026-11-20T10:30:00Z");
    expect(hours).toMatchObject({ stepSeconds: 3600, from: "2026-11-20T10:00:00.000Z" });
    expect(filled(hours).map(({ at, n, rate }) => [at.slice(11, 13), n, rate])).toEqual([
      ["10", 1, 1 / 60],
      ["11", 3, 3 / 60],
    ]);
  });

  it("answers other metrics in 5-minute steps when asked by the minute, and says so", async ({
    expect,
  }) => {
    const { read } = await projectWith({
      observations: [ago(14, 100), ago(11, 300), ago(3, 50, { level: "ERROR" })],
    });
    const series = await read("metric=latencyMs&granularity=minute&from=2026-11-20T11:40:00Z");
    expect(series).toMatchObject({ metric: "latencyMs", unit: "ms", stepSeconds: 300 });
    expect(series.note).toContain("5-minute");
    expect(series.data[0]?.points).toHaveLength(4);
    const [first] = filled(series);
    expect(first).toMatchObject({ at: "2026-11-20T11:45:00.000Z", n: 2, sum: 400, mean: 200 });
    expect(Math.abs((first?.p99 ?? 0) / 100 - 1)).toBeLessThan(0.01);
    expect(series.data[0]?.points[0]).toEqual({
      at: "2026-11-20T11:40:00.000Z",
      n: 0,
      count: 0,
      sum: null,
      mean: null,
      sd: null,
      p50: null,
      p95: null,
      p99: null,
    });
    const errors = await read("metric=errors&granularity=minute&from=2026-11-20T11:40:00Z");
    expect(filled(errors).map(({ n, count, rate }) => [n, count, rate])).toEqual([
      [2, 0, 0],
      [1, 1, 1],
    ]);
    expect(errors.data[0]?.points[0]?.rate).toBeNull();
  });

  it("tells the statistics that are asked for, of versions, environments and models", async ({
    expect,
  }) => {
    const { read } = await projectWith({
      observations: [
        ago(5, 100),
        ago(5, 100, { promptVersion: 2 }),
        ago(5, 100, { promptVersion: 3, environment: "staging" }),
        ago(5, 500, { promptVersion: 2, model: "gpt-4o-mini" }),
      ],
    });
    const two = await read("metric=costUsd&version=2,3&statistic=sum,count&granularity=day");
    expect(two.data.map(({ version }) => version)).toEqual([2, 3]);
    expect(filled(two)).toEqual([{ at: "2026-11-20T00:00:00.000Z", n: 2, count: 2, sum: 0.006 }]);
    expect((await read("metric=count")).data.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(filled(await read("metric=count&version=3&environment=production"))).toEqual([]);
    expect(filled(await read("metric=latency&version=2&model=gpt-4o-mini"))[0]?.sum).toBe(500);
  });

  it("tells scores: numbers with quantiles, categories with shares, by source", async ({
    expect,
  }) => {
    const generations = [ago(5, 100), ago(6, 100), ago(7, 100), ago(8, 100)];
    const { read } = await projectWith({
      observations: generations,
      scores: generations.flatMap((one, i) => [
        scored(one, { value: i + 1, source: i === 0 ? "EVAL" : "API" }),
        scored(one, {
          name: "tone",
          dataType: "CATEGORICAL",
          stringValue: i === 0 ? "rude" : "kind",
        }),
      ]),
    });
    const quality = await read("metric=score:quality");
    expect(quality.data[0]?.dataType).toBe("NUMERIC");
    expect(filled(quality)[0]).toMatchObject({ n: 4, sum: 10, mean: 2.5 });
    expect(filled(await read("metric=score:quality&source=EVAL"))[0]).toMatchObject({
      n: 1,
      mean: 1,
    });
    expect(filled(await read("metric=score:tone&statistic=share"))[0]).toEqual({
      at: "2026-11-20T11:00:00.000Z",
      n: 4,
      counts: { kind: 3, rude: 1 },
      share: { kind: 0.75, rude: 0.25 },
    });
    const unknown = await read(
      "metric=score:nothing&statistic=mean&granularity=day&from=2026-11-20",
    );
    expect(unknown.data[0]?.points).toEqual([{ at: "2026-11-20T00:00:00.000Z", n: 0, mean: null }]);
  });

  it("tells more metrics in one answer, each as if it were asked for alone", async ({ expect }) => {
    const { read } = await projectWith({
      observations: [ago(5, 100), ago(65, 100, { promptVersion: 2 }), ago(65, 300)],
    });
    const rest = "granularity=hour&statistic=sum&from=2026-11-20T10:00:00Z";
    const { also, ...one } = await read(`metric=inputCost&also=outputCost,latency&${rest}`);
    expect(one).toEqual(await read(`metric=inputCost&${rest}`));
    const alone = await Promise.all(
      ["outputCost", "latency"].map((name) => read(`metric=${name}&${rest}`)),
    );
    expect(also).toEqual(alone.map(({ metric, unit, data }) => ({ metric, unit, data })));
    expect(also?.map(({ metric }) => metric)).toEqual(["outputCostUsd", "latencyMs"]);
    expect(filled({ ...one, ...also![1]! }).map(({ sum }) => sum)).toEqual([300, 100]);
  });

  it("draws the deployments inside the range", async ({ expect }) => {
    const { get, basic } = await projectWith({ observations: [ago(5, 100)] });
    for (const labels of [["production"], ["production"]]) {
      await call("POST", "/api/public/v2/prompts", {
        authorization: basic,
        body: { name: "greet", type: "text", prompt: "Hello", labels },
      });
    }
    const now = (await get("metric=count&granularity=day")).json as Timeseries;
    expect(now.deployments.map(({ label, from, to, kind }) => [label, from, to, kind])).toEqual([
      ["production", null, 1, "move"],
      ["production", 1, 2, "move"],
    ]);
    const then = (await get("metric=count&granularity=day&from=2020-01-01&to=2020-02-01")).json;
    expect((then as Timeseries).deployments).toEqual([]);
  });

  it("refuses what it cannot answer, naming it", async ({ expect }) => {
    const { get, read } = await projectWith({
      observations: [1, 2, 3].map((promptVersion) => ago(5, 100, { promptVersion })),
    });
    for (const [query, path] of [
      ["", "metric"],
      ["metric=speed", "metric"],
      ["metric=score:", "metric"],
      ["metric=count&granularity=second", "granularity"],
      ["metric=count&statistic=p50", "statistic"],
      ["metric=latencyMs&statistic=best", "statistic"],
      ["metric=count&from=2026-11-21&to=2026-11-20", "from"],
      ["metric=count&from=soon", "from"],
      ["metric=count&version=0", "version"],
      ["metric=count&granularity=day&from=2001-01-01", "from"],
      ["metric=latency&intervals=yes", "intervals"],
      ["metric=latency&also=count", "also"],
      ["metric=latency&also=cost,ttft,inputCost", "also"],
      ["metric=count&also=latency", "also"],
    ] as const) {
      const { status, json } = await get(query);
      expect(status, query).toBe(400);
      expect(json, query).toMatchObject({ issues: [{ path }] });
    }
    expect((await get("metric=count&version=7")).status).toBe(404);
    await expect(
      read("metric=count&granularity=minute&from=2026-11-16&to=2026-11-17"),
    ).rejects.toThrow(/kept 72 hours; ask for granularity hour/);
    await expect(read("metric=count&from=2026-06-01&to=2026-06-02")).rejects.toThrow(/90 days/);
    const long = "metric=latency&from=2026-08-23";
    await expect(read(`${long}&intervals=true`)).rejects.toThrow(/at most 5000 with intervals/);
    expect((await read(long)).data).toHaveLength(3);
  });

  it("tells how far values lie from their mean", async ({ expect }) => {
    const { read } = await projectWith({
      observations: [ago(90, 100), ago(90, 300), ago(20, 500)],
    });
    const answer = await read("metric=latency&statistic=mean,sd&from=2026-11-20T10:00:00Z");
    // Of two values it is their difference over √2; of one it is unknown.
    expect(filled(answer)).toMatchObject([
      { n: 2, mean: 200, sd: 141.421356 },
      { n: 1, mean: 500, sd: null },
    ]);
  });

  it("has intervals where they are asked for", async ({ expect }) => {
    const { read } = await projectWith({
      observations: [ago(90, 100), ago(90, 300), ago(20, 500)],
    });
    const query = "metric=latency&statistic=mean,p50&from=2026-11-20T10:00:00Z";
    const [first, second] = filled(await read(`${query}&intervals=true`));
    // 200 ± 12.7062 · 100: Student's with one degree, tan(0.475 π).
    expect(first?.intervals).toEqual({
      mean: { low: expect.closeTo(-1070.62, 2), high: expect.closeTo(1470.62, 2), needs: null },
      p50: { low: null, high: null, needs: 20 },
    });
    expect(second?.intervals).toMatchObject({ mean: { low: null, needs: 2 } });
    expect(filled(await read(query))[0]).not.toHaveProperty("intervals");
  });
});
