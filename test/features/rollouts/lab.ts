import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { findSplit, readServed } from "../../../src/features/prompts/index.ts";
import type { Rollout } from "../../../src/features/rollouts/contract.ts";
import { StartRollout } from "../../../src/features/rollouts/contract.ts";
import { readRollout } from "../../../src/features/rollouts/reads/actions.ts";
import { startRollout } from "../../../src/features/rollouts/start/actions.ts";
import { step } from "../../../src/features/rollouts/step/actions.ts";
import { type RolloutRow, selectLivingOf } from "../../../src/features/rollouts/store.ts";
import { foldOnce } from "../../../src/features/rollups/fold/actions.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { freshProject } from "../../support/project.ts";
import { registryOf } from "../../support/registry.ts";
import { plant, PROMPT } from "../comparisons/plant.ts";

export { PROMPT };
export const START = new Date("2026-11-18T12:00:00.000Z");
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The same project, so many minutes after the start. */
export const at = (scope: Scope, minutes: number): Scope => ({
  ...scope,
  now: new Date(START.getTime() + minutes * MINUTE_MS),
});

/** Latencies that differ by a tenth either way, in turn. */
const spread = (medianMs: number, i: number): number =>
  medianMs * [0.9, 1.05, 0.95, 1.1, 1, 0.98, 1.02][i % 7]!;

/** A prompt of three versions; `production` is on the first, which had traffic for a week. */
export async function project({ failing = 0, days = 6 }: { failing?: number; days?: number } = {}) {
  const made = await freshProject(START);
  const registry = registryOf(made.scope);
  for (const labels of [["production"], [], ["staging"]]) {
    const body = { name: PROMPT, type: "text", prompt: `Hello ${labels.join()}`, labels };
    const { status } = await registry.call("POST", "/api/public/v2/prompts", { body });
    if (status >= 300) throw new Error(`creating a version answered ${status}`);
  }
  const n = days * 24 * 10;
  await plant(
    made.scope,
    Array.from({ length: n }, (_, i) => ({
      version: 1,
      environment: "default",
      atMs: START.getTime() - Math.floor(((i + 0.5) * days * 24 * HOUR_MS) / n),
      latencyMs: spread(1000, i),
      costUsd: 0.001 * (1 + (i % 5) / 10),
      failed: failing > 0 && i % Math.round(1 / failing) === 0,
    })),
  );
  return made;
}

export const BODY = {
  prompt: PROMPT,
  label: "production",
  candidate: 2,
  unit: "request",
  stages: [{ share: 50, minMinutes: 30 }],
  guardrails: [{ metric: "latencyMs" }, { metric: "errors" }],
};

export const start = (scope: Scope, over: object = {}): Promise<Rollout> =>
  startRollout(scope, StartRollout.parse({ ...BODY, ...over }));

type Served = {
  version: number;
  n: number;
  /** Minutes after the start. */
  from: number;
  to: number;
  latencyMs?: number;
  failing?: number;
  split?: string;
  environment?: string;
};

let serial = 0;

function generations({ version, n, from, to, latencyMs = 1000, failing = 0, ...rest }: Served) {
  return Array.from({ length: n }, (_, i): StoredRows["observations"][number] => {
    const startUs = Math.round(
      (START.getTime() + (from + ((to - from) * (i + 0.5)) / n) * MINUTE_MS) * 1000,
    );
    const id = `g${serial++}`;
    const failed = failing > 0 && Math.floor((i + 1) * failing) > Math.floor(i * failing);
    return {
      id,
      traceId: `t-${id}`,
      clock: clockOf(true, startUs / 1000, id),
      type: "GENERATION",
      startUs,
      endUs: startUs + Math.round(spread(latencyMs, i) * 1000),
      environment: rest.environment ?? "default",
      model: "gpt-4o",
      promptName: PROMPT,
      promptVersion: version,
      parentId: "root",
      ...(failed ? { level: "ERROR" as const } : {}),
      ...(rest.split ? { split: rest.split } : {}),
    };
  });
}

/** Generations that were ingested and folded. */
export async function serve(scope: Scope, ...served: Served[]): Promise<void> {
  const observations = served.flatMap(generations);
  await applyRows(scope, [{ v: 1, observations, traces: [], scores: [] }], true);
  for (const shard of scope.shards) {
    while (await foldOnce(shard, { shards: scope.shards, now: scope.now }));
  }
}

/** The one rollout of the project that is not over. */
export async function living(scope: Scope): Promise<RolloutRow> {
  const [row] = await selectLivingOf(scope);
  if (!row) throw new Error("no rollout lives");
  return row;
}

/** A minute's check of the project's rollouts. @returns the rollout as it is shown then */
export async function minute(scope: Scope, id: string): Promise<Rollout> {
  for (const row of await selectLivingOf(scope)) {
    await step({ ...scope, actor: { kind: "system", id: "rollouts" } }, row);
  }
  return readRollout(scope, id);
}

export const served = (scope: Scope) => readServed(scope, { name: PROMPT, label: "production" });
export const splitOf = (scope: Scope) => findSplit(scope, { name: PROMPT, label: "production" });

/** What the ledger says of production, oldest first. */
export async function ledger(scope: Scope) {
  const { results } = await scope.env.DB.prepare(
    `SELECT from_version AS "from", to_version AS "to", actor_kind AS actor, reason, cause
     FROM deployment WHERE project = ? AND name = ? AND label = 'production' ORDER BY seq`,
  )
    .bind(scope.projectId, PROMPT)
    .all<{
      from: number;
      to: number;
      actor: string;
      reason: string | null;
      cause: string | null;
    }>();
  return results.map(({ cause, ...row }) => ({
    ...row,
    cause: cause === null ? null : (JSON.parse(cause) as Record<string, unknown>),
  }));
}
