import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { createMonitor, readMonitor } from "../../../src/features/monitors/actions.ts";
import type { Monitor, Preview } from "../../../src/features/monitors/contract.ts";
import { Rule as RuleSchema } from "../../../src/features/monitors/contract.ts";
import { listIncidents, readIncident } from "../../../src/features/monitors/incidents/actions.ts";
import type {
  Incident,
  IncidentDetail,
} from "../../../src/features/monitors/incidents/contract.ts";
import { watchMonitors } from "../../../src/features/monitors/jobs.ts";
import { previewRule } from "../../../src/features/monitors/preview/actions.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { moveLabel } from "../../../src/features/prompts/index.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Env } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";
import { untilQuiet } from "../rollups/comparison.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const PROMPT = "support/greet";

type Generation = StoredRows["observations"][number];
type Score = StoredRows["scores"][number];

/** Generations of one version: when they began, and what they did. */
export type Traffic = {
  /** Instants of their starts, in milliseconds since 1970. */
  at: readonly number[];
  version?: number;
  latencyMs?: (i: number) => number;
  costUsd?: (i: number) => number;
  failed?: (i: number) => boolean;
  /** A BOOLEAN score `helpful`. */
  helpful?: (i: number) => boolean;
  environment?: string;
};

/** So many instants, evenly over a stretch of time. */
export const evenly = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + Math.floor(((to - from) * (i + 0.5)) / count));

/** So many an hour. */
export const hourly = (from: number, to: number, perHour: number): number[] =>
  evenly(from, to, Math.round(((to - from) / HOUR_MS) * perHour));

let serial = 0;

function generationsOf({ at, version = 1, environment = "production", ...made }: Traffic): {
  observations: Generation[];
  scores: Score[];
} {
  const observations: Generation[] = [];
  const scores: Score[] = [];
  at.forEach((ms, i) => {
    const id = `m${++serial}`;
    const latencyMs = made.latencyMs?.(i) ?? 1000;
    const cost = made.costUsd?.(i);
    observations.push({
      id,
      traceId: `t-${id}`,
      clock: clockOf(false, ms, id),
      type: "GENERATION",
      startUs: ms * 1000,
      endUs: ms * 1000 + Math.round(latencyMs * 1000),
      environment,
      model: "gpt-4o",
      promptName: PROMPT,
      promptVersion: version,
      level: made.failed?.(i) ? "ERROR" : "DEFAULT",
      parentId: "root",
      ...(cost === undefined ? {} : { cost: { total: cost } }),
    });
    const helpful = made.helpful?.(i);
    if (helpful !== undefined) {
      scores.push({
        id: `s-${id}`,
        clock: clockOf(false, ms, `s-${id}`),
        traceId: `t-${id}`,
        observationId: id,
        name: "helpful",
        source: "API",
        dataType: "BOOLEAN",
        value: helpful ? 1 : 0,
        stringValue: helpful ? "True" : "False",
        timestampUs: ms * 1000,
      });
    }
  });
  return { observations, scores };
}

export type Lab = Awaited<ReturnType<typeof lab>>;

type Terms = { versions?: number; env?: Partial<Env> };

/** A project with a prompt, its label `production` on v1, and a clock in the test's hands. */
export async function lab(begin: Date, { versions = 1, env: bindings = {} }: Terms = {}) {
  const project: FreshProject = await freshProject(begin);
  const env: Env = {
    ...project.scope.env,
    JOBS: { sendBatch: async () => undefined } as unknown as Env["JOBS"],
    ...bindings,
  };
  const scopeAt = (now: Date): Scope => ({ ...project.scope, env, db: openRegistry(env.DB), now });
  for (let version = 1; version <= versions; version++) {
    await createVersion(
      scopeAt(begin),
      CreatePrompt.parse({
        name: PROMPT,
        prompt: `text ${version}`,
        labels: version === 1 ? ["production"] : [],
      }),
    );
  }
  const monitors: string[] = [];
  const tick = (at: number, ids: readonly string[] = monitors): Promise<void> =>
    watchMonitors(env, new Date(at), { tenant: project.scope.tenant, monitors: ids });
  return {
    project,
    env,
    scopeAt,
    /** Brings generations in and folds them, as of an instant. */
    bring: async (now: number, ...traffic: Traffic[]): Promise<void> => {
      const scope = scopeAt(new Date(now));
      const all = traffic.map(generationsOf);
      const rows = {
        observations: all.flatMap(({ observations }) => observations),
        scores: all.flatMap(({ scores }) => scores),
      };
      for (let from = 0; from < rows.observations.length; from += 1000) {
        const part = rows.observations.slice(from, from + 1000);
        const ids = new Set(part.map(({ id }) => id));
        const scores = rows.scores.filter(({ observationId }) => ids.has(observationId ?? ""));
        await applyRows(scope, [{ v: 1, observations: part, traces: [], scores }], true);
      }
      await untilQuiet(scope);
    },
    watch: async (at: number, rule: object): Promise<Monitor> => {
      const monitor = await createMonitor(
        scopeAt(new Date(at)),
        RuleSchema.parse({ name: "ours", prompt: PROMPT, ...rule }),
      );
      monitors.push(monitor.id);
      return monitor;
    },
    preview: (at: number, rule: object, days: number): Promise<Preview> =>
      previewRule(
        scopeAt(new Date(at)),
        RuleSchema.parse({ name: "ours", prompt: PROMPT, ...rule }),
        days,
      ),
    deploy: (at: number, version: number, label = "production") =>
      moveLabel(
        scopeAt(new Date(at)),
        { name: PROMPT, label },
        {
          version,
          reason: null,
          expected: [],
        },
      ),
    tick,
    /** Ticks from one instant to another, both inclusive. */
    ticks: async (from: number, to: number, stepMs: number): Promise<void> => {
      for (let at = from; at <= to; at += stepMs) await tick(at);
    },
    monitor: (id: string, at: number): Promise<Monitor> => readMonitor(scopeAt(new Date(at)), id),
    incidents: async (at: number): Promise<Incident[]> =>
      (await listIncidents(scopeAt(new Date(at)), { limit: 100 })).data.toReversed(),
    incident: (id: string, at: number): Promise<IncidentDetail> =>
      readIncident(scopeAt(new Date(at)), id),
  };
}
