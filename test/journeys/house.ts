import { createMessageBatch } from "cloudflare:test";

import { consumeQueue } from "../../src/features/ingest/index.ts";
import { insertIncident } from "../../src/features/monitors/incidents/store.ts";
import { newId } from "../../src/lib/ids.ts";
import type { Env, IngestMessage } from "../../src/platform/env.ts";
import type { Scope } from "../../src/platform/scope.ts";
import { ago, event, lab } from "../features/ingest/reads/lab.ts";
import { type Answer, call } from "../support/call.ts";

/** Stands in everything that a project holds and that no request of another project says. */
export const MARK = "only-ours-7f3a";

export const IDS = {
  prompt: "folder/ours",
  splitLabel: "canary",
  trace: "ours-trace",
  observation: "ours-observation",
  session: "ours-session",
  score: "ours-score",
  model: "ours-model",
};

/** Half and half, of 10,000. */
export const ARMS = [
  { version: 1, weight: 5000 },
  { version: 2, weight: 5000 },
];

/** Brings what was accepted into rows as the queue does, whosever it is. */
async function deliver(env: Env, objects: readonly string[]): Promise<void> {
  const messages = objects.map((object, index) => ({
    id: String(index),
    timestamp: new Date(),
    attempts: 1,
    body: { object },
  }));
  await consumeQueue(createMessageBatch<IngestMessage>("promptside-ingest", messages), env);
}

/** An incident, as a monitor would have opened it. */
async function openIncident(scope: Scope, monitor: string): Promise<string> {
  const id = newId("inc", scope.now);
  const at = scope.now.toISOString();
  await scope.db.batch([
    insertIncident(scope, {
      id,
      monitor,
      monitorName: MARK,
      kind: "volume",
      state: "open",
      severity: "warning",
      prompt: IDS.prompt,
      label: "production",
      version: 2,
      deployment: null,
      summary: MARK,
      muted: false,
      openedAt: scope.now,
      acknowledgedAt: null,
      resolvedAt: null,
      resolution: null,
      evidence: {
        method: { version: "monitors/1", name: MARK },
        window: { from: at, to: at },
        findings: [],
        rule: { name: MARK },
        inputs: {},
      },
    }),
  ]);
  return id;
}

/** A project with something in every drawer. */
export async function furnishedHouse() {
  const house = await lab();
  const queued: string[] = [];
  const env: Env = {
    ...house.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => void queued.push(object),
    } as unknown as Env["INGEST"],
    // Nobody is there to be notified.
    JOBS: { sendBatch: async () => undefined } as unknown as Env["JOBS"],
  };
  const request = async (method: string, path: string, body: unknown): Promise<Answer> => {
    const answer = await call(method, path, { authorization: house.basic, body, env });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  };
  const { prompt, splitLabel, trace, observation, session, score, model } = IDS;
  const destination = await request("POST", "/api/public/destinations", {
    name: MARK,
    kind: "webhook",
    url: "https://receiver.invalid/hook",
  });
  for (const label of ["production", splitLabel]) {
    await request("POST", "/api/public/v2/prompts", {
      name: prompt,
      prompt: `text ${MARK}`,
      labels: [label],
      tags: [MARK],
    });
  }
  const split = `/api/public/prompts/${encodeURIComponent(prompt)}/labels/${splitLabel}/split`;
  await request("PUT", split, { arms: ARMS });
  const ab = await request("PUT", `/api/public/prompts/${encodeURIComponent(prompt)}/ab`, {
    name: MARK,
    label: "production",
    versions: [1, 2],
    unit: "request",
    control: 1,
    primaryMetric: "latencyMs",
  });
  const labels = `/api/public/prompts/${encodeURIComponent(prompt)}/labels`;
  await request("PUT", `${labels}/staged`, { version: 1, reason: MARK });
  const rollout = await request("POST", "/api/public/rollouts", {
    prompt,
    label: "staged",
    candidate: 2,
    reason: MARK,
  });
  await house.ingest(
    event("trace-create", { id: trace, name: MARK, sessionId: session, userId: MARK }),
    event("generation-create", {
      id: observation,
      traceId: trace,
      name: MARK,
      startTime: ago(2000),
      endTime: ago(1000),
      input: MARK,
      promptName: prompt,
      promptVersion: 1,
    }),
    event("score-create", {
      id: score,
      traceId: trace,
      observationId: observation,
      name: MARK,
      value: 1,
      comment: MARK,
    }),
  );
  const key = await request("POST", "/api/public/keys", { label: MARK, scopes: ["read"] });
  await request("PUT", "/api/public/prices", { model, usdPerMillion: { input: 3, [MARK]: 4 } });
  const source = await request("POST", "/api/public/sources", { name: MARK, kind: "standard" });
  const config = await request("POST", "/api/public/score-configs", {
    name: MARK,
    dataType: "NUMERIC",
  });
  const dashboard = await request("POST", "/api/public/dashboards", { name: MARK });
  const deliveries = await request("GET", "/api/public/deliveries", undefined);
  const monitor = await request("POST", "/api/public/monitors", {
    kind: "volume",
    name: MARK,
    prompt,
  });
  const monitorId = (monitor.json as { id: string }).id;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const report = await request("POST", "/api/public/reports", { from: yesterday, to: yesterday });
  const given = {
    reportId: (report.json as { id: string }).id,
    destinationId: (destination.json as { id: string }).id,
    deliveryId: (deliveries.json as { data: { id: string }[] }).data[0]?.id ?? "none",
    dashboardId: (dashboard.json as { id: string }).id,
    keyId: (key.json as { id: string }).id,
    sourceId: (source.json as { id: string }).id,
    configId: (config.json as { id: string }).id,
    abId: (ab.json as { id: string }).id,
    monitorId,
    incidentId: await openIncident(house.scope, monitorId),
    rolloutId: (rollout.json as { id: string }).id,
  };
  return { ...house, env, given, settle: () => deliver(env, queued.splice(0)) };
}
