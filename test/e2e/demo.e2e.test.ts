import { spawn } from "node:child_process";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startedInstance, type StartedInstance, stateFolder } from "../support/instance.ts";

const DEMO = join(import.meta.dirname, "../../local/demo.ts");
const { state, dispose } = stateFolder();
let instance: StartedInstance;

beforeAll(async () => {
  instance = await startedInstance(state, ["--test-clock"]);
});
afterAll(async () => {
  await instance.end("SIGTERM");
  dispose();
});

/** Runs `npm run demo` with these arguments to its end. */
function demo(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [DEMO, ...args]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
}

async function api(path: string, init: RequestInit = {}): Promise<unknown> {
  const { url, abvKey } = instance.ready;
  const headers = { authorization: `Bearer ${abvKey}` };
  return (await fetch(`${url}${path}`, { headers, ...init })).json();
}

const tick = (): Promise<unknown> =>
  api("/api/public/admin/tick", {
    method: "POST",
    headers: { authorization: `Bearer ${instance.ready.adminToken}` },
    body: JSON.stringify({ at: new Date(Date.now() + 1_000).toISOString() }),
  });

type Metrics = {
  data: { version: number; count: number; latencyMs: { p50: number } }[];
  fallback: { count: number };
};

async function countOf(name: string): Promise<{ total: number; metrics: Metrics }> {
  const metrics = (await api(`/api/public/prompts/${name}/metrics`)) as Metrics;
  const total = metrics.data.reduce((sum, { count }) => sum + count, metrics.fallback.count);
  return { total, metrics };
}

/** Ticks until every generation is in the numbers. */
async function allCounted(expected: number): Promise<Metrics[]> {
  for (let tries = 0; ; tries++) {
    await tick();
    const both = [await countOf("support-reply"), await countOf("summarise-ticket")];
    const total = both.reduce((sum, each) => sum + each.total, 0);
    if (total >= expected || tries === 40) {
      expect(total).toBe(expected);
      return both.map(({ metrics }) => metrics);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

describe("npm run demo", () => {
  it("sends exactly the traffic asked for, with one version worse than its neighbour", async () => {
    const { code, stderr } = await demo("--state", state, "--generations", "600");
    expect(stderr).toContain("100 % generations 600/600");
    expect(code).toBe(0);
    const [support, summarise] = await allCounted(600);
    expect(summarise?.data).toHaveLength(2);
    const [first, second] = support?.data.sort((one, other) => one.version - other.version) ?? [];
    expect(second?.latencyMs.p50).toBeGreaterThan(1.5 * (first?.latencyMs.p50 ?? Infinity));
  });

  it("writes deployments at their simulated instants", async () => {
    const ledger = (await api(
      "/api/public/prompts/support-reply/deployments?label=production",
    )) as {
      data: { from: number | null; to: number; at: string }[];
    };
    expect(ledger.data.map(({ from, to }) => [from, to])).toEqual([
      [2, 1],
      [1, 2],
      [null, 1],
    ]);
    const ages = ledger.data.map(({ at }) => (Date.now() - Date.parse(at)) / 86_400_000);
    expect(ages[0]).toBeGreaterThan(1);
    expect(ages[2]).toBeGreaterThan(14);
  });

  it("adds traffic when it runs again, and leaves the prompts as they are", async () => {
    const { code, stderr } = await demo("--state", state, "--generations", "100", "--seed", "7");
    expect(code).toBe(0);
    expect(stderr).toContain("support-reply is there already; only traffic is sent");
    await allCounted(700);
    const prompt = (await api("/api/public/v2/prompts/support-reply?label=latest")) as object;
    expect(prompt).toMatchObject({ version: 2, tags: ["demo"] });
  });

  it("says what to do when nothing answers, and for a flag it does not know", async () => {
    const gone = await demo("--state", state, "--url", "http://localhost:9");
    expect(gone).toMatchObject({ code: 1 });
    expect(gone.stderr).toContain("nothing answers at http://localhost:9; run `npm start` first");
    const empty = stateFolder();
    expect((await demo("--state", empty.state)).stderr).toContain("holds no keys");
    empty.dispose();
    expect(await demo("--generation", "5")).toMatchObject({ code: 2 });
  });
});
