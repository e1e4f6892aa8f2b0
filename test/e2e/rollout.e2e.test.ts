import { describe, expect, it } from "vitest";

import { type E2eProject, until } from "./support/instance.ts";
import { runProgram } from "./support/program.ts";
import { runningInstance } from "./support/shared.ts";

const instance = runningInstance();
const PROMPT = "rolled/greeting";
const MINUTE_MS = 60_000;

type Shown = {
  id: string;
  state: string;
  because: string | null;
  split: string;
  guardrails: {
    metric: string;
    evidence: { control: { n: number }; candidate: { n: number; value: number } } | null;
  }[];
};

async function asked<T>(project: E2eProject, method: string, path: string, body?: unknown) {
  const { status, json } = await project.ask(method, path, body);
  expect(status, JSON.stringify(json)).toBeLessThan(300);
  return json as T;
}

describe("a rollout of a version that fails", () => {
  it("starts, sees traffic of an SDK and of the split helper, goes back, and control is served", async () => {
    const project = await instance().createProject("rollout");
    for (const labels of [["production"], []]) {
      const body = { name: PROMPT, prompt: `Hello ${labels.length}`, labels };
      await asked(project, "POST", "/api/public/v2/prompts", body);
    }
    const startMs = Date.now();
    const started = await asked<Shown>(project, "POST", "/api/public/rollouts", {
      prompt: PROMPT,
      label: "production",
      candidate: 2,
      unit: "request",
      stages: [{ share: 50, minMinutes: 60 }],
    });
    expect(started.state).toBe("warming");

    const trafficEndMs = startMs + 15 * MINUTE_MS;
    await instance().tick(new Date(trafficEndMs));
    const { seen } = await runProgram("rollout", project, {
      ROLLOUT_PROMPT: PROMPT,
      ROLLOUT_FROM_MS: String(startMs + 3 * MINUTE_MS),
      ROLLOUT_TO_MS: String(trafficEndMs),
    });
    const versions = seen["versions"] as Record<string, number>;
    expect(Object.keys(versions).sort()).toEqual(["helper v1", "helper v2", "sdk v1", "sdk v2"]);

    const path = `/api/public/rollouts/${started.id}`;
    let minute = 15;
    const done = await until("the rollout goes back", async () => {
      await instance().tick(new Date(startMs + ++minute * MINUTE_MS));
      const shown = await asked<Shown>(project, "GET", path);
      return shown.state === "rolled_back" ? shown : undefined;
    });
    expect(done.because).toBe("Proven worse by at least its margin: errors");
    const errors = done.guardrails.find(({ metric }) => metric === "errors")?.evidence;
    expect(errors?.candidate.value).toBe(1);

    const fetched = await fetch(`${project.url}/api/public/v2/prompts/${PROMPT}`, {
      headers: {
        authorization: `Basic ${btoa(`${project.publicKey}:${project.secretKey}`)}`,
      },
    });
    expect(fetched.headers.get("x-promptside-arm")).toBeNull();
    expect(await fetched.json()).toMatchObject({ version: 1, labels: ["production"] });
    const splits = await asked<{ data: unknown[] }>(
      project,
      "GET",
      `/api/public/splits?name=${encodeURIComponent(PROMPT)}&label=production`,
    );
    expect(splits.data).toEqual([]);

    const ledger = await asked<{ data: { reason: string; cause: { evidence: object } }[] }>(
      project,
      "GET",
      `/api/public/prompts/${encodeURIComponent(PROMPT)}/deployments?kind=split`,
    );
    expect(ledger.data[0]?.reason).toBe(
      `Rollout ${started.id} rolled back: Proven worse by at least its margin: errors`,
    );
    expect(ledger.data[0]?.cause.evidence).toMatchObject({
      rollout: started.id,
      decision: "roll back: errors",
    });
  });
});
