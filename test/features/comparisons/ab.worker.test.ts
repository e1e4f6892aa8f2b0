import { describe, it } from "vitest";

import { promote, putAb, readAb, readTests } from "../../../src/features/comparisons/ab/actions.ts";
import { AbReport, type AbTest, PutAb } from "../../../src/features/comparisons/ab/contract.ts";
import { moveLabel, putSplit } from "../../../src/features/prompts/index.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { normals, uniforms } from "../../lib/stats/draws.ts";
import { freshProject } from "../../support/project.ts";
import { registryOf } from "../../support/registry.ts";
import type { Made } from "./cells.ts";
import { plant, type Planted, PROMPT } from "./plant.ts";

const START = new Date("2026-11-18T12:00:00.000Z");
const HOUR_MS = 3_600_000;

/** The same project, so many hours after the start. */
const later = (scope: Scope, hours: number): Scope => ({
  ...scope,
  now: new Date(START.getTime() + hours * HOUR_MS),
});

/** A prompt of three versions with a label on each; `production` is on the first. */
async function project() {
  const made = await freshProject(START);
  const registry = registryOf(made.scope);
  for (const labels of [["production", "variant-a"], ["variant-b"], ["variant-c"]]) {
    const body = { name: PROMPT, type: "text", prompt: "Hello", labels };
    const { status } = await registry.call("POST", "/api/public/v2/prompts", { body });
    if (status >= 300) throw new Error(`creating a version answered ${status}`);
  }
  const put = (said: object, hours = 0): Promise<AbTest> =>
    putAb(later(made.scope, hours), PROMPT, PutAb.parse({ ...SPLIT, ...said }));
  const read = async (id: string, hours: number): Promise<AbReport> =>
    AbReport.parse(await readAb(later(made.scope, hours), PROMPT, id));
  return { ...made, put, read };
}

const SPLIT = { name: "shorter", unit: "request", control: 1, primaryMetric: "latencyMs" };
const HALF = [
  { version: 1, weight: 5000 },
  { version: 2, weight: 5000 },
];
const halves = { label: "production", weights: HALF };

/** Generations of a version from the start on, so many an hour. */
function traffic(
  version: number,
  {
    hours,
    perHour,
    medianMs,
    seed,
  }: { hours: number; perHour: number; medianMs: number; seed: number },
  more: (uniform: number) => Made = () => ({}),
): Planted[] {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  return Array.from({ length: hours * perHour }, (_, i) => ({
    version,
    atMs: START.getTime() + Math.floor(((i + 0.5) * HOUR_MS) / perHour),
    latencyMs: medianMs * Math.exp(0.4 * normal()),
    ...more(uniform()),
  }));
}

const lineOf = (report: AbReport, metric: string, variant = 0) =>
  report.variants[variant]?.metrics.find((line) => line.metric === metric);

