import { type Env, shardsOf } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { logEvent } from "../../platform/log.ts";
import { listProjects } from "../projects/index.ts";
import { DEFAULT_SETTINGS } from "../projects/model.ts";
import { foldOnce } from "./fold/actions.ts";
import { logLength } from "./fold/store.ts";
import { retain } from "./retention/actions.ts";
import { settleOnce } from "./settle/actions.ts";

/** Commits of one shard in one run. */
const FOLDS_PER_RUN = 20;
const SETTLES_PER_RUN = 10;
const RETENTION_STEPS = 40;

async function foldShard(env: Env, now: Date, index: number): Promise<{ more: boolean }> {
  const shards = shardsOf(env);
  const shard = shards[index];
  if (!shard) return { more: false };
  const sum = { rows: 0, items: 0, cells: 0, lookUps: 0 };
  let runs = 0;
  for (; runs < FOLDS_PER_RUN; runs++) {
    const folded = await foldOnce(shard, { shards, now });
    if (!folded) break;
    sum.rows += folded.rows;
    sum.items += folded.items;
    sum.cells += folded.cells;
    sum.lookUps += folded.lookUps;
  }
  if (runs === 0) return { more: false };
  const lag = await logLength(shard);
  logEvent("folded", { shard: index, ...sum, lag });
  return { more: lag > 0 };
}

async function inEveryShard(
  env: Env,
  work: (index: number) => Promise<{ more: boolean }>,
): Promise<{ more: boolean }> {
  const done = await Promise.all(shardsOf(env).map((_, index) => work(index)));
  return { more: done.some(({ more }) => more) };
}

const fold = (env: Env, now: Date): Promise<{ more: boolean }> =>
  inEveryShard(env, (index) => foldShard(env, now, index));

async function settleShard(env: Env, index: number): Promise<{ more: boolean }> {
  const shards = shardsOf(env);
  const home = shards[index];
  if (!home) return { more: false };
  let sessions = 0;
  let more = true;
  for (let run = 0; run < SETTLES_PER_RUN && more; run++) {
    const settled = await settleOnce(home, shards);
    sessions += settled.sessions;
    more = settled.more;
  }
  if (sessions > 0) logEvent("settled", { shard: index, sessions, more });
  return { more };
}

const settle = (env: Env): Promise<{ more: boolean }> =>
  inEveryShard(env, (index) => settleShard(env, index));

async function retention(env: Env, now: Date): Promise<{ more: boolean }> {
  const projects = await listProjects(env);
  const days = new Map(
    projects.map(({ tenant, settings }) => [tenant, settings.retentionDays] as const),
  );
  const shards = shardsOf(env);
  return inEveryShard(env, async (index) => {
    const shard = shards[index];
    if (!shard) return { more: false };
    return retain(
      shard,
      {
        now,
        daysOf: (project) => days.get(project) ?? DEFAULT_SETTINGS.retentionDays,
        projects: index === 0 ? [...days.keys()] : [],
        payloads: env.PAYLOADS,
      },
      RETENTION_STEPS,
    );
  });
}

/** Settling comes first, so that what it logs is folded in the same minute. */
export const rollupJobs: Job[] = [
  { name: "settle", everyMinutes: 1, run: settle },
  { name: "fold", everyMinutes: 1, run: fold },
  { name: "retention", everyMinutes: 5, run: retention },
];
