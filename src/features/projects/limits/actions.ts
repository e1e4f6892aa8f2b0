import { Refusal } from "../../../platform/errors.ts";
import type { Endpoint } from "../../../platform/http.ts";
import { memo } from "../../../platform/memo.ts";
import type { Scope } from "../../../platform/scope.ts";
import { type Load, rulesFor } from "../model.ts";
import { readSettings } from "../settings/store.ts";

const WINDOW_MS = 60_000;
const MAX_KEYS = 20_000;

/**
 * Requests of a key in the present minute. In this isolate's memory: Cloudflare's own rate limiting
 * binding has its limit fixed by the deployment's file, so it cannot differ by project and key.
 */
const counts = memo<{ requests: number }>(2 * WINDOW_MS, MAX_KEYS);

/** What a request burdens; undefined for changes by people, which are few. */
function loadOf({ access }: Endpoint): Load | undefined {
  if (access === "read") return "reads";
  return access === "ingest" || access === "scores" ? "ingest" : undefined;
}

async function limitOf(scope: Scope, load: Load): Promise<number | null> {
  try {
    const rules = rulesFor(await readSettings(scope), scope.actor);
    return load === "reads" ? rules.readsPerMinute : rules.ingestPerMinute;
  } catch (error) {
    // Nobody can say what the limit is. The request decides by itself whether it needs settings.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** @param who names the caller in the refusal */
async function count(scope: Scope, load: Load, who: string): Promise<void> {
  const limit = await limitOf(scope, load);
  if (limit === null) return;
  const nowMs = scope.now.getTime();
  const minute = Math.floor(nowMs / WINDOW_MS);
  const name = `${scope.actor.id}/${load}/${minute}`;
  const held = counts.get(name, nowMs) ?? { requests: 0 };
  held.requests += 1;
  counts.set(name, held, nowMs);
  if (held.requests <= limit) return;
  const retryAfterSeconds = Math.ceil(((minute + 1) * WINDOW_MS - nowMs) / 1000);
  const what = load === "reads" ? "reads" : "requests of ingestion";
  throw new Refusal(
    load === "reads" ? "rate_limited" : "unavailable",
    `the ${who} ${scope.actor.id} may make ${limit} ${what} a minute; try again in ${retryAfterSeconds} s`,
    { retryAfterSeconds },
  );
}

/**
 * Counts a request of a key, by the minute.
 *
 * @throws Refusal rate_limited for reads beyond the limit; unavailable for ingestion, because that
 *   is the one answer after which every exporter sends again
 */
export async function admit(scope: Scope, route: Endpoint): Promise<void> {
  const load = loadOf(route);
  if (load === undefined || scope.actor.kind !== "key") return;
  await count(scope, load, "key");
}

/**
 * Counts a delivery of a webhook source, which is the scope's actor, as ingestion of a key.
 *
 * @throws Refusal unavailable beyond the limit
 */
export const admitDelivery = (scope: Scope): Promise<void> => count(scope, "ingest", "source");