describe("an A/B test of a split label", () => {
  it("starts the split, shows always-valid intervals and a forecast, and promotes its winner", async ({
    expect,
  }) => {
    const { scope, put, read } = await project();
    const test = await put(halves);
    expect(test).toMatchObject({
      state: "running",
      startedAt: START.toISOString(),
      arms: [
        { version: 1, isControl: true, share: 0.5 },
        { version: 2, isControl: false, share: 0.5 },
      ],
    });
    await plant(later(scope, 24), [
      ...traffic(1, { hours: 24, perHour: 60, medianMs: 1000, seed: 1 }),
      ...traffic(2, { hours: 24, perHour: 60, medianMs: 700, seed: 2 }),
    ]);

    const early = await read(test.id, 1);
    expect(early.intervals).toBe("always valid");
    expect(early.variants[0]?.forecast.says).toMatch(
      /about \d+ (hours|days) more at present traffic/,
    );

    const report = await read(test.id, 24);
    expect(report).toMatchObject({
      state: "running",
      intervals: "always valid",
      sampleRatio: { mismatch: false },
      winner: 2,
      designEffect: { factor: null },
    });
    const latency = lineOf(report, "latencyMs");
    expect(latency).toMatchObject({ verdict: "better", isDecision: true });
    expect(latency?.chanceToBeat).toBeGreaterThan(0.99);
    expect(latency?.effect?.estimate).toBeCloseTo(-0.3, 1);
    expect(report.variants[0]?.forecast.says).toBe("There is enough for an answer.");

    const done = await promote(later(scope, 24), PROMPT, test.id, {});
    expect(done).toMatchObject({
      state: "promoted",
      outcome: { winner: 2, label: "production", chosenBy: "data" },
      endedAt: later(scope, 24).now.toISOString(),
    });
    const label = await scope.env.DB.prepare(
      "SELECT version FROM prompt_label WHERE project = ? AND label = 'production'",
    )
      .bind(scope.projectId)
      .first<{ version: number }>();
    expect(label).toEqual({ version: 2 });
    await expect(promote(later(scope, 25), PROMPT, test.id, {})).rejects.toThrow(
      /promoted already/,
    );
    const kept = await scope.env.DB.prepare("SELECT outcome FROM ab_test WHERE id = ?")
      .bind(test.id)
      .first<{ outcome: string }>();
    const outcome = JSON.parse(kept?.outcome ?? "{}") as { analysis: AbReport };
    expect(outcome.analysis.method.version).toBe("comparison/2");
    expect(outcome.analysis.variants[0]?.metrics[0]?.inputs.stages).toHaveLength(1);
    // What was shown before the promotion is what is shown after it.
    expect(lineOf(done, "latencyMs")?.effect).toEqual(latency?.effect);
  });

  it("takes the fixed-horizon interval only when its planned end has come", async ({ expect }) => {
    const { scope, put, read } = await project();
    const plannedEnd = later(scope, 12).now.toISOString();
    const test = await put({ ...halves, plannedEnd });
    await plant(later(scope, 20), [
      ...traffic(1, { hours: 20, perHour: 30, medianMs: 1000, seed: 3 }),
      ...traffic(2, { hours: 20, perHour: 30, medianMs: 1000, seed: 4 }),
    ]);
    const before = await read(test.id, 11.5);
    const after = await read(test.id, 20);
    expect([before.intervals, before.state]).toEqual(["always valid", "running"]);
    expect([after.intervals, after.state]).toEqual(["fixed horizon", "over"]);
    expect(before.variants[0]?.forecast.hours).toBeGreaterThan(0);
    expect(after.variants[0]?.forecast).toMatchObject({
      hours: null,
      says: "The test is over: nothing more comes.",
    });
    // Nothing after the planned end counts.
    expect(after.control.count).toBeLessThanOrEqual(12 * 30);
    const width = (report: AbReport): number => {
      const { low, high } = lineOf(report, "latencyMs")?.effect?.interval ?? {};
      return (high ?? Infinity) - (low ?? -Infinity);
    };
    expect(width(after)).toBeLessThan(0.75 * width(before));
    const line = lineOf(after, "latencyMs");
    expect(line?.test?.name).toContain("Welch");
    // Two ways of looking pay half of the level each: 97.5 %, so 2.24 to 2.26 standard errors.
    expect([before.method.alpha, after.method.alpha]).toEqual([0.025, 0.025]);
    const variance = ["control", "candidate"].reduce((sum, arm) => {
      const { n, m2 } = line?.inputs.stages[0]?.[arm as "control"] ?? { n: 0, m2: 0 };
      return sum + m2 / (n - 1) / n;
    }, 0);
    const { low, high } = line?.effect?.interval ?? {};
    const half = (Math.log1p(high ?? Number.NaN) - Math.log1p(low ?? Number.NaN)) / 2;
    expect(half / Math.sqrt(variance)).toBeCloseTo(2.25, 1);
  });

  it("adjusts decision metrics over variants by Holm and the rest by Benjamini-Hochberg", async ({
    expect,
  }) => {
    const { scope, put, read } = await project();
    const weights = [
      { version: 1, weight: 3334 },
      { version: 2, weight: 3333 },
      { version: 3, weight: 3333 },
    ];
    const test = await put({ label: "production", weights, decisionMetrics: ["errors"] });
    const failing =
      (share: number) =>
      (uniform: number): Made => ({
        failed: uniform < share,
        outputTokens: 100 + Math.floor(uniform * 10),
      });
    await plant(later(scope, 24), [
      ...traffic(1, { hours: 24, perHour: 60, medianMs: 1000, seed: 5 }, failing(0.02)),
      ...traffic(2, { hours: 24, perHour: 60, medianMs: 700, seed: 6 }, failing(0.15)),
      ...traffic(3, { hours: 24, perHour: 60, medianMs: 1000, seed: 7 }, failing(0.02)),
    ]);
    const report = await read(test.id, 24);
    expect(report.variants.map(({ version }) => version)).toEqual([2, 3]);
    expect(lineOf(report, "latencyMs", 0)?.verdict).toBe("better");
    expect(lineOf(report, "errors", 0)?.verdict).toBe("worse");
    expect(report.winner).toBeNull();
    const decided = report.variants.flatMap(({ metrics }) =>
      metrics.filter(({ isDecision }) => isDecision),
    );
    expect(decided).toHaveLength(4);
    const smallest = Math.min(...decided.map(({ test: one }) => one?.p ?? 1));
    const first = decided.find(({ test: one }) => one?.p === smallest);
    expect(first?.test?.adjustedP).toBeCloseTo(4 * smallest, 12);
    await expect(promote(later(scope, 24), PROMPT, test.id, {})).rejects.toThrow(
      /no variant has won/,
    );
    const kept = await promote(later(scope, 24), PROMPT, test.id, { version: 1, reason: "errors" });
    expect(kept.outcome).toMatchObject({ winner: 1, chosenBy: "caller", reason: "errors" });
    const splits = await scope.env.DB.prepare(
      "SELECT count(*) AS n FROM prompt_split WHERE project = ?",
    )
      .bind(scope.projectId)
      .first<{ n: number }>();
    expect(splits?.n).toBe(0);
  });

  it("waits for a split that is started by its own route", async ({ expect }) => {
    const { scope, put, read } = await project();
    const test = await put({ label: "production", versions: [1, 2] });
    expect(test.state).toBe("waiting");
    await expect(promote(later(scope, 1), PROMPT, test.id, {})).rejects.toThrow(/has not started/);
    const again = await put({ label: "production", versions: [1, 3] }, 1);
    expect(await readTests(later(scope, 1), PROMPT)).toHaveLength(1);
    const arms = [
      { version: 1, weight: 9000 },
      { version: 3, weight: 1000 },
    ];
    await putSplit(later(scope, 2), { name: PROMPT, label: "production" }, { arms });
    const report = await read(again.id, 3);
    expect(report).toMatchObject({
      state: "running",
      startedAt: later(scope, 2).now.toISOString(),
    });
    await expect(put({ label: "production", versions: [1, 2] }, 4)).rejects.toThrow(
      /split already/,
    );
  });

  it("takes its arms from the split when nobody named them", async ({ expect }) => {
    const { scope, put, read } = await project();
    const test = await put({ label: "production" });
    expect(test).toMatchObject({ state: "waiting", arms: [{ version: 1, isControl: true }] });
    const empty = await read(test.id, 1);
    expect(empty).toMatchObject({ state: "waiting", variants: [], winner: null });
    const arms = [
      { version: 3, weight: 2000 },
      { version: 1, weight: 6000 },
      { version: 2, weight: 2000 },
    ];
    await putSplit(later(scope, 2), { name: PROMPT, label: "production" }, { arms });
    const report = await read(test.id, 3);
    expect(report.state).toBe("running");
    expect(report.arms.map(({ version, isControl }) => [version, isControl])).toEqual([
      [1, true],
      [3, false],
      [2, false],
    ]);
    expect(report.variants.map(({ version, count }) => [version, count])).toEqual([
      [3, 0],
      [2, 0],
    ]);
  });

  it("trusts nothing when the arms did not get their shares", async ({ expect }) => {
    const { scope, put, read } = await project();
    const test = await put(halves);
    await plant(later(scope, 24), [
      ...traffic(1, { hours: 24, perHour: 60, medianMs: 1000, seed: 8 }),
      ...traffic(2, { hours: 24, perHour: 30, medianMs: 500, seed: 9 }),
    ]);
    const report = await read(test.id, 24);
    expect(report).toMatchObject({ sampleRatio: { mismatch: true }, winner: null });
    expect(lineOf(report, "latencyMs")).toMatchObject({ verdict: "not enough data", test: null });
  });
});

