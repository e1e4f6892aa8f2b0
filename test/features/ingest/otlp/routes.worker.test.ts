import { gunzipSync, gzipSync } from "node:zlib";

import { createExecutionContext } from "cloudflare:test";
import { describe, it } from "vitest";

import { consume } from "../../../../src/features/ingest/index.ts";
import { otlpEndpoints } from "../../../../src/features/ingest/otlp/routes.ts";
import type { Env, IngestMessage } from "../../../../src/platform/env.ts";
import { mount } from "../../../../src/platform/http.ts";
import type { Scope } from "../../../../src/platform/scope.ts";
import worker from "../../../../src/worker.ts";
import { call } from "../../../support/call.ts";
import { testEnv } from "../../../support/env.ts";
import { freshProject } from "../../../support/project.ts";
import { freshScope } from "../../../support/scope.ts";

const PATH = "/api/public/otel/v1/traces";
const NOW = new Date("2026-11-20T12:00:00.000Z");
const SECRET = "sk-abv-0123456789abcdef";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** A scope whose queue remembers instead of delivering. */
function quietScope() {
  const scope = freshScope(NOW);
  const queued: string[] = [];
  const INGEST = {
    send: async ({ object }: IngestMessage) => void queued.push(object),
  } as unknown as Env["INGEST"];
  return { scope: { ...scope, env: { ...scope.env, INGEST } } satisfies Scope, queued };
}

async function send(
  scope: Scope,
  body: BodyInit,
  headers: Record<string, string> = { "content-type": "application/json" },
) {
  const app = mount(otlpEndpoints, () => Promise.resolve(scope));
  const request = new Request(`http://promptside.test${PATH}`, { method: "POST", body, headers });
  const response = await app.fetch(request, scope.env, createExecutionContext());
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text };
}

const nanos = (afterMs: number): string => `${NOW.getTime() - 60_000 + afterMs}000000`;

const jsonSpan = (fields: object = {}) => ({
  traceId: TRACE,
  spanId: SPAN,
  name: "generate",
  startTimeUnixNano: nanos(0),
  endTimeUnixNano: nanos(1500),
  attributes: [
    { key: "langfuse.observation.type", value: { stringValue: "generation" } },
    { key: "langfuse.observation.prompt.name", value: { stringValue: "greeting" } },
    { key: "langfuse.observation.prompt.version", value: { intValue: 3 } },
  ],
  ...fields,
});
const jsonExport = (...spans: object[]) =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

// protobuf by hand, because protobufjs needs eval, which workerd has not.
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const field = (number: number, bytes: ArrayLike<number>): number[] => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];
const text = (number: number, value: string) => field(number, new TextEncoder().encode(value));
const hex = (number: number, value: string) =>
  field(
    number,
    value.match(/../g)!.map((byte) => Number.parseInt(byte, 16)),
  );
const fixed64 = (number: number, value: string): number[] => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return [...varint(number * 8 + 1), ...bytes];
};
const attribute = (number: number, key: string, value: string) =>
  field(number, [...text(1, key), ...field(2, text(1, value))]);

/** As abvdev for Python sends it: its API key among the attributes of the scope. */
const abvExport = (): Uint8Array<ArrayBuffer> => {
  const scope = [...text(1, "abv-sdk"), ...text(2, "0.0.1b7"), ...attribute(3, "api_key", SECRET)];
  const span = [
    ...hex(1, TRACE),
    ...hex(2, SPAN),
    ...text(5, "generate"),
    ...fixed64(7, nanos(0)),
    ...fixed64(8, nanos(1500)),
    ...attribute(9, "abv.observation.type", "generation"),
    ...attribute(9, "abv.observation.input", "hello"),
    ...attribute(9, "abv.observation.prompt.name", "greeting"),
    ...attribute(9, "abv.observation.prompt.version", "3"),
    ...attribute(9, "abv.observation.metadata.api_key", SECRET),
    ...attribute(9, "http.request.header.authorization", `Bearer ${SECRET}`),
  ];
  const scopeSpans = [...field(1, scope), ...field(2, span)];
  const resource = attribute(1, "abv.environment", "production");
  return Uint8Array.from(field(1, [...field(1, resource), ...field(2, scopeSpans)]));
};

