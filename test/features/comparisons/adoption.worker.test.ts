import { describe, it } from "vitest";

import { readAdoption } from "../../../src/features/comparisons/adoption/actions.ts";
import { Adoption, AdoptionQuery } from "../../../src/features/comparisons/adoption/contract.ts";
import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { plant, type Planted, PROMPT, tell } from "./plant.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const MINUTE_MS = 60_000;
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE_MS);

async function project() {
  const made = await freshProject(NOW);
  const read = async (query = ""): Promise<Adoption> => {
    const parsed = AdoptionQuery.parse(Object.fromEntries(new URLSearchParams(query)));
    return Adoption.parse(await readAdoption(made.scope, PROMPT, parsed));
  };
  const get = (query = "") =>
    call("GET", `/api/public/prompts/${PROMPT}/adoption?${query}`, { authorization: made.basic });
  return { ...made, read, get };
}

/** So many generations of a version, spread over 5 minutes that begin so many minutes ago. */
const burst = (version: number, n: number, minutesAgo: number): Planted[] =>
  Array.from({ length: n }, (_, i) => ({
    version,
    atMs: ago(minutesAgo).getTime() + Math.floor((i * 5 * MINUTE_MS) / n),
  }));

describe("GET /api/public/prompts/{name}/adoption", () => {
  it("tells the share of each version after a deployment, and when the new one had most", async ({
    expect,
  }) => {
    const { scope, read } = await project();
    await tell(scope, ago(600), { from: null, to: 1 });
    await tell(scope, ago(60), { from: 1, to: 2 });
    await plant(scope, [
      ...burst(1, 90, 60),
      ...burst(2, 10, 60),
      ...burst(1, 40, 55),
      ...burst(2, 60, 55),
      ...burst(1, 5, 50),
      ...burst(2, 95, 50),
      ...burst(2, 100, 40),
    ]);
    const { deployments } = await read();
    expect(deployments.map(({ from, to, stepSeconds }) => [from, to, stepSeconds])).toEqual([
      [null, 1, 300],
      [1, 2, 300],
    ]);
    const last = deployments[1];
    expect(last?.timeToShare).toEqual({ p50: 600, p90: 900, p99: 1500 });
    expect(last?.count).toBe(400);
    expect(last?.points.slice(0, 4)).toEqual([
      { at: ago(60).toISOString(), n: 100, shares: { "1": 0.9, "2": 0.1 } },
      { at: ago(55).toISOString(), n: 100, shares: { "1": 0.4, "2": 0.6 } },
      { at: ago(50).toISOString(), n: 100, shares: { "1": 0.05, "2": 0.95 } },
      { at: ago(45).toISOString(), n: 0, shares: null },
    ]);
    expect(deployments[0]?.timeToShare).toEqual({ p50: null, p90: null, p99: null });
  });

  it("takes hours when the 5-minute buckets are gone", async ({ expect }) => {
    const { scope, read } = await project();
    const at = ago(10 * 24 * 60);
    await tell(scope, at, { from: 1, to: 2 });
    await plant(scope, burst(2, 50, 10 * 24 * 60));
    const { deployments } = await read();
    expect(deployments[0]).toMatchObject({ stepSeconds: 3600, timeToShare: { p99: 3600 } });
    expect(deployments[0]?.points).toHaveLength(7 * 24);
  });

  it("names environments, SDK versions and hosts that still use the old version", async ({
    expect,
  }) => {
    const { scope, read, basic } = await project();
    await tell(scope, ago(60), { from: 1, to: 2 });
    const generation = (
      i: number,
      minutesAgo: number,
      over: Partial<StoredRows["observations"][number]>,
    ): StoredRows["observations"][number] => ({
      id: `g${i}`,
      traceId: `t${i}`,
      clock: clockOf(false, ago(minutesAgo).getTime(), `g${i}`),
      type: "GENERATION",
      startUs: ago(minutesAgo).getTime() * 1000,
      endUs: ago(minutesAgo).getTime() * 1000 + 1000,
      environment: "production",
      promptName: PROMPT,
      promptVersion: 1,
      parentId: "root",
      ...over,
    });
    const observations = [
      generation(1, 90, { sdk: "before/1" }),
      generation(2, 50, { sdk: "langfuse-sdk/4.0.0", host: "worker-7" }),
      generation(3, 40, { sdk: "langfuse-sdk/4.0.0", environment: "staging" }),
      generation(4, 30, {}),
      generation(5, 20, { promptVersion: 2, sdk: "langfuse-sdk/5.0.0" }),
    ];
    await applyRows(scope, [{ v: 1, observations, traces: [], scores: [] }], true);
    await plant(scope, burst(1, 1, 30));
    const { stragglers } = await read();
    expect(stragglers).toMatchObject({ version: 1, looked: 3, isAll: true });
    expect(stragglers?.sdks).toEqual([
      { name: "langfuse-sdk/4.0.0", count: 2, lastAt: ago(40).toISOString() },
      { name: null, count: 1, lastAt: ago(30).toISOString() },
    ]);
    expect(stragglers?.environments.map(({ name, count }) => [name, count])).toEqual([
      ["production", 2],
      ["staging", 1],
    ]);
    expect(stragglers?.hosts).toEqual([
      { name: "worker-7", count: 1, lastAt: ago(50).toISOString() },
    ]);
    const behind = await call("GET", stragglers?.observations ?? "", { authorization: basic });
    expect((behind.json as { data: unknown[] }).data).toHaveLength(3);
    expect((await read("environment=staging")).stragglers?.looked).toBe(1);
  });

  it("refuses what it does not know, naming it", async ({ expect }) => {
    const { scope, get } = await project();
    expect((await get()).status).toBe(404);
    await tell(scope, ago(60), { from: null, to: 1 });
    await plant(scope, burst(1, 1, 30));
    const unknown = await get("label=nowhere");
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain("nowhere");
    // Without an end a range ends now, and the second begins after that.
    for (const range of ["from=2026-11-21&to=2026-11-20", "from=2100-01-01"]) {
      expect(await get(range)).toMatchObject({ status: 400, json: { issues: [{ path: "from" }] } });
    }
  });

  it("is empty where the label did not move, not unknown", async ({ expect }) => {
    const { scope, get } = await project();
    await tell(scope, ago(60), { from: null, to: 1 });
    await plant(scope, burst(1, 1, 30));
    for (const range of ["to=2020-01-01", "from=2100-01-01&to=2100-02-01"]) {
      expect(await get(range), range).toMatchObject({
        status: 200,
        json: { deployments: [], stragglers: null },
      });
    }
  });
});
