import { takeIn } from "./features/ingest/index.ts";
import { consumeJobs } from "./jobs.ts";
import { now, setNow } from "./platform/clock.ts";
import type { Env, JobMessage } from "./platform/env.ts";
import { batchAtHand, queueJobs } from "./platform/queue.ts";
import { dueJobs, jobs, runJobs } from "./schedule.ts";

/** Jobs repeat while they have more to do, so that one tick leaves nothing behind; bounded all the same. */
const MAX_ROUNDS = 200;
const MS_PER_DAY = 86_400_000;

const TAKEN = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

/** Work that jobs queue is kept here instead. Deliveries go their way: they wait for other people's servers. */
function keeping(env: Env): { env: Env; kept: JobMessage[] } {
  const kept: JobMessage[] = [];
  async function keep(body: JobMessage, options?: QueueSendOptions): Promise<QueueSendResponse> {
    if (body.kind === "delivery") return env.JOBS.send(body, options);
    kept.push(body);
    return TAKEN;
  }
  const JOBS: Queue<JobMessage> = {
    metrics: () => env.JOBS.metrics(),
    send: keep,
    async sendBatch(messages, options) {
      for (const { body, ...own } of messages) await keep(body, { ...options, ...own });
      return TAKEN;
    },
  };
  return { env: { ...env, JOBS }, kept };
}

/**
 * Moves the clock and runs what is due by then, for tests and the demo. Queues go by the true clock,
 * so nobody waits for them: what was accepted is brought in first, and what jobs queue is done last.
 */
export async function tick(env: Env, at: Date): Promise<{ ran: string[]; failed: string[] }> {
  const due = dueJobs(jobs, at < now() ? new Date(at.getTime() - MS_PER_DAY) : now(), at);
  const ran = due.length > 0 ? due : jobs.filter(({ everyMinutes }) => everyMinutes === 1);
  setNow(env, at);
  await takeIn(env, at);
  const { env: own, kept } = keeping(env);
  const { failed } = await runJobs(ran, own, at, MAX_ROUNDS);
  const again: JobMessage[] = [];
  for (let round = 0; kept.length > 0 && round < MAX_ROUNDS; round++) {
    await consumeJobs(batchAtHand("jobs", kept.splice(0), again), own);
  }
  await queueJobs(env, [...again, ...kept]);
  return { ran: ran.map(({ name }) => name), failed };
}
