import { describe, it } from "vitest";

import { consume } from "../../../src/features/ingest/index.ts";
import type { Env } from "../../../src/platform/env.ts";
import { call } from "../../support/call.ts";
import { ago, event, lab } from "./reads/lab.ts";

const never = (): Promise<never> => new Promise(() => undefined);
const JSON_TYPE = { "content-type": "application/json" };

describe("a queue that does not answer", () => {
  it("holds up no request: OTLP, batch and scores are accepted", async ({ expect }) => {
    const house = await lab();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const env: Env = {
      ...house.env,
      INGEST: { send: () => released } as unknown as Env["INGEST"],
    };
    // `call` waits for deferred work too: the answer must be there before the queue is.
    const answered: number[] = [];
    const { app } = await import("../../../src/app.ts");
    const context = { waitUntil: () => undefined, passThroughOnException: () => undefined };
    for (const [path, body] of [
      ["/api/public/ingestion", { batch: [event("trace-create", { id: "t" })] }],
      ["/api/public/scores", { name: "q", value: 1, traceId: "t" }],
      [
        "/api/public/otel/v1/traces",
        {
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: [
                    {
                      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
                      spanId: "00f067aa0ba902b7",
                      name: "s",
                      startTimeUnixNano: `${Date.now() - 1000}000000`,
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    ] as const) {
      const request = new Request(`http://promptside.test${path}`, {
        method: "POST",
        headers: { ...JSON_TYPE, authorization: house.basic },
        body: JSON.stringify(body),
      });
      const response = await app.fetch(request, env, context as unknown as ExecutionContext);
      answered.push(response.status);
    }
    expect(answered).toEqual([207, 200, 200]);
    release();
  });
});

describe("a D1 that does not answer", () => {
  it("holds up no request of a key and settings that KV knows", async ({ expect }) => {
    const house = await lab();
    const stuck = { prepare: () => ({ bind: () => ({ all: never, run: never, first: never }) }) };
    const slow = stuck as unknown as D1Database;
    const env: Env = { ...house.env, DB: slow, EVENTS_0: slow, EVENTS_1: slow };
    const answer = await call("POST", "/api/public/ingestion", {
      authorization: house.basic,
      body: { batch: [event("trace-create", { id: "t" })] },
      env,
    });
    expect(answer.status).toBe(207);
  });
});

describe("an object that waited past its retention", () => {
  it("brings only what is younger, and is recorded", async ({ expect }) => {
    const house = await lab();
    const generation = (id: string, days: number) =>
      event("generation-create", {
        id,
        traceId: id,
        startTime: ago(days * 86_400_000 + 60_000),
        endTime: ago(days * 86_400_000),
      });
    let name = "";
    const env: Env = {
      ...house.env,
      INGEST: {
        send: async ({ object }: { object: string }) => {
          name = object;
        },
      } as unknown as Env["INGEST"],
    };
    await call("POST", "/api/public/ingestion", {
      authorization: house.basic,
      body: { batch: [generation("old", 20), generation("young", 1)] },
      env,
    });
    const later = new Date(house.scope.now.getTime() + 15 * 86_400_000);
    await consume({ ...house.scope, now: later }, [name], true);
    const status = async (id: string) =>
      (await house.request("GET", `/api/public/observations/${id}`)).status;
    expect(await status("old")).toBe(404);
    expect(await status("young")).toBe(200);
  });
});

describe("the events of a request", () => {
  it("are as many as the project allows, on every wire", async ({ expect }) => {
    const house = await lab();
    await house.request("PATCH", "/api/public/settings", { limits: { eventsPerRequest: 2 } });
    const batch = Array.from({ length: 3 }, (_, i) => event("trace-create", { id: `t${i}` }));
    expect(await house.request("POST", "/api/public/ingestion", { batch })).toMatchObject({
      status: 413,
      json: { errors: [{}] },
    });
    const spans = Array.from({ length: 3 }, (_, i) => ({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: `00f067aa0ba902b${i}`,
      name: "s",
    }));
    const answer = await call("POST", "/api/public/otel/v1/traces", {
      authorization: house.basic,
      headers: JSON_TYPE,
      body: { resourceSpans: [{ scopeSpans: [{ spans }] }] },
      env: house.env,
    });
    expect(answer).toMatchObject({
      status: 413,
      json: { message: "the export has 3 spans; at most 2 are allowed" },
    });
  });

  it("have ids of at most 800 characters, or are named as refused", async ({ expect }) => {
    const house = await lab();
    const fits = event("trace-create", { id: "x".repeat(800) });
    const long = event("trace-create", { id: "x".repeat(801) });
    const { json } = await house.ingest(fits, long, { ...fits, id: "e".repeat(801) });
    expect(json).toMatchObject({
      successes: [{ id: fits.id }],
      errors: [
        { id: long.id, message: "body.id: must be a string of 1 to 800 characters" },
        { id: "e".repeat(800), message: "id: must be a string of 1 to 800 characters" },
      ],
    });
  });
});
