import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { logBug } from "../../platform/log.ts";
import { queueJobs } from "../../platform/queue.ts";
import { currentSettings, listProjects, projectIdOf, scopeOfTenant } from "../projects/index.ts";
import { giveBuiltIn } from "./actions.ts";
import { runMonitor } from "./run/actions.ts";
import { findMonitor, takeDue } from "./store.ts";

/** How long a message has to arrive and be worked off before another is sent. */
const LEASE_MS = 5 * 60_000;
const DUE_PER_RUN = 5_000;
/** Monitors of one message: what one consumer does without a pause. */
const MONITORS_PER_MESSAGE = 20;

type Message = { tenant: number; monitors: readonly string[] };

/** Looks at the monitors of a message, one after the other. One that fails is told, and is due again. */
export async function watchMonitors(
  env: Env,
  now: Date,
  { tenant, monitors }: Message,
): Promise<void> {
  const nameless = scopeOfTenant(env, now, tenant);
  const scope = { ...nameless, projectId: await projectIdOf(nameless) };
  const { timeZone } = await currentSettings(scope);
  for (const id of monitors) {
    try {
      const monitor = await findMonitor(scope, id);
      if (monitor?.enabled) await runMonitor(scope, monitor, timeZone);
    } catch (error) {
      logBug(error, { tenant, monitor: id });
    }
  }
}

/** Sends word of the monitors that are due, project by project, so that none waits for another. */
async function wakeMonitors(env: Env, now: Date): Promise<{ more: boolean }> {
  const due = await takeDue(openRegistry(env.DB), { now, leaseMs: LEASE_MS, limit: DUE_PER_RUN });
  const messages = [...Map.groupBy(due, ({ project }) => project)].flatMap(([tenant, rows]) => {
    const ids = rows.map(({ id }) => id);
    return Array.from({ length: Math.ceil(ids.length / MONITORS_PER_MESSAGE) }, (_, part) => ({
      kind: "monitors" as const,
      tenant,
      monitors: ids.slice(part * MONITORS_PER_MESSAGE, (part + 1) * MONITORS_PER_MESSAGE),
    }));
  });
  await queueJobs(env, messages);
  return { more: due.length === DUE_PER_RUN };
}

export const monitorJobs: Job[] = [
  {
    name: "give-projects-their-monitor",
    everyMinutes: 5,
    run: async (env, now) => {
      const projects = await listProjects(env);
      await giveBuiltIn(
        openRegistry(env.DB),
        projects.map(({ tenant }) => tenant),
        now,
      );
      return { more: false };
    },
  },
  { name: "wake-monitors", everyMinutes: 1, run: wakeMonitors },
];
