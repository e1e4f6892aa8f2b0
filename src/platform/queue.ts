import type { Env, JobMessage } from "./env.ts";
import { logEvent } from "./log.ts";

/** Messages of one call; Queues allow 100. */
const MESSAGES_PER_BATCH = 100;

/**
 * Queues work. It never fails: what is not queued, the job that looks for such work every minute
 * queues again.
 *
 * @param delaySeconds how long the queue holds it back
 */
export async function queueJobs(
  env: Env,
  messages: readonly JobMessage[],
  delaySeconds = 0,
): Promise<void> {
  try {
    for (let from = 0; from < messages.length; from += MESSAGES_PER_BATCH) {
      const part = messages.slice(from, from + MESSAGES_PER_BATCH);
      await env.JOBS.sendBatch(
        part.map((body) => ({ body })),
        { delaySeconds },
      );
    }
  } catch (error) {
    logEvent("work could not be queued; the sweep will", {
      kind: messages[0]?.kind,
      error: String(error),
    });
  }
}

/**
 * Messages that are worked off at once, in the shape in which a queue hands them over.
 *
 * @param again takes what is to be tried again
 */
export function batchAtHand<T>(
  queue: string,
  bodies: readonly T[],
  again: T[] = [],
): MessageBatch<T> {
  const messages = bodies.map((body) => ({
    id: crypto.randomUUID(),
    timestamp: new Date(),
    body,
    attempts: 1,
    ack: () => undefined,
    retry: () => void again.push(body),
  }));
  return {
    queue,
    messages,
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: () => undefined,
    retryAll: () => void again.push(...bodies),
  };
}
