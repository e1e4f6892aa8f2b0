import { describe, it } from "vitest";

import { EVENT_DATA } from "../../../src/features/notifications/contract.ts";
import { handRollout } from "../../../src/features/rollouts/actions.ts";
import { stepRollouts } from "../../../src/features/rollouts/jobs.ts";
import { readRollout } from "../../../src/features/rollouts/reads/actions.ts";
import type { Env } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { call } from "../../support/call.ts";
import { at, living, minute, project, PROMPT, serve, start } from "./lab.ts";

// Nobody is there to be notified.
const silent = (env: Env): Env => ({
  ...env,
  JOBS: { sendBatch: async () => undefined, send: async () => undefined } as unknown as Env["JOBS"],
});

async function listened() {
  const { scope, basic } = await project();
  const env = silent(scope.env);
  const { status } = await call("POST", "/api/public/destinations", {
    authorization: basic,
    env,
    body: { kind: "webhook", name: "ops", url: "https://receiver.invalid/hook" },
  });
  if (status !== 201) throw new Error(`a destination answered ${status}`);
  return { ...scope, env };
}

type Event = { type: keyof typeof EVENT_DATA; data: Record<string, unknown> };

async function told({ env, tenant }: Scope): Promise<Event[]> {
  const { results } = await env.DB.prepare(
    "SELECT type, data FROM notification_event WHERE project = ? ORDER BY at",
  )
    .bind(tenant)
    .all<{ type: Event["type"]; data: string }>();
  return results.map(({ type, data }) => ({
    type,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
}

describe("listeners", () => {
  it("are told what a rollout does, once, with its evidence", async ({ expect }) => {
    const scope = await listened();
    const { id } = await start(scope, {
      stages: [
        { share: 50, minMinutes: 0 },
        { share: 60, minMinutes: 60 },
      ],
    });
    await handRollout(at(scope, 1), id, "pause", { reason: "lunch" });
    await handRollout(at(scope, 2), id, "resume", {});
    await serve(
      at(scope, 20),
      { version: 1, n: 60, from: 3, to: 20 },
      { version: 2, n: 60, from: 3, to: 20 },
    );
    await minute(at(scope, 20), id);
    await minute(at(scope, 20), id);
    await serve(
      at(scope, 40),
      { version: 1, n: 80, from: 23, to: 40 },
      { version: 2, n: 120, from: 23, to: 40, latencyMs: 2000 },
    );
    await minute(at(scope, 40), id);

    const events = await told(scope);
    for (const { type, data } of events) EVENT_DATA[type].parse(data);
    const own = events.filter(({ type }) => type.startsWith("rollout."));
    expect(own.map(({ type }) => type).sort()).toEqual([
      "rollout.paused",
      "rollout.resumed",
      "rollout.rolled_back",
      "rollout.stage_started",
      "rollout.started",
    ]);
    const back = own.find(({ type }) => type === "rollout.rolled_back");
    expect(back?.data).toMatchObject({
      rolloutId: id,
      prompt: PROMPT,
      label: "production",
      control: 1,
      candidate: 2,
      stage: 1,
      share: 0,
      reason: "Proven worse by at least its margin: latencyMs",
      evidence: { guardrails: [{ metric: "latencyMs", verdict: "harmful" }, { metric: "errors" }] },
    });
    const stage = own.find(({ type }) => type === "rollout.stage_started");
    expect(stage?.data).toMatchObject({ stage: 1, share: 0.6 });
  });

  it("are told of a promotion and of the deployment that it is", async ({ expect }) => {
    const scope = await listened();
    const { id } = await start(scope);
    await handRollout(at(scope, 5), id, "promote", { reason: "trusted" });
    const types = (await told(scope)).map(({ type }) => type);
    expect(types.filter((type) => type === "rollout.promoted")).toHaveLength(1);
    const deployed = (await told(scope)).find(({ type }) => type === "prompt.deployed");
    expect(deployed?.data).toMatchObject({ label: "production", from: 1, to: 2 });
  });
});

describe("the job", () => {
  it("checks every rollout there is, and one that fails stops no other", async ({ expect }) => {
    const [first, second] = [await project({ days: 0 }), await project({ days: 0 })];
    const broken = await start(first.scope, { guardrails: [{ metric: "latencyMs" }] });
    const whole = await start(second.scope, { guardrails: [{ metric: "latencyMs" }] });
    await first.scope.env.DB.prepare("UPDATE rollout SET start = '{}' WHERE id = ?")
      .bind(broken.id)
      .run();
    const now = at(second.scope, 1).now;
    const rows = await Promise.all([living(first.scope), living(second.scope)]);
    await stepRollouts(second.scope.env, now, rows);
    expect((await readRollout(second.scope, whole.id)).checkedAt).toBe(now.toISOString());
    expect((await living(first.scope)).checkedAt).toEqual(now);
    await first.scope.env.DB.prepare("DELETE FROM rollout WHERE id = ?").bind(broken.id).run();
  });
});