describe("an A/B test of labels that the app chooses", () => {
  const labels = { labels: ["variant-a", "variant-b"], control: "variant-a" };

  it("has no sample ratio and no count test without weights, and says so", async ({ expect }) => {
    const { scope, put, read } = await project();
    const test = await put(labels);
    expect(test).toMatchObject({ state: "running", label: null });
    await plant(later(scope, 24), [
      ...traffic(1, { hours: 24, perHour: 60, medianMs: 1000, seed: 10 }, (u) => ({
        failed: u < 0.05,
      })),
      ...traffic(2, { hours: 24, perHour: 20, medianMs: 1500, seed: 11 }, (u) => ({
        failed: u < 0.05,
      })),
    ]);
    const report = await read(test.id, 24);
    expect(report.sampleRatio).toBeNull();
    expect(report.notes.join()).toContain("no sample ratio check");
    expect(lineOf(report, "latencyMs")?.verdict).toBe("worse");
    expect(lineOf(report, "errors")).toMatchObject({ test: null, verdict: "not enough data" });
    expect(lineOf(report, "errors")?.why).toContain("no weights were declared");
    await expect(promote(later(scope, 24), PROMPT, test.id, { version: 1 })).rejects.toThrow(
      /label/,
    );
    const done = await promote(later(scope, 24), PROMPT, test.id, {
      version: 2,
      label: "production",
    });
    expect(done.outcome).toMatchObject({ winner: 2, label: "production" });
  });

  it("has both with weights, and ends when one of its labels moves", async ({ expect }) => {
    const { scope, put, read } = await project();
    const weights = [
      { label: "variant-a", weight: 3 },
      { label: "variant-b", weight: 1 },
    ];
    const test = await put({ ...labels, weights });
    await plant(later(scope, 24), [
      ...traffic(1, { hours: 24, perHour: 60, medianMs: 1000, seed: 12 }),
      ...traffic(2, { hours: 24, perHour: 20, medianMs: 1000, seed: 13 }),
    ]);
    expect((await read(test.id, 12)).sampleRatio).toMatchObject({ mismatch: false });
    const at = { name: PROMPT, label: "variant-b" };
    await moveLabel(later(scope, 12), at, { version: 3, reason: null, expected: [] });
    const report = await read(test.id, 24);
    expect(report.state).toBe("over");
    expect(report.variants[0]?.count).toBeLessThanOrEqual(12 * 20);
    expect(report.notes.join()).toContain("variant-b");
  });
});

