import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { describe, it } from "vitest";

import { objectName } from "../../../../src/features/ingest/accept/payload.ts";
import { consumeDead, consumeQueue } from "../../../../src/features/ingest/index.ts";
import type { Env, IngestMessage } from "../../../../src/platform/env.ts";
import { bearer, call } from "../../../support/call.ts";
import { faultyD1 } from "../../../support/faulty-d1.ts";
import { ago, event, lab } from "../reads/lab.ts";

const ADMIN = bearer("test-admin-token");

type Parked = {
  data: { object: string; project: number; error: string }[];
  parked: number;
  nextCursor: string | null;
};

function deadBatch(objects: readonly string[]) {
  const messages = objects.map((object, i) => ({
    id: String(i),
    timestamp: new Date(),
    attempts: 1,
    body: { object },
  }));
  return createMessageBatch<IngestMessage>("promptside-ingest-dead", messages);
}

/** A house whose accepted objects are only remembered. */
async function remembering() {
  const house = await lab();
  const queued: string[] = [];
  const env: Env = {
    ...house.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => void queued.push(object),
    } as unknown as Env["INGEST"],
  };
  const ingest = (...events: object[]) =>
    call("POST", "/api/public/ingestion", {
      authorization: house.basic,
      body: { batch: events },
      env,
    });
  const ours = async (): Promise<Parked["data"]> => {
    const found: Parked["data"] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const path: string = `/api/public/admin/parked?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
      const { json } = await call("GET", path, { authorization: ADMIN, env });
      const page = json as Parked;
      found.push(...page.data.filter(({ project }) => project === house.scope.tenant));
      cursor = page.nextCursor;
    }
    return found;
  };
  const replay = async (): Promise<number> => {
    let count = 0;
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const body = { limit: 3, cursor };
      const answer = await call("POST", "/api/public/admin/replay", {
        authorization: ADMIN,
        body,
        env,
      });
      const done = answer.json as { queued: number; nextCursor: string | null };
      count += done.queued;
      cursor = done.nextCursor;
    }
    return count;
  };
  return { ...house, env, queued, ingest, ours, replay };
}

const trace = (id: string) => event("trace-create", { id, name: "n", timestamp: ago(1000) });

describe("what the queue gave up on", () => {
  it("is recorded with the reason of its last failure, listed, and put back", async ({
    expect,
  }) => {
    const house = await remembering();
    for (const id of ["t1", "t2", "t3", "t4"]) await house.ingest(trace(id));
    const objects = house.queued.splice(0);
    const down = faultyD1(house.env.EVENTS_1 as D1Database, () =>
      Promise.reject(new Error("the second shard is on fire")),
    );
    const first = faultyD1(house.env.EVENTS_0, async (work) => work());
    await consumeDead(deadBatch(objects), { ...house.env, EVENTS_0: first, EVENTS_1: down });

    const parked = await house.ours();
    expect(parked.length).toBeGreaterThan(0);
    for (const { error } of parked) {
      expect(error).toBe("could not be processed after all retries: the second shard is on fire");
    }
    expect(await house.replay()).toBeGreaterThanOrEqual(parked.length);
    const back = house.queued.filter((name) => parked.some(({ object }) => object === name));
    expect(new Set(back)).toEqual(new Set(parked.map(({ object }) => object)));
    expect(await house.ours()).toEqual(parked);

    const batch = deadBatch(back);
    await consumeQueue(
      createMessageBatch<IngestMessage>(
        "promptside-ingest",
        [...batch.messages].map(({ body, id }) => ({
          id,
          body,
          attempts: 1,
          timestamp: new Date(),
        })),
      ),
      house.env,
    );
    expect(await house.ours()).toEqual([]);
    for (const id of ["t1", "t2", "t3", "t4"]) {
      expect((await house.request("GET", `/api/public/traces/${id}`)).status, id).toBe(200);
    }
  });

  it("succeeds on the last try when only time was needed, and parks nothing", async ({
    expect,
  }) => {
    const house = await remembering();
    await house.ingest(trace("t"));
    const batch = deadBatch(house.queued.splice(0));
    await consumeDead(batch, house.env);
    const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
    expect(explicitAcks).toEqual(["0"]);
    expect(await house.ours()).toEqual([]);
    expect((await house.request("GET", "/api/public/traces/t")).status).toBe(200);
  });

  it("stays a message while not even the reason can be recorded", async ({ expect }) => {
    const house = await remembering();
    await house.ingest(trace("t"));
    const down = faultyD1(house.env.EVENTS_0, () => Promise.reject(new Error("down")));
    const batch = deadBatch(house.queued.splice(0));
    await expect(consumeDead(batch, { ...house.env, EVENTS_0: down })).rejects.toThrow("down");
    const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
    expect(explicitAcks).toEqual([]);
  });

  it("is parked again with a new reason when it fails again", async ({ expect }) => {
    const house = await remembering();
    const gone = objectName(new Date(), "r_gone", house.scope.tenant, 0);
    await consumeDead(deadBatch([gone]), house.env);
    await consumeDead(deadBatch([gone]), house.env);
    expect(await house.ours()).toEqual([
      {
        object: gone,
        project: house.scope.tenant,
        error: `could not be processed after all retries: ${gone} is gone`,
      },
    ]);
  });

  it("refuses a cursor that is not one of ours", async ({ expect }) => {
    for (const [method, path, body] of [
      ["GET", "/api/public/admin/parked?cursor=x", undefined],
      ["POST", "/api/public/admin/replay", { cursor: "x" }],
    ] as const) {
      const answer = await call(method, path, { authorization: ADMIN, body });
      expect(answer).toMatchObject({ status: 400, json: { issues: [{ path: "cursor" }] } });
    }
  });
});
