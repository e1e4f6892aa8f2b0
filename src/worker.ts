import { app } from "./app.ts";
import { consumeDead, consumeQueue, takeIn } from "./features/ingest/index.ts";
import { consumeJobs, dropDeadJobs } from "./jobs.ts";
import { now } from "./platform/clock.ts";
import type { Env, IngestMessage, JobMessage } from "./platform/env.ts";
import { runMinute } from "./schedule.ts";

export default {
  fetch: (request, env, ctx) => app.fetch(tidy(request), env, ctx),
  queue: (batch, env) => consumerOf(batch.queue)(batch as MessageBatch<never>, env),
  scheduled: async ({ cron }, env) => {
    // Only the local host says so: its queue is lost with its process.
    if (cron === "@start") await takeIn(env, now());
    else await runMinute(env, now());
  },
} satisfies ExportedHandler<Env, IngestMessage | JobMessage>;

/** Queues are told apart by how their names end, so that each deployment may have its own. */
function consumerOf(queue: string) {
  if (queue.endsWith("-jobs-dead")) return dropDeadJobs;
  if (queue.endsWith("-jobs")) return consumeJobs;
  return queue.endsWith("-dead") ? consumeDead : consumeQueue;
}

/** Trap: a base URL with a trailing slash makes exporters post to `//api/...`. */
function tidy(request: Request): Request {
  const path = /^https?:\/\/[^/]+(\/\/+)/.exec(request.url);
  return path
    ? new Request(request.url.replace(/^(https?:\/\/[^/]+)\/+/, "$1/"), request)
    : request;
}
