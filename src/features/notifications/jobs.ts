import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { scopeOfTenant } from "../projects/index.ts";
import { attempt } from "./deliveries/attempt/actions.ts";
import { forgetBefore, takeOverdue } from "./deliveries/store.ts";
import { wake } from "./deliveries/wake/actions.ts";
import { fanOut } from "./events/actions.ts";
import { projectsWaiting } from "./events/store.ts";
import { type Fetcher, internet } from "./send/actions.ts";

/** Attempts the delivery that a message names. */
export const deliver = (
  env: Env,
  now: Date,
  { tenant, delivery }: { tenant: number; delivery: string },
  fetcher: Fetcher = internet,
): Promise<void> => attempt(scopeOfTenant(env, now, tenant), delivery, fetcher);

const WAITS_MS = 60_000;
const PROJECTS_PER_RUN = 100;
const OVERDUE_PER_RUN = 500;
const RETENTION_MS = 30 * 86_400_000;
const FORGOTTEN_PER_RUN = 1_000;

/** Goes on with what a crash, the queue or a failed answer left behind. */
async function sweep(env: Env, now: Date): Promise<{ more: boolean }> {
  const db = openRegistry(env.DB);
  const before = new Date(now.getTime() - WAITS_MS);
  const projects = await projectsWaiting(db, before, PROJECTS_PER_RUN);
  for (const tenant of projects) await fanOut(scopeOfTenant(env, now, tenant));
  const overdue = await takeOverdue(db, { now, overdueMs: WAITS_MS, limit: OVERDUE_PER_RUN });
  for (const [tenant, rows] of Map.groupBy(overdue, ({ project }) => project)) {
    await wake(
      env,
      tenant,
      rows.map(({ id }) => id),
    );
  }
  return { more: projects.length === PROJECTS_PER_RUN || overdue.length === OVERDUE_PER_RUN };
}

export const notificationJobs: Job[] = [
  { name: "sweep-notifications", everyMinutes: 1, run: sweep },
  {
    name: "forget-notifications",
    everyMinutes: 60,
    run: async (env, now) => {
      const before = new Date(now.getTime() - RETENTION_MS);
      const gone = await forgetBefore(openRegistry(env.DB), before, FORGOTTEN_PER_RUN);
      return { more: gone >= FORGOTTEN_PER_RUN };
    },
  },
];