const rowsOf = async ({ shards, tenant }: Scope): Promise<Record<string, unknown>[]> => {
  const all = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(
          "SELECT id, type, start, stop, env, prompt, version, doc FROM obs WHERE project = ?1",
        )
        .bind(tenant)
        .all<Record<string, unknown>>(),
    ),
  );
  return all.flatMap(({ results }) => results);
};

const startUs = NOW.getTime() * 1000 - 60_000_000;
const linked = {
  id: SPAN,
  type: "GENERATION",
  start: startUs,
  stop: startUs + 1_500_000,
  prompt: "greeting",
  version: 3,
};

describe("trap 6: every way an exporter sends", () => {
  const json = () => new TextEncoder().encode(jsonExport(jsonSpan()));
  it.for<[string, () => BodyInit, Record<string, string>]>([
    ["JSON", json, { "content-type": "application/json" }],
    ["JSON with a charset", json, { "content-type": "application/json; charset=utf-8" }],
    [
      "JSON in gzip, chunked",
      () => new Blob([gzipSync(json())]).stream(),
      { "content-type": "application/json", "content-encoding": "gzip" },
    ],
    ["protobuf", abvExport, { "content-type": "application/x-protobuf" }],
    [
      "protobuf in gzip",
      () => new Uint8Array(gzipSync(abvExport())),
      { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
    ],
  ])("%s becomes a linked generation", async ([_name, body, headers], { expect }) => {
    const { scope, queued } = quietScope();
    const answer = await send(scope, body(), headers);
    expect(answer.status).toBe(200);
    await consume(scope, queued, false);
    expect(await rowsOf(scope)).toMatchObject([linked]);

    const isProtobuf = headers["content-type"]?.includes("protobuf") ?? false;
    expect(answer.text).toBe(isProtobuf ? "" : "{}");
    expect(answer.headers.get("content-type")).toContain(
      isProtobuf ? "application/x-protobuf" : "application/json",
    );
  });
});

it("trap 2: ABV Python's secret reaches no object and no row", async ({ expect }) => {
  const { scope, queued } = quietScope();
  const answer = await send(scope, abvExport(), { "content-type": "application/x-protobuf" });
  expect(answer.status).toBe(200);
  expect(queued).toHaveLength(1);
  const object = await scope.env.PAYLOADS.get(queued[0]!);
  const stored = gunzipSync(await object!.arrayBuffer()).toString();
  expect(stored).toContain("hello");
  expect(stored).not.toContain(SECRET);

  await consume(scope, queued, false);
  const rows = JSON.stringify(await rowsOf(scope));
  expect(rows).toContain("production");
  expect(rows).not.toContain(SECRET);
});

it("a span that is sent again is the same row", async ({ expect }) => {
  const { scope, queued } = quietScope();
  for (let i = 0; i < 2; i++) await send(scope, jsonExport(jsonSpan()));
  await consume(scope, queued.slice(0, 1), false);
  const before = await rowsOf(scope);
  await consume(scope, queued.slice(1), false);
  expect(await rowsOf(scope)).toEqual(before);
});

it("the SDK is named by the headers, with hyphens or underscores", async ({ expect }) => {
  for (const [vendor, mark] of [
    ["x-langfuse-sdk-name", "-"],
    ["x_abv_sdk_name", "_"],
  ] as const) {
    const { scope, queued } = quietScope();
    await send(scope, jsonExport(jsonSpan()), {
      "content-type": "application/json",
      [vendor]: "javascript",
      [vendor.replace(`${mark}name`, `${mark}version`)]: "5.11.1",
    });
    await consume(scope, queued, false);
    expect(JSON.stringify(await rowsOf(scope))).toContain("javascript/5.11.1");
  }
});

describe("what is refused", () => {
  const bad: [string, BodyInit, Record<string, string>, number, string][] = [
    ["another content type", "{}", { "content-type": "text/plain" }, 400, "text/plain"],
    ["no JSON", "{", { "content-type": "application/json" }, 400, "JSON"],
    [
      "JSON in place of protobuf",
      "{}",
      { "content-type": "application/x-protobuf" },
      400,
      "protobuf",
    ],
    [
      "a span without ids",
      jsonExport({ name: "x" }),
      { "content-type": "application/json" },
      400,
      "traceId",
    ],
    [
      "attributes that are no list",
      jsonExport(jsonSpan({ attributes: {} })),
      { "content-type": "application/json" },
      400,
      "attributes",
    ],
    [
      "a newer layout",
      jsonExport(jsonSpan()),
      { "content-type": "application/json", "x-langfuse-ingestion-version": "5" },
      400,
      "x-langfuse-ingestion-version",
    ],
    [
      "damaged gzip",
      "{}",
      { "content-type": "application/json", "content-encoding": "gzip" },
      400,
      "gzip",
    ],
    [
      "too many spans",
      jsonExport(...Array.from({ length: 10_001 }, () => ({ traceId: TRACE, spanId: SPAN }))),
      { "content-type": "application/json" },
      413,
      "10000",
    ],
  ];
  it.for(bad)("%s", async ([_name, body, headers, status, named], { expect }) => {
    const { scope, queued } = quietScope();
    const answer = await send(scope, body, headers);
    expect(answer.status).toBe(status);
    const problem = JSON.parse(answer.text) as { message: string; error: string };
    expect(problem.message).toContain(named);
    expect(problem.error).toBeTruthy();
    expect(queued).toEqual([]);
  });

  it("in part: the good spans are kept and the others named", async ({ expect }) => {
    const { scope, queued } = quietScope();
    const timeless = jsonSpan({ spanId: "00000000000000bb", startTimeUnixNano: undefined });
    const ancient = jsonSpan({ spanId: "00000000000000cc", startTimeUnixNano: "1000000" });
    const answer = await send(scope, jsonExport(timeless, jsonSpan(), ancient));
    expect(answer.status).toBe(200);
    const { partialSuccess } = JSON.parse(answer.text) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(Number(partialSuccess.rejectedSpans)).toBeGreaterThanOrEqual(2);
    expect(partialSuccess.errorMessage).toContain("00000000000000bb: startTimeUnixNano is missing");
    expect(partialSuccess.errorMessage).toContain("00000000000000cc");
    await consume(scope, queued, false);
    expect(await rowsOf(scope)).toMatchObject([{ id: SPAN }]);
  });

  it("nothing of an empty export", async ({ expect }) => {
    const { scope, queued } = quietScope();
    expect(await send(scope, '{"resourceSpans":[]}')).toMatchObject({ status: 200, text: "{}" });
    expect(queued).toEqual([]);
  });
});

describe("through the whole Worker", () => {
  const headers = { "content-type": "application/json" };
  it("trap 1: Basic and Bearer keys may send, a public key may not", async ({ expect }) => {
    const project = await freshProject();
    const post = (authorization?: string) =>
      call("POST", PATH, { authorization, headers, body: '{"resourceSpans":[]}' });
    expect((await post(project.basic)).status).toBe(200);
    expect((await post(project.bearer)).status).toBe(200);
    expect((await post(project.publicBearer)).status).toBe(403);
    expect((await post()).status).toBe(401);
  });

  it("trap 12: a base URL with a trailing slash", async ({ expect }) => {
    const { basic } = await freshProject();
    const response = await worker.fetch(
      new Request(`http://promptside.test/${PATH}`, {
        method: "POST",
        headers: { ...headers, authorization: basic },
        body: '{"resourceSpans":[]}',
      }),
      testEnv(),
      createExecutionContext(),
    );
    expect([response.status, await response.text()]).toEqual([200, "{}"]);
  });
});
