import { describe, it } from "vitest";

import { readComparison } from "../../../src/features/comparisons/actions.ts";
import { Comparison, ComparisonQuery } from "../../../src/features/comparisons/contract.ts";
import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf, throughLabel } from "../../../src/features/ingest/model.ts";
import { normals, uniforms } from "../../lib/stats/draws.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { untilQuiet } from "../rollups/comparison.ts";
import type { Made } from "./cells.ts";
import { plant, type Planted, PROMPT, splitOf, tell } from "./plant.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

async function project() {
  const made = await freshProject(NOW);
  const read = async (query: string): Promise<Comparison> => {
    const answer = await readComparison(
      made.scope,
      PROMPT,
      ComparisonQuery.parse(Object.fromEntries(new URLSearchParams(query))),
    );
    return Comparison.parse(answer) && answer;
  };
  const get = (query: string) =>
    call("GET", `/api/public/prompts/${PROMPT}/comparison?${query}`, { authorization: made.basic });
  return { ...made, read, get };
}

const lineOf = ({ metrics }: Comparison, metric: string) =>
  metrics.find((line) => line.metric === metric);

/** Draws generations of a version, evenly over a stretch of time. */
function traffic(
  version: number,
  { n, from, to, seed }: { n: number; from: Date; to: Date; seed: number },
  make: (normal: number, uniform: number) => Made,
  over: Partial<Planted> = {},
): Planted[] {
  const random = uniforms(seed);
  const normal = normals(random);
  const step = (to.getTime() - from.getTime()) / n;
  return Array.from({ length: n }, (_, i) => ({
    version,
    atMs: Math.floor(from.getTime() + (i + 0.5) * step),
    ...make(normal(), random()),
    ...over,
  }));
}

const lognormal = (median: number, normal: number): number => median * Math.exp(0.5 * normal);

