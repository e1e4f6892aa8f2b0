import { describe, it } from "vitest";

import type { Env } from "../../src/platform/env.ts";
import { ago, event, lab } from "../features/ingest/reads/lab.ts";
import { call } from "../support/call.ts";

/** A binding whose every use fails, as when Cloudflare's service behind it is away. */
const away = (name: string): never =>
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error(`${name} is away`);
      },
    },
  ) as never;

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const JSON_TYPE = { "content-type": "application/json" };

/** One request of each wire, and the status it has on a good day. */
const wires = (): [path: string, body: unknown, status: number][] => {
  const startTimeUnixNano = `${Date.now() - 2000}000000`;
  const span = { traceId: trace, spanId: "00f067aa0ba902b7", name: "s", startTimeUnixNano };
  const score = { name: "q", value: 1, traceId: trace };
  const generation = { id: "g", traceId: trace, startTime: ago(2000) };
  return [
    [
      "/api/public/otel/v1/traces",
      {
        resourceSpans: [
          { scopeSpans: [{ spans: [{ ...span, endTimeUnixNano: startTimeUnixNano }] }] },
        ],
      },
      200,
    ],
    ["/api/public/ingestion", { batch: [event("generation-create", generation)] }, 207],
    ["/api/public/scores", score, 200],
    ["/api/public/scores", [score], 202],
  ];
};

async function sendAll(away: Partial<Env>) {
  const house = await lab();
  const env: Env = { ...house.env, ...away };
  const answers = [];
  for (const [path, body, status] of wires()) {
    const authorization = house.basic;
    const answer = await call("POST", path, { authorization, body, headers: JSON_TYPE, env });
    answers.push({ ...answer, path, goodDay: status });
  }
  return answers;
}

describe("when R2 refuses", () => {
  it("every wire says to come back later, in whole seconds (trap 16)", async ({ expect }) => {
    for (const { path, status, headers, json } of await sendAll({ PAYLOADS: away("R2") })) {
      expect(status, path).toBe(503);
      expect(headers.get("retry-after"), path).toMatch(/^[1-9]\d*$/);
      expect(headers.has("retry-after-ms"), path).toBe(false);
      expect(json, path).toMatchObject({ error: "ServiceUnavailableError" });
    }
  });
});

describe("when the queue or D1 is away", () => {
  it.for<[string, Partial<Env>]>([
    ["the queue", { INGEST: away("the queue") }],
    ["D1", { DB: away("D1"), EVENTS_0: away("D1"), EVENTS_1: away("D1") }],
  ])("%s: every wire accepts as on a good day", async ([, bindings], { expect }) => {
    for (const { path, status, goodDay, text } of await sendAll(bindings)) {
      expect(status, `${path}: ${text}`).toBe(goodDay);
    }
  });

  it("D1: what was published is served", async ({ expect }) => {
    const house = await lab();
    const made = await house.request("POST", "/api/public/v2/prompts", {
      name: "kept",
      prompt: "Hello",
      labels: ["production"],
    });
    expect(made.status).toBe(201);
    const env = { ...house.env, DB: away("D1"), EVENTS_0: away("D1") };
    const path = "/api/public/v2/prompts/kept";
    expect(await call("GET", path, { authorization: house.bearer, env })).toMatchObject({
      status: 200,
      json: { name: "kept", version: 1, prompt: "Hello" },
    });
  });
});
