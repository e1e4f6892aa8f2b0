import { spawn } from "node:child_process";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startedInstance, type StartedInstance, stateFolder } from "../support/instance.ts";
import { until } from "./support/instance.ts";

const REPRICE = join(import.meta.dirname, "../../local/reprice.ts");
const CALLS = 700;
const { state, dispose } = stateFolder();
let instance: StartedInstance;

beforeAll(async () => {
  instance = await startedInstance(state, []);
});
afterAll(async () => {
  await instance.end("SIGTERM");
  dispose();
});

/** Runs `npm run reprice` with these arguments to its end. */
function reprice(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [REPRICE, ...args]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const { url, abvKey } = instance.ready;
  const headers = { authorization: `Bearer ${abvKey}`, "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as T;
}

const costOf = async (id: string): Promise<Record<string, number> | undefined> =>
  (await api<{ costDetails?: Record<string, number> }>("GET", `/api/public/observations/${id}`))
    .costDetails;

describe("npm run reprice", () => {
  it("gives stored calls today's prices and says how far it reached", async () => {
    const at = Date.now();
    const batch = Array.from({ length: CALLS }, (_, i) => ({
      id: `e${i}`,
      type: "generation-create",
      timestamp: new Date(at).toISOString(),
      body: {
        id: `g${i}`,
        traceId: `t${i}`,
        startTime: new Date(at - 1000).toISOString(),
        endTime: new Date(at).toISOString(),
        model: "acme-1",
        usageDetails: { input: 1000, output: 100 },
      },
    }));
    await api("POST", "/api/public/ingestion", { batch });
    await until("the last call is stored", async () =>
      (await costOf(`g${CALLS - 1}`)) === undefined ? undefined : true,
    );
    expect(await costOf("g0")).toEqual({});
    await api("PUT", "/api/public/prices", {
      model: "acme-*",
      usdPerMillion: { input: 1, output: 10 },
    });
    const { code, stdout, stderr } = await reprice("--state", state);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(`100 % observations ${CALLS}/${CALLS}`);
    expect(stdout).toContain(`${CALLS} of ${CALLS} now cost something else`);
    expect(stdout).toMatch(/rows reach back to \d{4}-\d\d-\d\dT00:00:00.000Z \(30 days\)/);
    expect(await costOf("g0")).toEqual({ total: 0.002, input: 0.001, output: 0.001 });
  });

  it("says what is wrong with its arguments", async () => {
    expect(await reprice("--state", state, "--from", "yesterday")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("body from") as string,
    });
    expect((await reprice("--nonsense")).code).toBe(2);
  });
});
