import { gzipSync } from "node:zlib";

import { beforeAll, describe, it } from "vitest";

import { endpoints } from "../../src/app.ts";
import { MAX_BODY_BYTES, MAX_INFLATED_BYTES } from "../../src/platform/body.ts";
import type { Endpoint } from "../../src/platform/http.ts";
import { ago, event, lab, type Listed } from "../features/ingest/reads/lab.ts";
import { type Answer, bearer, call } from "../support/call.ts";
import { IDS } from "./house.ts";
import { nameOf, pathOf, requestOf } from "./requests.ts";

const given = {
  keyId: "key_none",
  sourceId: "src_none",
  configId: "none",
  abId: "abt_none",
  rolloutId: "rol_none",
  monitorId: "rol_none",
  incidentId: "rol_none",
  destinationId: "d",
  reportId: "r",
  deliveryId: "d",
  dashboardId: "d",
};
const guarded = endpoints.filter(({ access }) => access !== "open");
const writing = guarded.filter(({ method }) => ["POST", "PUT", "PATCH"].includes(method));
const withPath = guarded.filter(({ path }) => path.includes(":"));
const listing = guarded.filter(({ method, path }) => method === "GET" && !path.includes(":"));

let house: Awaited<ReturnType<typeof lab>>;
beforeAll(async () => {
  house = await lab();
});

const keyFor = ({ access }: Endpoint): string =>
  access === "deployment" ? bearer("test-admin-token") : house.basic;

function send(route: Endpoint, body: unknown, headers: Record<string, string> = {}) {
  return call(route.method, pathOf(route, given), {
    authorization: keyFor(route),
    body,
    headers: { "content-type": "application/json", ...headers },
    env: house.env,
  });
}

const text = { asymmetricMatch: (value: unknown) => typeof value === "string" && value !== "" };
const refusal = (status: number) => ({ status, json: { message: text, error: text } });
const isRefused = ({ status, json }: Answer): boolean => {
  const body = (json ?? {}) as { message?: unknown; error?: unknown };
  return status >= 400 && status < 500 && Boolean(body.message) && Boolean(body.error);
};