describe("a comparison under a split", () => {
  const HALF = [
    { version: 1, weight: 5000 },
    { version: 2, weight: 5000 },
  ];
  const made =
    (slower: number) =>
    (normal: number, uniform: number): Made => ({
      latencyMs: lognormal(1000 * slower, normal),
      costUsd: 0.001 * Math.exp(0.3 * normal),
      inputTokens: 400,
      outputTokens: 100 + Math.floor(uniform * 20),
      failed: uniform < 0.02,
      quality: Math.min(1, Math.max(0, 0.7 + 0.1 * normal)),
      helpful: uniform < 0.8,
      tone: uniform < 0.5 ? "kind" : "neutral",
    });

  it("that is live has always-valid intervals, the sample ratio, and verdicts with reasons", async ({
    expect,
  }) => {
    const { scope, read } = await project();
    const from = ago(20 * HOUR_MS);
    await tell(scope, from, { from: 1, to: 1, ...splitOf("started", HALF) });
    await plant(scope, [
      ...traffic(1, { n: 1500, from, to: NOW, seed: 1 }, made(1)),
      ...traffic(2, { n: 1500, from, to: NOW, seed: 2 }, made(1.4)),
      // Before the split: not of the experiment.
      ...traffic(1, { n: 200, from: ago(30 * HOUR_MS), to: from, seed: 3 }, made(9)),
    ]);
    const found = await read("control=1&candidate=2");
    expect(found.design).toMatchObject({
      kind: "randomised, concurrent",
      live: true,
      label: "production",
      sampleRatio: { mismatch: false, expectedShare: 0.5 },
    });
    expect(found.control.count).toBeLessThanOrEqual(1500);
    expect(found.control.count).toBeGreaterThan(1480);
    const latency = lineOf(found, "latencyMs");
    expect(latency).toMatchObject({
      verdict: "worse",
      test: { name: expect.stringContaining("confidence sequence") },
      effect: { unit: "relative" },
    });
    expect(latency?.effect?.estimate).toBeGreaterThan(0.3);
    expect(latency?.effect?.estimate).toBeLessThan(0.5);
    expect(latency?.effect?.interval.low).toBeGreaterThan(0.1);
    expect(latency?.why).toMatch(/Latency.*margin of 10 %.*bad side/);
    expect(lineOf(found, "outputTokens")?.verdict).toBe("equivalent");
    expect(lineOf(found, "errors")?.test?.name).toContain("count mixture");
    expect(lineOf(found, "score:tone")?.why).toContain("no always-valid test of categories");
    expect(lineOf(found, "score:quality")?.verdict).toBe("equivalent");
    expect(latency?.chanceGreater).toBeNull();
    expect(found.warnings).toEqual([]);
    expect(found.method.version).toBe("comparison/2");
  });

  it("that has ended takes the table of methods, with effect sizes and adjusted p-values", async ({
    expect,
  }) => {
    const { scope, read } = await project();
    const [from, to] = [ago(10 * DAY_MS), ago(8 * DAY_MS)];
    await tell(scope, from, { from: 1, to: 1, ...splitOf("started", HALF) });
    await tell(scope, to, { from: 1, to: 1, ...splitOf("ended", HALF) });
    await plant(scope, [
      ...traffic(1, { n: 1000, from, to, seed: 4 }, made(1)),
      ...traffic(2, { n: 1000, from, to, seed: 5 }, made(1)),
      ...traffic(1, { n: 700, from: ago(17 * DAY_MS), to: ago(11 * DAY_MS), seed: 6 }, made(1)),
    ]);
    const found = await read("control=1&candidate=2");
    expect(found.design).toMatchObject({ live: false, sampleRatio: { mismatch: false } });
    const tests = Object.fromEntries(
      found.metrics.map(({ metric, test }) => [metric, test?.name ?? null]),
    );
    expect(tests).toMatchObject({
      latencyMs: "Welch's t-test on logarithms",
      timeToFirstTokenMs: null,
      costUsd: "Welch's t-test of means, relative by the delta method",
      costUsdWinsorised: "Welch's t-test of means, relative by the delta method",
      errors: "pooled z-test, Newcombe's interval",
      slowShare: "pooled z-test, Newcombe's interval",
      "score:quality": "Welch's t-test",
      "score:helpful": "pooled z-test, Newcombe's interval",
      "score:tone": "chi-square test of the mix of categories",
    });
    expect(lineOf(found, "score:quality")?.effectSize?.name).toBe("Hedges g");
    expect(lineOf(found, "score:tone")).toMatchObject({ verdict: null, effect: null });
    expect(lineOf(found, "latencyMs")?.chanceGreater?.value).toBeCloseTo(0.5, 1);
    expect(lineOf(found, "latencyMs")?.quantileRatios?.map(({ needs }) => needs)).toEqual([
      null,
      null,
      null,
    ]);
    for (const { test } of found.metrics) {
      if (test) expect(test.adjustedP).toBeGreaterThanOrEqual(test.p);
    }
    expect(lineOf(found, "timeToFirstTokenMs")).toMatchObject({
      verdict: "not enough data",
      needs: 2,
      control: { n: 0, estimate: { value: null, interval: null } },
    });
  });

  it("compares each stage within itself when the weights changed", async ({ expect }) => {
    const { scope, read } = await project();
    const [first, second, end] = [ago(12 * DAY_MS), ago(11 * DAY_MS), ago(10 * DAY_MS)];
    const FEW = [
      { version: 1, weight: 9000 },
      { version: 2, weight: 1000 },
    ];
    await tell(scope, first, { from: 1, to: 1, ...splitOf("started", FEW) });
    await tell(scope, second, { from: 1, to: 1, ...splitOf("changed", HALF) });
    await tell(scope, end, { from: 1, to: 1, ...splitOf("ended", HALF) });
    // The second day is twice as slow for everybody: pooled, the candidate would look slower.
    await plant(scope, [
      ...traffic(1, { n: 1800, from: first, to: second, seed: 7 }, made(1)),
      ...traffic(2, { n: 200, from: first, to: second, seed: 8 }, made(1)),
      ...traffic(1, { n: 1000, from: second, to: end, seed: 9 }, made(2)),
      ...traffic(2, { n: 1000, from: second, to: end, seed: 10 }, made(2)),
    ]);
    const found = await read("control=1&candidate=2");
    const latency = lineOf(found, "latencyMs");
    expect(latency?.test?.name).toContain("2 stages");
    expect(Math.abs(latency?.effect?.estimate ?? 1)).toBeLessThan(0.06);
    expect(latency?.verdict).toBe("equivalent");
    expect(latency?.inputs.stages.map(({ share }) => share)).toEqual([0.1, 0.5]);
    expect(latency?.chanceGreater).toBeNull();
  });

  it("is widened, and warns, when generations of one user resemble each other", async ({
    expect,
  }) => {
    const { scope, read } = await project();
    const [from, to] = [ago(10 * HOUR_MS), ago(2 * HOUR_MS)];
    await tell(scope, from, { from: 1, to: 1, ...splitOf("started", HALF) });
    await tell(scope, to, { from: 1, to: 1, ...splitOf("ended", HALF) });
    const uniform = uniforms(40);
    const normal = normals(uniform);
    const levels = Array.from({ length: 60 }, () => normal());
    const observations: StoredRows["observations"] = [];
    const traces: StoredRows["traces"] = [];
    for (let i = 0; i < 600; i++) {
      const user = i % levels.length;
      const startMs = from.getTime() + HOUR_MS + i * 30_000;
      const clock = clockOf(false, startMs, `g${i}`);
      const ids = { traceId: `t${i}`, id: `g${i}`, clock };
      traces.push({ id: ids.traceId, clock, userId: `user-${user}` });
      observations.push({
        ...ids,
        type: "GENERATION",
        startUs: startMs * 1000,
        endUs: startMs * 1000 + Math.round(1e6 * Math.exp((levels[user] ?? 0) + 0.3 * normal())),
        environment: "production",
        promptName: PROMPT,
        promptVersion: 1 + (i % 2),
        parentId: "root",
      });
    }
    await applyRows(scope, [{ v: 1, observations, traces, scores: [] }], true);
    await untilQuiet(scope);
    const found = await read("control=1&candidate=2");
    expect(found.warnings.map(({ kind }) => kind)).toContain("clustered-users");
    expect(found.method.designEffect).toBeGreaterThan(3);
    expect(lineOf(found, "latencyMs")?.test?.name).toContain("design effect");
    expect(found.control.count).toBe(300);
  });

  it("withholds every verdict when the arms did not get their shares", async ({ expect }) => {
    const { scope, read } = await project();
    const [from, to] = [ago(10 * DAY_MS), ago(8 * DAY_MS)];
    await tell(scope, from, { from: 1, to: 1, ...splitOf("started", HALF) });
    await tell(scope, to, { from: 1, to: 1, ...splitOf("ended", HALF) });
    await plant(scope, [
      ...traffic(1, { n: 1000, from, to, seed: 11 }, made(1)),
      ...traffic(2, { n: 700, from, to, seed: 12 }, made(1.5)),
    ]);
    const found = await read("control=1&candidate=2");
    expect(found.design.sampleRatio).toMatchObject({ mismatch: true });
    expect(found.warnings.map(({ kind }) => kind)).toContain("sample-ratio");
    for (const { verdict, why } of found.metrics) {
      expect(verdict).toBe("not enough data");
      expect(why).toContain("shares");
    }
  });
});

