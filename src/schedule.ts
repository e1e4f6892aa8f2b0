import { deliveryJobs, draining } from "./features/delivery/jobs.ts";
import { ingestJobs } from "./features/ingest/index.ts";
import { webhookJobs } from "./features/ingest/webhook/publish/jobs.ts";
import { monitorJobs } from "./features/monitors/jobs.ts";
import { notificationJobs } from "./features/notifications/jobs.ts";
import { projectJobs } from "./features/projects/jobs.ts";
import { reportJobs } from "./features/reports/jobs.ts";
import { rolloutJobs } from "./features/rollouts/jobs.ts";
import { rollupJobs } from "./features/rollups/jobs.ts";
import type { Env } from "./platform/env.ts";
import type { Job } from "./platform/job.ts";
import { logBug, logEvent } from "./platform/log.ts";

/** Every job of the system, in the order in which they run within a minute. */
export const jobs: Job[] = [
  ...projectJobs,
  ...deliveryJobs,
  ...ingestJobs,
  ...webhookJobs,
  ...notificationJobs,
  ...rollupJobs,
  ...monitorJobs,
  // After the fold, so that they see the minute that is over.
  ...draining(rolloutJobs),
  ...reportJobs,
];

const MS_PER_MINUTE = 60_000;
const minuteOf = (at: Date): number => Math.floor(at.getTime() / MS_PER_MINUTE);

/** Jobs with a due minute in (after, upTo]. */
export function dueJobs(all: readonly Job[], after: Date, upTo: Date): Job[] {
  const [from, to] = [minuteOf(after), minuteOf(upTo)];
  return all.filter(
    ({ everyMinutes }) => Math.floor(to / everyMinutes) > Math.floor(from / everyMinutes),
  );
}

/**
 * Runs jobs one after another; one that fails is logged and does not stop the others.
 *
 * @param rounds how often a job may go on at once while it has more to do; cron leaves that to the next minute
 */
export async function runJobs(
  due: readonly Job[],
  env: Env,
  now: Date,
  rounds = 1,
): Promise<{ failed: string[] }> {
  const failed: string[] = [];
  for (const job of due) {
    try {
      for (let round = 1, more = true; more && round <= rounds; round++) {
        ({ more } = await job.run(env, now));
        if (more && round === rounds) logEvent("job has more to do", { job: job.name });
      }
    } catch (error) {
      failed.push(job.name);
      logBug(error, { job: job.name });
    }
  }
  return { failed };
}

/** A minute of cron. */
export const runMinute = (env: Env, now: Date): Promise<{ failed: string[] }> =>
  runJobs(dueJobs(jobs, new Date(now.getTime() - MS_PER_MINUTE), now), env, now);
