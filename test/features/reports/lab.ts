import { deployments } from "../../../src/features/prompts/tables.ts";
import { reportJobs } from "../../../src/features/reports/jobs.ts";
import { type Cell, type CellKey, emptyCell } from "../../../src/features/rollups/model.ts";
import { isLiving, LEVELS, slotOf } from "../../../src/features/rollups/slots.ts";
import { saveCells } from "../../../src/features/rollups/store.ts";
import { handlers } from "../../../src/jobs.ts";
import { newId } from "../../../src/lib/ids.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Env, JobMessage } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Answer, call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { addMade, type Made } from "../comparisons/cells.ts";

export type Planted = Made & {
  prompt?: string;
  version: number;
  atMs: number;
  environment?: string;
};

const US_PER_MS = 1000;

/** Writes the buckets that these generations leave, of every level that lives, half in each shard. */
export async function plant(scope: Scope, all: readonly Planted[]): Promise<void> {
  const nowUs = scope.now.getTime() * US_PER_MS;
  const sums = scope.shards.map(() => new Map<string, { key: CellKey; cell: Cell }>());
  for (const [i, made] of all.entries()) {
    const { prompt = "greet", version, atMs, environment = "production" } = made;
    const cells = sums[i % sums.length];
    for (const level of LEVELS) {
      const slot = slotOf(level, atMs * US_PER_MS);
      if (!cells || !isLiving(level, slot, nowUs)) continue;
      const key = { level, project: scope.tenant, prompt, version, slot, environment, model: "m" };
      const id = JSON.stringify(key);
      const sum = cells.get(id) ?? { key, cell: emptyCell() };
      addMade(sum.cell, made, atMs * US_PER_MS);
      cells.set(id, sum);
    }
  }
  for (const [i, shard] of scope.shards.entries()) {
    const cells = [...(sums[i]?.values() ?? [])].map((one) => ({ ...one, isEmpty: false }));
    const statements = saveCells(shard, cells, { sql: "1 = 1", parameters: [] });
    if (statements.length > 0) await shard.batch(statements);
  }
}

/** The first instant of the week that these tests report on. */
export const MONDAY = Date.parse("2026-11-16T00:00:00Z");

/** One generation of each of so many prompts, on the Tuesday. */
export const oneOfEach = (count: number): Planted[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: `p${String(i).padStart(3, "0")}`,
    version: 1,
    atMs: MONDAY + 86_400_000,
    latencyMs: 100,
  }));

/** Writes a move of a label into the ledger. */
export async function tellMove(
  { db, projectId }: Scope,
  at: Date,
  said: {
    prompt?: string;
    label?: string;
    from: number | null;
    to: number | null;
    reason?: string;
  },
): Promise<void> {
  await db.insert(deployments).values({
    project: projectId,
    id: newId("dep", at),
    name: said.prompt ?? "greet",
    label: said.label ?? "production",
    from: said.from,
    to: said.to,
    actorKind: "system",
    actorId: "test",
    reason: said.reason ?? null,
    at,
    cause: null,
  });
}

/** A project whose queue is in the test's own hands, and whose clock is what the scope says. */
export async function lab(now: Date, bindings: Partial<Env> = {}) {
  const project = await freshProject(now);
  const queued: JobMessage[] = [];
  const env: Env = {
    ...project.scope.env,
    JOBS: {
      sendBatch: async (messages: { body: JobMessage }[]) => {
        // Cron looks after every project; the others' messages are the business of their tests.
        const own = messages.filter(({ body }) => body.tenant === project.scope.tenant);
        queued.push(...own.map(({ body }) => body));
      },
    } as unknown as Env["JOBS"],
    ...bindings,
  };
  const scopeAt = (at: Date, on: Env = env): Scope => ({
    ...project.scope,
    env: on,
    db: openRegistry(on.DB),
    now: at,
  });
  const request = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, `/api/public${path}`, { authorization: project.basic, body, env });
  return {
    ...project,
    env,
    queued,
    scopeAt,
    request,
    ok: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await request(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer.json as T;
    },
    /** The reports' part of a minute of cron. */
    cron: async (at: Date): Promise<void> => {
      for (const job of reportJobs) {
        // There may be more projects in this isolate than one run begins reports of.
        for (let more = true; more;) ({ more } = await job.run(env, at));
      }
    },
    /** Does what is queued, until nothing is. */
    drain: async (at = now): Promise<void> => {
      for (let message = queued.shift(); message; message = queued.shift()) {
        if (message.kind === "report") await handlers.report(env, at, message);
        if (message.kind === "local-day") await handlers["local-day"](env, at, message);
      }
    },
  };
}