describe("a comparison without a split", () => {
  const steady = (normal: number): Made => ({
    latencyMs: lognormal(1000, 0.2 * normal),
    costUsd: 0.001,
  });
  const slower = (normal: number): Made => ({
    latencyMs: lognormal(1800, 0.2 * normal),
    costUsd: 0.001,
  });

  it("is before/after, calibrated on windows without a deployment", async ({ expect }) => {
    const { scope, read } = await project();
    const deployed = ago(30 * HOUR_MS);
    await tell(scope, deployed, { from: 1, to: 2 });
    await plant(scope, [
      ...traffic(1, { n: 4000, from: ago(17 * DAY_MS), to: deployed, seed: 21 }, steady),
      ...traffic(2, { n: 400, from: deployed, to: NOW, seed: 22 }, slower),
    ]);
    const found = await read("control=1&candidate=2");
    expect(found.design).toMatchObject({
      kind: "before/after, not randomised",
      label: "production",
      deployedAt: deployed.toISOString(),
      windowHours: 24,
    });
    const latency = lineOf(found, "latencyMs");
    expect(latency).toMatchObject({
      verdict: "worse",
      placebo: { hours: 24, windows: 145, asLarge: 0 },
    });
    expect(latency?.effect?.estimate).toBeCloseTo(0.8, 1);
    expect(latency?.inputs.hours?.hours).toHaveLength(336 + 24);
    expect(lineOf(found, "costUsd")).toMatchObject({ test: null, verdict: "not enough data" });
  });

  it("is numbers only with less than 14 days of history", async ({ expect }) => {
    const { scope, read } = await project();
    const deployed = ago(30 * HOUR_MS);
    await tell(scope, deployed, { from: 1, to: 2 });
    await plant(scope, [
      ...traffic(1, { n: 1000, from: ago(9 * DAY_MS), to: deployed, seed: 23 }, steady),
      ...traffic(2, { n: 200, from: deployed, to: NOW, seed: 24 }, slower),
    ]);
    const found = await read("control=1&candidate=2");
    const latency = lineOf(found, "latencyMs");
    expect(latency).toMatchObject({ effect: null, test: null, verdict: "not enough data" });
    expect(latency?.why).toContain("too little history");
    expect(latency?.control.estimate.interval?.low).toBeGreaterThan(900);
    expect(latency?.control.quantiles?.p99.needs).toBeNull();
    expect(latency?.candidate.quantiles?.p99).toMatchObject({ interval: null, needs: 400 });
    expect(latency?.candidate.quantiles?.p95.needs).toBeNull();
  });

  it("warns of other models, longer inputs and other coverage", async ({ expect }) => {
    const { scope, read } = await project();
    const [from, to] = [ago(3 * DAY_MS), ago(2 * DAY_MS)];
    const inputs =
      (tokens: number, scored: boolean) =>
      (normal: number): Made => ({
        latencyMs: lognormal(900, normal),
        inputTokens: tokens * Math.exp(0.2 * normal),
        ...(scored ? { quality: 0.5 } : {}),
      });
    await plant(scope, [
      ...traffic(1, { n: 300, from, to, seed: 31 }, inputs(400, true)),
      ...traffic(2, { n: 150, from: to, to: NOW, seed: 32 }, inputs(600, true)),
      ...traffic(2, { n: 150, from: to, to: NOW, seed: 33 }, inputs(600, false), {
        model: "gpt-4o-mini",
      }),
    ]);
    const { warnings } = await read("control=1&candidate=2");
    expect(warnings.map(({ kind }) => kind).sort()).toEqual([
      "input-length",
      "model-mix",
      "score-coverage",
    ]);
    expect(warnings.find(({ kind }) => kind === "model-mix")?.message).toContain(
      "gpt-4o-mini 50 %",
    );
    const oneModel = await read("control=1&candidate=2&model=gpt-4o");
    expect(oneModel.warnings.map(({ kind }) => kind)).not.toContain("model-mix");
    expect(oneModel.candidate.count).toBe(150);
  });

  it("counts no generation that a label led to a version, and says how many there are", async ({
    expect,
  }) => {
    const { scope, read } = await project();
    const [from, to] = [ago(3 * DAY_MS), ago(2 * DAY_MS)];
    await plant(scope, [
      ...traffic(1, { n: 30, from, to, seed: 41 }, steady),
      ...traffic(2, { n: 30, from, to, seed: 42 }, steady),
      ...traffic(throughLabel(2), { n: 7, from, to, seed: 43 }, steady),
    ]);
    const { candidate, warnings } = await read("control=1&candidate=2");
    expect(candidate.count).toBe(30);
    expect(warnings.find(({ kind }) => kind === "label-links")?.message).toMatch(/^7 more/);
  });

  it("takes margins, and says when a score has none", async ({ expect }) => {
    const { scope, read } = await project();
    await plant(scope, [
      ...traffic(1, { n: 50, from: ago(DAY_MS), to: NOW, seed: 34 }, (n) => ({ quality: 40 + n })),
      ...traffic(2, { n: 50, from: ago(DAY_MS), to: NOW, seed: 35 }, (n) => ({ quality: 40 + n })),
    ]);
    const plain = await read("control=1&candidate=2");
    expect(lineOf(plain, "score:quality")?.margin).toBeNull();
    const query = "control=1&candidate=2&margins=score:quality:2,latencyMs:1.5";
    const told = await read(query);
    expect(lineOf(told, "score:quality")?.margin).toEqual({
      scale: "raw",
      margin: 2,
      better: "higher",
    });
    expect(lineOf(told, "latencyMs")?.margin?.margin).toBe(1.5);
  });

  it("of an empty range has n 0 and nulls, never zeros", async ({ expect }) => {
    const { scope, read } = await project();
    await plant(scope, [
      ...traffic(1, { n: 5, from: ago(DAY_MS), to: NOW, seed: 36 }, steady),
      ...traffic(2, { n: 5, from: ago(DAY_MS), to: NOW, seed: 37 }, steady),
    ]);
    for (const range of ["from=2026-01-01&to=2026-01-02", "from=2099-01-01&to=2099-01-02"]) {
      const empty = await read(`control=1&candidate=2&${range}`);
      expect(empty.control.count).toBe(0);
      for (const { control, candidate, effect, test, verdict } of empty.metrics) {
        expect([effect, test, verdict]).toEqual([null, null, "not enough data"]);
        for (const arm of [control, candidate]) {
          expect(arm.n).toBe(0);
          expect([arm.estimate.value, arm.estimate.interval]).toEqual([null, null]);
        }
      }
    }
  });
});

