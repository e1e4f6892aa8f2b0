import { describe, it } from "vitest";

import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import type { repriceStep } from "../../../src/features/ingest/reprice/actions.ts";
import { MetricsQuery } from "../../../src/features/rollups/contract.ts";
import { readMetrics } from "../../../src/features/rollups/metrics/actions.ts";
import { call } from "../../support/call.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";
import { expectExact, untilQuiet } from "../rollups/comparison.ts";

const NOW = new Date();
const US = NOW.getTime() * 1000;
const HOUR_US = 3_600_000_000;

const generation = (i: number, over: object = {}) => ({
  id: `g${i}`,
  traceId: `t${i % 300}`,
  clock: clockOf(false, NOW.getTime(), `g${i}`),
  type: "GENERATION" as const,
  startUs: US - (i % 24) * HOUR_US,
  endUs: US - (i % 24) * HOUR_US + 1_000_000,
  parentId: "root",
  model: "acme-1",
  provider: "acme",
  promptName: "greet",
  promptVersion: 1,
  usage: { input: 600, input_cached_tokens: 400, output: 100, total: 1100 },
  ...over,
});

async function projectOf(count: number, over: object = {}): Promise<FreshProject> {
  const project = await freshProject(NOW);
  const observations = Array.from({ length: count }, (_, i) => generation(i, over));
  await applyRows(project.scope, [{ v: 1, observations, traces: [], scores: [] }], true);
  await untilQuiet(project.scope);
  return project;
}

const setPrice = ({ basic: authorization }: FreshProject, body: object): Promise<unknown> =>
  call("PUT", "/api/public/prices", { authorization, body });

type Step = Awaited<ReturnType<typeof repriceStep>>;

async function reprice({ basic: authorization }: FreshProject, body: object = {}): Promise<Step[]> {
  const steps: Step[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const answer = await call("POST", "/api/public/admin/reprice", {
      authorization,
      body: { ...body, ...(cursor === undefined ? {} : { cursor }) },
    });
    if (answer.status !== 200) throw new Error(answer.text);
    const step = answer.json as Step;
    steps.push(step);
    cursor = step.nextCursor;
  }
  return steps;
}

const sum = (steps: Step[], field: "scanned" | "changed"): number =>
  steps.reduce((total, step) => total + step[field], 0);

const costOf = async ({ scope }: FreshProject) => {
  const { data } = await readMetrics(scope, "greet", MetricsQuery.parse({}));
  const [version] = data;
  return {
    n: version?.costUsd.n,
    total: version?.costUsd.total,
    input: version?.inputCostUsd.total,
    output: version?.outputCostUsd.total,
  };
};

describe("re-pricing", () => {
  it("gives stored calls today's prices, and buckets follow", async ({ expect }) => {
    const project = await projectOf(1300);
    expect(await costOf(project)).toMatchObject({ n: 0, total: null });
    await setPrice(project, {
      model: "acme-*",
      usdPerMillion: { input: 10, input_cached_tokens: 1, output: 20 },
    });
    const steps = await reprice(project);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps[0]?.total).toBe(1300);
    expect(steps.slice(1).every(({ total }) => total === null)).toBe(true);
    expect([sum(steps, "scanned"), sum(steps, "changed")]).toEqual([1300, 1300]);
    await untilQuiet(project.scope);
    // 600 * 10 + 400 * 1 = 6,400 and 100 * 20 = 2,000 millionths of a USD a call.
    const total = 1300 * 0.0084;
    const paid = await costOf(project);
    expect(paid.n).toBe(1300);
    expect(paid.total).toBeCloseTo(total, 9);
    expect(paid.input).toBeCloseTo(1300 * 0.0064, 9);
    expect(paid.output).toBeCloseTo(1300 * 0.002, 9);
    const listed = await call("GET", "/api/public/observations/g7", {
      authorization: project.basic,
    });
    expect(listed.json).toMatchObject({
      costDetails: { total: 0.0084, input: 0.0064, output: 0.002, cached: 0.0004 },
    });
    expect(sum(await reprice(project), "changed")).toBe(0);
    await expectExact(expect, project.scope);
  });

  it("is bounded by time, and prices each call as of its beginning", async ({ expect }) => {
    const project = await projectOf(48);
    await setPrice(project, { model: "acme-1", usdPerMillion: { input: 1, output: 1 } });
    const from = new Date(NOW.getTime() - 3 * 3_600_000).toISOString();
    expect(sum(await reprice(project, { from }), "changed")).toBe(8);
    const validFrom = new Date(NOW.getTime() - 3_600_000 * 10.5).toISOString();
    await setPrice(project, { model: "acme-1", validFrom, usdPerMillion: { input: 2, output: 2 } });
    await reprice(project);
    await untilQuiet(project.scope);
    // The 11 newest hours cost 2 a million tokens, the 13 before them 1; two calls in each.
    const { total } = await costOf(project);
    expect(total).toBeCloseTo(2 * (11 * 0.0022 + 13 * 0.0011), 9);
  });

  it("leaves what the client said it paid, and goes on anywhere", async ({ expect }) => {
    const project = await projectOf(5, { cost: { total: 0.5 } });
    await setPrice(project, { model: "acme-1", usdPerMillion: { input: 1, output: 1 } });
    const steps = await reprice(project);
    expect(sum(steps, "changed")).toBe(0);
    expect(steps[0]).toMatchObject({ retentionDays: 30 });
    expect(Date.parse(steps[0]?.reachesBackTo ?? "")).toBeLessThan(NOW.getTime() - 29 * 86_400_000);
    const refused = await call("POST", "/api/public/admin/reprice", {
      authorization: project.basic,
      body: { cursor: "nonsense" },
    });
    expect(refused).toMatchObject({ status: 400, json: { issues: [{ path: "cursor" }] } });
  });
});
