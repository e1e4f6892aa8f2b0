import { now } from "../../platform/clock.ts";
import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { logEvent } from "../../platform/log.ts";
import { forgetPublished } from "../prompts/index.ts";
import { addCounts } from "./counts/store.ts";
import { drain, drainerOf } from "./publish/actions.ts";
import { reconcile } from "./reconcile/actions.ts";

const BUDGET_MS = 40_000;
const FORGOTTEN_PER_RUN = 10_000;
/** Of each side. KV bills every key that is read: 100 every five minutes are 0.9 M a month. */
const RECONCILED_PER_RUN = 100;

async function drainAll(env: Env): Promise<{ more: boolean }> {
  const { published, postponed, more } = await drain(drainerOf(env, now), {
    project: undefined,
    budgetMs: BUDGET_MS,
  });
  if (published + postponed > 0) logEvent("outbox drained", { published, postponed });
  await addCounts(openRegistry(env.DB), "drain", { published, postponed }, now());
  return { more };
}

/** Jobs that change the registry, each followed by the drain of what it changed. */
export const draining = (jobs: readonly Job[]): Job[] =>
  jobs.map((job) => ({
    ...job,
    run: async (env, at) => {
      const done = await job.run(env, at);
      await drainAll(env);
      return done;
    },
  }));

export const deliveryJobs: Job[] = [
  {
    name: "drain-outbox",
    everyMinutes: 1,
    run: async (env) => {
      const { more } = await drainAll(env);
      await forgetPublished(openRegistry(env.DB), now(), FORGOTTEN_PER_RUN);
      return { more };
    },
  },
  {
    name: "reconcile-documents",
    everyMinutes: 5,
    run: async (env, at) => {
      const done = await reconcile(env, at, RECONCILED_PER_RUN);
      if (done.asked > 0) logEvent("KV differs from the registry", done);
      return { more: false };
    },
  },
];