describe("PUT /api/public/prompts/{name}/ab", () => {
  it("refuses what cannot be tested, naming it", async ({ expect }) => {
    const { put } = await project();
    const cases: [object, RegExp][] = [
      [{}, /either label/],
      [{ ...halves, versions: [1, 2] }, /say weights/],
      [{ label: "production", versions: [1, 9] }, /no version 9/],
      [{ label: "production", versions: [2, 3], control: 2 }, /must be version 1/],
      [{ label: "nowhere", versions: [1, 2] }, /no label nowhere/],
      [
        { label: "production", weights: [HALF[0], { version: 2, weight: 10 }] },
        /must sum to 10000/,
      ],
      [{ labels: ["variant-a", "production"], control: "production" }, /cannot be told apart/],
      [{ labels: ["variant-a", "nowhere"], control: "variant-a" }, /no label nowhere/],
      [{ labels: ["variant-a", "variant-b"], control: "production" }, /one of the labels/],
      [{ ...halves, primaryMetric: "speed" }, /must be one of/],
      [{ ...halves, margins: { latencyMs: 0.5 } }, /above 1/],
      [{ ...halves, plannedEnd: "2026-01-01T00:00:00Z" }, /must be in the future/],
    ];
    for (const [said, message] of cases) {
      const tried = (async () => put(said))();
      await expect(tried, JSON.stringify(said)).rejects.toThrow(message);
    }
  });

  it("lets no second test onto a label", async ({ expect }) => {
    const { put } = await project();
    await put({ label: "production", versions: [1, 2] });
    await expect(put({ label: "production", versions: [1, 3], name: "other" })).rejects.toThrow(
      /confound/,
    );
    await put({ labels: ["variant-b", "variant-c"], control: "variant-b", name: "labels" });
    await expect(
      put({ labels: ["variant-a", "variant-c"], control: "variant-a", name: "more" }),
    ).rejects.toThrow(/confound/);
  });
});
