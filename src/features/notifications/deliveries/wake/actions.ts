import type { Env } from "../../../../platform/env.ts";
import { queueJobs } from "../../../../platform/queue.ts";

/** Longer waits are left to the sweep, which looks every minute. */
const MAX_DELAY_SECONDS = 600;

/**
 * Queues deliveries that are or will be due. It never fails: what is not queued, the sweep queues.
 *
 * @param delaySeconds how long the queue holds them back
 */
export async function wake(
  env: Env,
  tenant: number,
  deliveries: readonly string[],
  delaySeconds = 0,
): Promise<void> {
  if (delaySeconds > MAX_DELAY_SECONDS) return;
  const messages = deliveries.map((delivery) => ({ kind: "delivery" as const, tenant, delivery }));
  await queueJobs(env, messages, delaySeconds);
}