describe.each(writing.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("refuses a body beyond 4.5 MB, whether its length is declared or not", async ({ expect }) => {
    const large = new Uint8Array(MAX_BODY_BYTES + 1).fill(0x20);
    expect(await send(route, large)).toMatchObject(refusal(413));
    const declared = { "content-length": String(MAX_BODY_BYTES + 1) };
    expect(await send(route, "{}", declared)).toMatchObject(refusal(413));
  });

  it("refuses a gzip bomb, damaged gzip and other encodings", async ({ expect }) => {
    const bomb = gzipSync(new Uint8Array(MAX_INFLATED_BYTES + 1).fill(0x20));
    expect(bomb.byteLength).toBeLessThan(100_000);
    const gzip = { "content-encoding": "gzip" };
    expect(await send(route, bomb, gzip)).toMatchObject(refusal(413));
    expect(await send(route, bomb.subarray(0, 1000), gzip)).toMatchObject(refusal(400));
    expect(await send(route, "not gzip", gzip)).toMatchObject(refusal(400));
    expect(await send(route, "{}", { "content-encoding": "br" })).toMatchObject(refusal(400));
  });

  it("survives what is nested very deep", async ({ expect }) => {
    const depth = 50_000;
    for (const body of [
      `${"[".repeat(depth)}${"]".repeat(depth)}`,
      `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
    ]) {
      const { status, json } = await send(route, body);
      expect(status).toBeLessThan(500);
      expect(json).toBeTypeOf("object");
    }
  });
});

describe.each(withPath.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("survives whatever stands in its path", async ({ expect }) => {
    const odd = [
      "%",
      "%zz",
      "%E0%A4%A",
      "%00",
      "a%00b",
      "..%2f..",
      "%F0%9F%98%80",
      "x".repeat(5000),
    ];
    for (const segment of odd) {
      const path = route.path.replaceAll(/:(\w+)(\{[^}]*\})?/g, segment);
      const { status } = await call(route.method, path, {
        authorization: house.basic,
        body: requestOf(route).body,
        env: house.env,
      });
      expect(status, segment).toBeGreaterThanOrEqual(400);
      expect(status, segment).toBeLessThan(500);
    }
  });
});

describe.each(listing.map((route) => [nameOf(route), route] as const))("%s", (_name, route) => {
  it("refuses a query that makes no sense, and never fails", async ({ expect }) => {
    const names = Object.keys(queryOf(route));
    for (const name of names) {
      for (const value of ["-1", "1e99", "\u0000", "{", "x".repeat(3000)]) {
        const query = new URLSearchParams({ [name]: value }).toString();
        const answer = await call("GET", `${route.path}?${query}`, {
          authorization: keyFor(route),
          env: house.env,
        });
        expect(answer.status, `${name}=${value.slice(0, 9)}`).toBeLessThan(500);
        if (["limit", "page"].includes(name)) expect(isRefused(answer), name).toBe(true);
      }
    }
  });
});

/** The query parameters that a route declares. */
function queryOf({ query }: Endpoint): Record<string, unknown> {
  const shape = (query as { shape?: Record<string, unknown> } | undefined)?.shape;
  return shape ?? {};
}

describe("a batch", () => {
  it("loses only the event beyond 1 MB", async ({ expect }) => {
    const generation = (id: string, input: string) =>
      event("generation-create", { id, traceId: IDS.trace, startTime: ago(1000), input });
    const large = generation("large", "x".repeat(1_000_000));
    const { status, json } = await house.ingest(large, generation("small", "x"));
    expect(status).toBe(207);
    expect(json).toMatchObject({
      successes: [{ status: 201 }],
      errors: [{ id: large.id, status: 413, message: "the event is larger than 1 MB" }],
    });
    const { data } = await house.get<Listed>("/api/public/observations");
    expect(data.map(({ id }) => id)).toEqual(["small"]);
  });
});

describe("an export", () => {
  it("of more than 10,000 spans is refused whole", async ({ expect }) => {
    const span = (index: number) => ({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: (index + 1).toString(16).padStart(16, "0"),
      name: "s",
    });
    const spans = Array.from({ length: 10_001 }, (_, index) => span(index));
    const body = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    const answer = await call("POST", "/api/public/otel/v1/traces", {
      authorization: house.basic,
      body,
      headers: { "content-type": "application/json" },
    });
    expect(answer).toMatchObject(refusal(413));
  });
});

describe("JSON of any shape", () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const span = `{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7"`;
  const value = `${'{"arrayValue":{"values":['.repeat(10_000)}${"]}}".repeat(10_000)}`;
  it.for<[string, string]>([
    ["/api/public/v2/prompts", `{"name":"deep","prompt":"x","config":${deep}}`],
    ["/api/public/v2/prompts", `{"name":"deep","prompt":${deep}}`],
    ["/api/public/scores", `{"name":"q","value":1,"traceId":"t","metadata":${deep}}`],
    ["/api/public/scores", `[{"name":"q","value":${deep},"traceId":"t"}]`],
    ["/api/public/ingestion", `{"batch":[{"id":"e","type":"trace-create","body":${deep}}]}`],
    ["/api/public/ingestion", `{"batch":[],"metadata":${deep}}`],
    [
      "/api/public/otel/v1/traces",
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${span},"attributes":[{"key":"a","value":${value}}]}]}]}]}`,
    ],
    [
      "/api/public/otel/v1/traces",
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${span},"attributes":[{"key":"langfuse.observation.input","value":{"stringValue":"${deep}"}}]}]}]}]}`,
    ],
  ])("nested 20,000 deep is no failure of %s", async ([path, body], { expect }) => {
    const { status, json } = await call("POST", path, {
      authorization: house.basic,
      body,
      headers: { "content-type": "application/json" },
      env: house.env,
    });
    expect(status).toBeLessThan(500);
    expect(json).toBeTypeOf("object");
    await house.settle();
  });
});
