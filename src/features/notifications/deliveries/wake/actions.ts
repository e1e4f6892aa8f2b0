import type { Env } from "../../../../platform/env.ts";
import { logEvent } from "../../../../platform/log.ts";

/** Messages of one call; Queues allow 100. */
const MESSAGES_PER_BATCH = 100;
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
  try {
    for (let from = 0; from < deliveries.length; from += MESSAGES_PER_BATCH) {
      const part = deliveries.slice(from, from + MESSAGES_PER_BATCH);
      await env.JOBS.sendBatch(
        part.map((delivery) => ({ body: { kind: "delivery" as const, tenant, delivery } })),
        { delaySeconds },
      );
    }
  } catch (error) {
    logEvent("deliveries could not be queued; the sweep will", { tenant, error: String(error) });
  }
}
