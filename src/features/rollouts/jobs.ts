import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { logBug, logEvent } from "../../platform/log.ts";
import type { Scope } from "../../platform/scope.ts";
import { systemScope } from "../projects/index.ts";
import { step } from "./step/actions.ts";
import { type RolloutRow, selectLiving, touch } from "./store.ts";
import { pruneEnded } from "./thinning/store.ts";

/** Rollouts that one run checks; those that waited longest first. */
const PER_RUN = 100;
/** Rollouts whose checks one run prunes: each has some hundreds. */
const PRUNED_PER_RUN = 20;

const scopeOf = (env: Env, now: Date, { project: projectId, tenant }: RolloutRow): Scope => ({
  ...systemScope(env, now, { projectId, tenant }),
  actor: { kind: "system", id: "rollouts" },
});

/** One that fails is tried again in a minute, and stops no other. */
async function stepSafely(env: Env, now: Date, row: RolloutRow): Promise<void> {
  try {
    const after = await step(scopeOf(env, now, row), row);
    if (after && after.state !== row.state) {
      logEvent("rollout went on", { rollout: row.id, from: row.state, to: after.state });
    }
  } catch (error) {
    logBug(error, { rollout: row.id });
    await touch(openRegistry(env.DB), row, now);
  }
}

/** Brings rollouts one minute further, one after another. */
export async function stepRollouts(
  env: Env,
  now: Date,
  rows: readonly RolloutRow[],
): Promise<void> {
  for (const row of rows) await stepSafely(env, now, row);
}

export const rolloutJobs: Job[] = [
  {
    name: "step-rollouts",
    everyMinutes: 1,
    run: async (env, now) => {
      const rows = await selectLiving(openRegistry(env.DB), PER_RUN);
      await stepRollouts(env, now, rows);
      return { more: rows.length === PER_RUN };
    },
  },
  {
    name: "prune-checks",
    everyMinutes: 60,
    run: async (env, now) => {
      const gone = await pruneEnded(openRegistry(env.DB), now, PRUNED_PER_RUN);
      return { more: gone > 0 };
    },
  },
];
