import { app } from "./app.ts";
import { consumeDead, consumeQueue } from "./features/ingest/index.ts";
import { now } from "./platform/clock.ts";
import type { Env, IngestMessage } from "./platform/env.ts";
import { runMinute } from "./schedule.ts";

export default {
  fetch: (request, env, ctx) => app.fetch(tidy(request), env, ctx),
  queue: (batch, env) =>
    batch.queue.endsWith("-dead") ? consumeDead(batch, env) : consumeQueue(batch, env),
  scheduled: async (_controller, env) => {
    await runMinute(env, now());
  },
} satisfies ExportedHandler<Env, IngestMessage>;

/** Trap: a base URL with a trailing slash makes exporters post to `//api/...`. */
function tidy(request: Request): Request {
  const path = /^https?:\/\/[^/]+(\/\/+)/.exec(request.url);
  return path
    ? new Request(request.url.replace(/^(https?:\/\/[^/]+)\/+/, "$1/"), request)
    : request;
}