describe("GET /api/public/prompts/{name}/comparison", () => {
  it("refuses what it cannot answer, naming it", async ({ expect }) => {
    const { scope, get } = await project();
    await plant(scope, [
      ...traffic(1, { n: 5, from: ago(DAY_MS), to: NOW, seed: 38 }, () => ({ latencyMs: 5 })),
      ...traffic(2, { n: 5, from: ago(DAY_MS), to: NOW, seed: 39 }, () => ({ latencyMs: 5 })),
    ]);
    for (const [query, path] of [
      ["candidate=2", "control"],
      ["control=1", "candidate"],
      ["control=1&candidate=1", "candidate"],
      ["control=one&candidate=2", "control"],
      ["control=1&candidate=2&from=2026-11-21&to=2026-11-20", "from"],
      ["control=1&candidate=2&from=2099-01-01", "from"],
      ["control=1&candidate=2&from=2020-01-01&to=2026-01-01", "from"],
      ["control=1&candidate=2&margins=latencyMs", "margins"],
      ["control=1&candidate=2&margins=latencyMs:0.9", "margins"],
      ["control=1&candidate=2&margins=speed:2", "margins"],
    ] as const) {
      const { status, json } = await get(query);
      expect(status, query).toBe(400);
      expect(json, query).toMatchObject({ issues: [{ path }] });
    }
    expect(await get("control=1&candidate=9")).toMatchObject({ status: 404 });
    expect((await get("control=1&candidate=2")).status).toBe(200);
  });
});
