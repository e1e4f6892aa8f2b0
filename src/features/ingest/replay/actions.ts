import { Refusal } from "../../../platform/errors.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { countParked, type Parked, parkedAfter } from "./store.ts";

const RETRY_AFTER_SECONDS = 5;

type Page = { cursor?: string | null | undefined; limit: number };

const cursorOf = ({ project, object }: Parked): string => `${project}/${object}`;

/** Objects are recorded in the first shard. */
const homeOf = ({ env }: Scope): D1Database => env.EVENTS_0;

async function pageOf(
  scope: Scope,
  { cursor, limit }: Page,
): Promise<{ page: Parked[]; nextCursor: string | null }> {
  const [, project = "0", object = ""] = /^(\d+)\/(.+)$/.exec(cursor ?? "") ?? [];
  const page = await parkedAfter(homeOf(scope), { project: Number(project), object, limit });
  const last = page.length === limit ? page.at(-1) : undefined;
  return { page, nextCursor: last ? cursorOf(last) : null };
}

/** What was given up on, of every project, and why. */
export async function listParked(scope: Scope, asked: Page) {
  const { page, nextCursor } = await pageOf(scope, asked);
  return { data: page, parked: await countParked(homeOf(scope)), nextCursor };
}

/**
 * Puts parked objects back into the queue. An object stays recorded as parked until it is in the
 * rows, so that one which fails again, or whose message is lost, is not forgotten.
 *
 * @throws Refusal unavailable when the queue refuses; what was queued before stays queued
 */
export async function replay(scope: Scope, asked: Page) {
  const { page, nextCursor } = await pageOf(scope, asked);
  for (const { object } of page) {
    try {
      await scope.env.INGEST.send({ object });
    } catch (error) {
      logEvent("queue refused a name", { name: object, reason: String(error) });
      throw new Refusal("unavailable", `the queue does not take ${object} now; try again`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
  }
  return { queued: page.length, parked: await countParked(homeOf(scope)), nextCursor };
}
