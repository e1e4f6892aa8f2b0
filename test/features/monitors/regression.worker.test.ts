import { afterAll, describe, it } from "vitest";

import { changeMonitor } from "../../../src/features/monitors/actions.ts";
import type { IncidentDetail, RolledBack } from "../../../src/features/monitors/contract.ts";
import { BUILT_IN } from "../../../src/features/monitors/model.ts";
import { newestDeployments } from "../../../src/features/prompts/index.ts";
import { setNow } from "../../../src/platform/clock.ts";
import { call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { DAY_MS, evenly, HOUR_MS, hourly, type Lab, lab, MINUTE_MS, PROMPT } from "./lab.ts";

const BEGIN = new Date("2026-11-02T00:00:00.000Z");
const T0 = BEGIN.getTime();
const DEPLOYED = T0 + 14 * DAY_MS + 20 * MINUTE_MS;
/** The first full hour of the deployment. */
const START = T0 + 14 * DAY_MS + HOUR_MS;
const after = (hours: number): number => START + hours * HOUR_MS + 3 * MINUTE_MS;

/** Latency that wanders by a few percent from hour to hour, as real ones do. */
const wandering =
  (times: number) =>
  (i: number): number =>
    1000 * times * (1 + 0.04 * Math.sin(i * 1.7) + 0.03 * Math.cos(i * 0.31));

/** Fourteen days of v1, then v2. */
async function deployedLab(v2: { latencyTimes?: number; failed?: boolean }): Promise<Lab> {
  const ours = await lab(BEGIN, { versions: 3 });
  await ours.bring(
    after(24),
    { at: hourly(T0, DEPLOYED, 2), latencyMs: wandering(1), costUsd: () => 0.01 },
    {
      version: 2,
      at: hourly(DEPLOYED, START + 24 * HOUR_MS, 8),
      latencyMs: wandering(v2.latencyTimes ?? 1),
      costUsd: () => 0.01,
      failed: () => v2.failed ?? false,
    },
  );
  // The monitor that every project has is made when somebody looks at it.
  await ours.monitor(BUILT_IN, DEPLOYED - HOUR_MS);
  await ours.deploy(DEPLOYED, 2);
  return ours;
}

const look = (ours: Lab, at: number): Promise<void> => ours.tick(at, [BUILT_IN]);

afterAll(() => setNow(testEnv(), new Date()));

describe("a regression", () => {
  it("after a bad deployment is found in six hours, names it, and is rolled back by one call", async ({
    expect,
  }) => {
    const ours = await deployedLab({ latencyTimes: 1.5 });
    await look(ours, after(5));
    expect(await ours.incidents(after(5))).toEqual([]);
    const { states } = await ours.monitor(BUILT_IN, after(5));
    expect(states).toMatchObject([{ phase: "pending", version: 2 }]);
    await look(ours, after(6));
    const [opened, ...others] = await ours.incidents(after(6));
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      monitor: { id: BUILT_IN, kind: "regression" },
      state: "open",
      prompt: PROMPT,
      label: "production",
      version: 2,
      openedAt: new Date(START + 6 * HOUR_MS).toISOString(),
    });
    expect(opened?.summary).toMatch(/latencyMs \+\d+.* %/);

    setNow(ours.env, new Date(after(7)));
    const ask = { authorization: ours.project.basic, env: ours.env };
    const path = `/api/public/incidents/${opened?.id ?? ""}`;
    const read = (await call("GET", path, ask)).json as IncidentDetail;
    expect(read.deploymentDetail).toMatchObject({ label: "production", from: 1, to: 2 });
    expect(read.deploymentDetail?.id).toBe(opened?.deployment);
    expect(read.diff).toMatchObject({ from: { version: 1 }, to: { version: 2 } });
    expect(JSON.stringify(read.diff)).toContain("added");
    expect(read.rollback).toMatchObject({ possible: true, label: "production", to: 1 });
    expect(read.links.comparison).toContain("control=1&candidate=2");
    const latency = read.evidence.findings.find(({ metric }) => metric === "latencyMs");
    expect(latency).toMatchObject({ verdict: "beyond" });
    expect(latency?.p).toBeLessThan(0.01);
    expect(latency?.interval?.low).toBeGreaterThan(0.1);
    expect(latency?.n).toBe(48);
    expect(read.evidence.inputs).toHaveProperty(
      "metrics.latencyMs.hours.hours.length",
      14 * 24 + 6,
    );
    const cost = read.evidence.findings.find(({ metric }) => metric === "costUsd");
    expect(cost).toMatchObject({ verdict: "not judged" });

    const answer = await call("POST", `${path}/rollback`, {
      ...ask,
      body: { reason: "too slow" },
    });
    expect(answer.status, answer.text).toBe(200);
    const rolled = answer.json as { label: object; did: string } & typeof RolledBack;
    expect(rolled.label).toMatchObject({ version: 1, previousVersion: 2, moved: true });
    const served = await call("GET", `/api/public/v2/prompts/${encodeURIComponent(PROMPT)}`, ask);
    expect(served.json).toMatchObject({ version: 1 });
    const scope = ours.scopeAt(new Date(after(8)));
    const ledger = await newestDeployments(scope, PROMPT, {
      from: BEGIN,
      to: scope.now,
      label: "production",
      limit: 10,
    });
    expect(ledger.at(-1)).toMatchObject({ from: 2, to: 1, actorKind: "key" });
    expect(ledger.at(-1)?.reason).toContain(`too slow: incident ${opened?.id ?? ""}`);
    const done = await ours.incident(opened?.id ?? "", after(8));
    expect(done).toMatchObject({ state: "resolved", rollback: { possible: false } });
    expect(done.history.map(({ event }) => event)).toEqual(["opened", "rolled_back", "resolved"]);
    const again = await call("POST", `${path}/rollback`, { ...ask, body: {} });
    expect(again.status).toBe(409);
    await look(ours, after(9));
    expect(await ours.incidents(after(9))).toHaveLength(1);
  });

  it("is looked for again after a day, told daily, and ends when the label moves on", async ({
    expect,
  }) => {
    const ours = await deployedLab({ latencyTimes: 1.5 });
    const preview = await ours.preview(
      after(30),
      { kind: "regression", labels: ["production"], renotifyHours: 12 },
      3,
    );
    await changeMonitor(ours.scopeAt(new Date(DEPLOYED)), BUILT_IN, { renotifyHours: 12 });
    for (let hours = 6; hours <= 30; hours += 6) await look(ours, after(hours));
    await ours.deploy(after(30), 3);
    await look(ours, after(31));
    const [incident] = await ours.incidents(after(31));
    expect(incident).toMatchObject({ state: "resolved", version: 2 });
    expect(incident?.resolution).toContain("does not serve v2 alone any more");
    const { history } = await ours.incident(incident?.id ?? "", after(31));
    expect(history.map(({ event, at }) => [event, (Date.parse(at) - START) / HOUR_MS])).toEqual([
      ["opened", 6],
      ["reminded", 18],
      ["looked_again", 24],
      ["reminded", 30],
      ["resolved", 30 + 5 / 60],
    ]);
    expect(preview.firings).toEqual([
      {
        version: 2,
        deployment: incident?.deployment,
        severity: "warning",
        openedAt: incident?.openedAt,
        resolvedAt: null,
        reminders: 2,
        summary: incident?.summary,
      },
    ]);
  });

  it("is not found where nothing changed, nor in a label that nobody watches", async ({
    expect,
  }) => {
    const ours = await deployedLab({});
    await ours.deploy(DEPLOYED, 3, "staging");
    for (let hours = 6; hours <= 30; hours += 6) await look(ours, after(hours));
    expect(await ours.incidents(after(30))).toEqual([]);
    expect((await ours.monitor(BUILT_IN, after(30))).states).toEqual([]);
  });

  it("that fails its calls is found at once, without two weeks of history", async ({ expect }) => {
    const ours = await lab(BEGIN, { versions: 2 });
    const at = T0 + 5 * HOUR_MS;
    await ours.bring(
      at + HOUR_MS,
      { at: hourly(T0, at, 30) },
      { version: 2, at: evenly(at, at + 20 * MINUTE_MS, 40), failed: (i) => i % 4 !== 0 },
    );
    await ours.monitor(BUILT_IN, at - HOUR_MS);
    await ours.deploy(at, 2);
    await look(ours, at + 8 * MINUTE_MS);
    expect(await ours.incidents(at)).toEqual([]);
    await look(ours, at + 13 * MINUTE_MS);
    expect(await ours.incidents(at)).toMatchObject([
      { severity: "critical", version: 2, openedAt: new Date(at + 10 * MINUTE_MS).toISOString() },
    ]);
  });
});
