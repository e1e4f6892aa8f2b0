import { createMessageBatch } from "cloudflare:test";

import { deliver, notificationJobs } from "../../../src/features/notifications/jobs.ts";
import { consumeJobs, handlers } from "../../../src/jobs.ts";
import { setNow } from "../../../src/platform/clock.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Env, JobMessage } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Answer, call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";

export type Received = { url: string; headers: Record<string, string>; body: string };

/** What a receiver answers: a status, a response, or a failure to answer at all. */
type Reaction = number | (() => Response | Promise<Response>);

export type Lab = Awaited<ReturnType<typeof lab>>;

/**
 * A project, a receiver in the place of the internet, and the queue in the test's own hands. The
 * isolate's clock stands where `at` puts it.
 */
export async function lab(begin = new Date(), bindings: Partial<Env> = {}) {
  const project = await freshProject(begin);
  const queued: { message: JobMessage; delaySeconds: number }[] = [];
  const received: Received[] = [];
  let reaction: Reaction = 200;
  let queueIsDown = false;
  const env: Env = {
    ...project.scope.env,
    JOBS: {
      sendBatch: async (messages: { body: JobMessage }[], { delaySeconds = 0 } = {}) => {
        if (queueIsDown) throw new Error("the queue is down");
        // The sweep looks after every project; the others' messages are the business of their tests.
        const own = messages.filter(({ body }) => body.tenant === project.scope.tenant);
        queued.push(...own.map(({ body }) => ({ message: body, delaySeconds })));
      },
    } as unknown as Env["JOBS"],
    ...bindings,
  };
  const fetcher = async (request: Request): Promise<Response> => {
    received.push({
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
    return typeof reaction === "number" ? new Response("said", { status: reaction }) : reaction();
  };
  const request = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, `/api/public${path}`, { authorization: project.basic, body, env });
  const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.json as T;
  };
  const consume = async (messages: JobMessage[]): Promise<void> => {
    const batch = createMessageBatch<JobMessage>(
      "promptside-jobs",
      messages.map((body, i) => ({ id: String(i), timestamp: begin, attempts: 1, body })),
    );
    await consumeJobs(batch, env, {
      ...handlers,
      delivery: (on, now, message) => deliver(on, now, message, fetcher),
    });
  };
  return {
    project,
    env,
    queued,
    received,
    request,
    ok,
    consume,
    react: (to: Reaction) => void (reaction = to),
    breakQueue: (isDown: boolean) => void (queueIsDown = isDown),
    /** The project's scope at an instant. */
    scopeAt: (now: Date): Scope => ({ ...project.scope, env, db: openRegistry(env.DB), now }),
    at: (instant: Date) => setNow(env, instant),
    /** Delivers what is queued now, delayed or not. */
    deliver: () => consume(queued.splice(0).map(({ message }) => message)),
    /** A minute of cron, this slice's only. */
    sweep: async (now: Date) => {
      for (const job of notificationJobs) await job.run(env, now);
    },
    create: (body: object = {}) =>
      ok<{ id: string; secret: string }>("POST", "/destinations", {
        kind: "webhook",
        name: "ours",
        url: "https://receiver.invalid/hook",
        ...body,
      }),
  };
}
