import { parseObjectName } from "../../../../src/features/ingest/accept/payload.ts";
import { consume } from "../../../../src/features/ingest/index.ts";
import { now } from "../../../../src/platform/clock.ts";
import type { Env, IngestMessage } from "../../../../src/platform/env.ts";
import { type Answer, call } from "../../../support/call.ts";
import { freshProject } from "../../../support/project.ts";

/** A project whose accepted requests are consumed when the test says so. */
export async function lab() {
  const project = await freshProject(now());
  const queued: string[] = [];
  const env: Env = {
    ...project.scope.env,
    INGEST: {
      // A sweep or a replay in this isolate also queues what other tests left behind.
      send: async ({ object }: IngestMessage) => {
        if (parseObjectName(object)?.tenant === project.scope.tenant) queued.push(object);
      },
    } as unknown as Env["INGEST"],
  };
  const authorization = project.basic;

  const request = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, path, { authorization, body, env });
  /** Everything accepted so far reaches the rows. */
  const settle = async (): Promise<void> => {
    if (queued.length > 0) await consume(project.scope, queued.splice(0), true);
  };
  return {
    ...project,
    env,
    settle,
    request,
    get: async <T>(path: string): Promise<T> => (await request("GET", path)).json as T,
    /** Sends events as one batch and settles. */
    ingest: async (...events: object[]): Promise<Answer> => {
      const answer = await request("POST", "/api/public/ingestion", { batch: events });
      await settle();
      return answer;
    },
  };
}

let sequence = 0;
/** The instant so many milliseconds ago, in ISO 8601. */
export const ago = (ms: number): string => new Date(now().getTime() - ms).toISOString();

export const event = (type: string, body: object, timestamp = ago(0)) => ({
  id: `event-${++sequence}`,
  type,
  timestamp,
  body,
});

export type Listed = {
  data: Record<string, unknown>[];
  meta: { page: number; limit: number; totalItems: number; totalPages: number; cursor?: string };
};
