import { watchMonitors } from "./features/monitors/jobs.ts";
import { deliver } from "./features/notifications/jobs.ts";
import { goOnWithReport, keepLocalDay } from "./features/reports/jobs.ts";
import { now as clockNow } from "./platform/clock.ts";
import type { Env, JobMessage } from "./platform/env.ts";
import { logBug, logEvent } from "./platform/log.ts";

type Kind = JobMessage["kind"];
type MessageOf<K extends Kind> = Extract<JobMessage, { kind: K }>;

/** Who does what a message of a kind says is due. Throwing means: try again later. */
export type Handlers = {
  [K in Kind]: (env: Env, now: Date, message: MessageOf<K>) => Promise<void>;
};

export const handlers: Handlers = {
  delivery: deliver,
  monitors: watchMonitors,
  report: goOnWithReport,
  "local-day": keepLocalDay,
};

const handle = <K extends Kind>(
  all: Handlers,
  env: Env,
  { now, message }: { now: Date; message: MessageOf<K> & { kind: K } },
): Promise<void> => all[message.kind](env, now, message);

/** Does the work of a batch at once: one slow receiver or project holds up no other. */
export async function consumeJobs(
  batch: MessageBatch<JobMessage>,
  env: Env,
  all: Handlers = handlers,
): Promise<void> {
  const now = clockNow();
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await handle(all, env, { now, message: message.body });
        message.ack();
      } catch (error) {
        logBug(error, { ...message.body, attempts: message.attempts });
        message.retry();
      }
    }),
  );
}

/** D1 knows what is due, and cron asks it: a message that was given up on is only told. */
export function dropDeadJobs(batch: MessageBatch<JobMessage>): void {
  for (const { body } of batch.messages)
    logEvent("job message given up; cron sends it again", body);
  batch.ackAll();
}
