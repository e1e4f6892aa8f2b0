import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import { ABVSpanProcessor } from "@abvdev/otel";
import * as abv from "@abvdev/tracing";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import * as langfuse from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ObservationPatch } from "../../../../src/features/ingest/model.ts";
import { readJsonExport } from "../../../../src/features/ingest/otlp/json.ts";
import { type Mapped, mapSpans } from "../../../../src/features/ingest/otlp/map.ts";
import { readProtobuf } from "../../../../src/features/ingest/otlp/protobuf.ts";
import type { SpanGroup } from "../../../../src/features/ingest/otlp/spans.ts";

/*
 * What the real packages send is read and mapped: the JS ones run here and export to a server on
 * loopback; the Python ones were recorded once (langfuse 5.0.4 and abvdev 0.0.1b7 from PyPI, with
 * made-up keys), each running the same story as below.
 */

type Recorded = { headers: IncomingHttpHeaders; body: Buffer };

function recorder(): { server: Server; recorded: Recorded[] } {
  const recorded: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      recorded.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  return { server, recorded };
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

const groupsOf = (recorded: readonly Recorded[], scope: string): SpanGroup[] =>
  recorded
    .flatMap(({ headers, body }) => {
      const plain = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      return readJsonExport(JSON.parse(plain.toString()));
    })
    .filter((group) => group.scope.name === scope);

const FIRST_TOKEN = "2026-01-02T03:04:05.350Z";
const asked = [{ role: "user", content: "hi" }];
const prompt = { name: "greeting", version: 3, isFallback: false };
const fallback = { name: "greeting", version: 0, isFallback: true };

const generation = {
  model: "gpt-4o",
  input: asked,
  output: "hello",
  modelParameters: { temperature: 0.5 },
  usageDetails: { input: 10, output: 5 },
  costDetails: { input: 0.1, output: 0.2 },
  completionStartTime: new Date(FIRST_TOKEN),
  metadata: { n: 7, s: "text" },
};

const sides = { langfuse: recorder(), abv: recorder() };
let sdk: NodeSDK;

beforeAll(async () => {
  const settings = {
    publicKey: "pk-lf-test",
    secretKey: "sk-lf-test",
    environment: "Staging",
    release: "r-1",
  };
  sdk = new NodeSDK({
    spanProcessors: [
      new LangfuseSpanProcessor({ ...settings, baseUrl: await listen(sides.langfuse.server) }),
      new ABVSpanProcessor({
        apiKey: "sk-abv-test",
        baseUrl: await listen(sides.abv.server),
        environment: "Staging",
        release: "r-1",
      }),
    ],
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();

  langfuse.startActiveObservation("root", (root) => {
    root.update({ input: { q: 1 } });
    const story = () => {
      root.startObservation("gen", { ...generation, prompt }, { asType: "generation" }).end();
      root
        .startObservation("lost", { model: "gpt-4o", prompt: fallback }, { asType: "generation" })
        .end();
      root
        .startObservation("fails", { level: "ERROR", statusMessage: "boom" }, { asType: "tool" })
        .end();
    };
    langfuse.propagateAttributes(
      {
        userId: "user-1",
        sessionId: "session-1",
        tags: ["a", "b"],
        metadata: { team: "x" },
        traceName: "the trace",
      },
      story,
    );
    root.update({ output: { a: 2 } });
  });

  abv.startActiveObservation("root", (root) => {
    root.update({ input: { q: 1 } });
    root.startObservation("gen", { ...generation, prompt }, { asType: "generation" }).end();
    root
      .startObservation("lost", { model: "gpt-4o", prompt: fallback }, { asType: "generation" })
      .end();
    root
      .startObservation("fails", { level: "ERROR", statusMessage: "boom" }, { asType: "tool" })
      .end();
    abv.updateActiveTrace({
      name: "the trace",
      userId: "user-1",
      sessionId: "session-1",
      tags: ["a", "b"],
      metadata: { team: "x" },
    });
    root.update({ output: { a: 2 } });
  });
  abv.startActiveObservation("untouched", () => undefined);
  await sdk.shutdown();
});

afterAll(() => {
  for (const { server } of Object.values(sides)) server.close();
});

const named = ({ observations }: Mapped, name: string): ObservationPatch =>
  observations.find((observation) => observation.name === name)!;

function expectStory(mapped: Mapped): void {
  const root = named(mapped, "root");
  expect(named(mapped, "gen")).toMatchObject({
    type: "GENERATION",
    traceId: root.traceId,
    parentId: root.id,
    model: "gpt-4o",
    modelParameters: { temperature: 0.5 },
    input: asked,
    output: "hello",
    usage: { input: 10, output: 5, total: 15 },
    cost: { input: 0.1, output: 0.2 },
    promptName: "greeting",
    promptVersion: 3,
    environment: "staging",
    metadata: { n: 7 },
  });
  // Trap 7: the SDKs encode this instant twice.
  expect(named(mapped, "gen").firstTokenUs).toBe(Date.parse(FIRST_TOKEN) * 1000);
  expect(root).toMatchObject({ type: "SPAN", input: { q: 1 }, output: { a: 2 } });
  expect(root).not.toHaveProperty("promptName");
  expect(named(mapped, "fails")).toMatchObject({ level: "ERROR" });

  const traces = mapped.traces.filter(({ id }) => id === root.traceId);
  const last = traces
    .toSorted((a, b) => (a.clock < b.clock ? -1 : 1))
    .reduce((a, b) => ({ ...a, ...b }));
  expect(last).toMatchObject({
    name: "the trace",
    userId: "user-1",
    sessionId: "session-1",
    metadata: { team: "x" },
    environment: "staging",
    release: "r-1",
    timestampUs: root.startUs,
    input: { q: 1 },
    output: { a: 2 },
  });
  expect(new Set(last.tags)).toEqual(new Set(["a", "b"]));
  expect(mapped.rejected).toEqual([]);
}

describe("@langfuse/tracing and @langfuse/otel 5.x", () => {
  const mapped = () => mapSpans(groupsOf(sides.langfuse.recorded, "langfuse-sdk"));
  it("tell the whole story", () => expectStory(mapped()));
  it("send no link for a fallback", () =>
    expect(named(mapped(), "lost")).not.toHaveProperty("promptName"));
  it("name themselves", () => expect(named(mapped(), "gen").sdk).toMatch(/^langfuse-sdk\/5\.11/));
});

describe("@abvdev/tracing and @abvdev/otel", () => {
  const mapped = () => mapSpans(groupsOf(sides.abv.recorded, "abv-sdk"));
  it("tell the whole story", () => expectStory(mapped()));
  it("send no link for a fallback", () =>
    expect(named(mapped(), "lost")).not.toHaveProperty("promptName"));
  it("send no type for an observation that was never updated: a span", () =>
    expect(named(mapped(), "untouched").type).toBe("SPAN"));
});

describe("recorded from Python", () => {
  const fixture = (file: string) =>
    readFileSync(new URL(`../../../fixtures/otlp/${file}`, import.meta.url).pathname);
  const langfusePython = () =>
    readProtobuf(new Uint8Array(gunzipSync(fixture("langfuse-python-5.0.4.pb.gz"))));
  const abvPython = () => readProtobuf(new Uint8Array(fixture("abvdev-python-0.0.1b7.pb")));

  it("langfuse tells the whole story", () => {
    const mapped = mapSpans(langfusePython());
    expectStory(mapped);
    // It sends text in metadata as JSON, quotes and all.
    expect(named(mapped, "gen").metadata).toMatchObject({ s: "text", ok: true });
    expect(named(mapped, "fails").statusMessage).toBe("ValueError: boom");
  });

  it("abvdev tells the whole story, its release on the resource only", () =>
    expectStory(mapSpans(abvPython())));

  it("trap 2: abvdev puts its API key into the scope, and nothing of it is read", () => {
    const secret = "sk-abv-fixture-secret";
    expect(fixture("abvdev-python-0.0.1b7.pb").includes(secret)).toBe(true);
    expect(JSON.stringify(mapSpans(abvPython()))).not.toContain(secret);
    const attributes = abvPython().flatMap(({ resource, spans }) => [
      ...resource.values(),
      ...spans.flatMap((span) => [...span.attributes.values()]),
    ]);
    expect(JSON.stringify(attributes)).not.toContain(secret);
  });
});
