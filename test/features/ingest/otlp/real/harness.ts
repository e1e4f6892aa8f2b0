import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

import type { ObservationPatch } from "../../../../../src/features/ingest/model.ts";
import { readJsonExport } from "../../../../../src/features/ingest/otlp/json.ts";
import { type Mapped, mapSpans } from "../../../../../src/features/ingest/otlp/map.ts";
import { readProtobuf } from "../../../../../src/features/ingest/otlp/protobuf.ts";

/*
 * Spans of real packages, sent by the real exporters of the OpenTelemetry SDK to a server on
 * loopback in each encoding there is, then read and mapped as the route does.
 */

const memory = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });

/** Makes the provider the process's own, so that packages find it. */
export function listen(): BasicTracerProvider {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return provider;
}

type Request = { headers: IncomingHttpHeaders; body: Buffer };

/** What an exporter sends of the spans. */
async function sent(
  spans: ReadableSpan[],
  exporterFor: (url: string) => InstanceType<typeof JsonExporter | typeof ProtobufExporter>,
): Promise<Request> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(200, { "content-type": request.headers["content-type"] }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const exporter = exporterFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise<void>((resolve) => exporter.export(spans, () => resolve()));
  await exporter.shutdown();
  server.close();
  const [request] = requests;
  if (!request) throw new Error("the exporter sent nothing");
  return request;
}

const ENCODINGS = {
  json: (url: string) => new JsonExporter({ url }),
  "json, gzip": (url: string) => new JsonExporter({ url, compression: "gzip" as never }),
  protobuf: (url: string) => new ProtobufExporter({ url }),
  "protobuf, gzip": (url: string) => new ProtobufExporter({ url, compression: "gzip" as never }),
};

function read({ headers, body }: Request): Mapped {
  const isGzip = headers["content-encoding"] === "gzip";
  const plain = isGzip ? gunzipSync(body) : body;
  return mapSpans(
    headers["content-type"] === "application/json"
      ? readJsonExport(JSON.parse(plain.toString()))
      : readProtobuf(plain),
  );
}

/**
 * All spans since the last call, as mapped from each encoding.
 *
 * @throws Error when an encoding was not used, or says something else
 */
export async function mappedInEveryEncoding(): Promise<Mapped> {
  const spans = memory.getFinishedSpans();
  memory.reset();
  const mapped: [string, Request, Mapped][] = [];
  for (const [name, exporterFor] of Object.entries(ENCODINGS)) {
    const request = await sent(spans, exporterFor);
    mapped.push([name, request, read(request)]);
  }
  const [first] = mapped;
  if (!first) throw new Error("no encoding");
  for (const [name, { headers }, each] of mapped) {
    const isGzip = headers["content-encoding"] === "gzip";
    const isProtobuf = headers["content-type"] === "application/x-protobuf";
    if (isGzip !== name.includes("gzip") || isProtobuf !== name.includes("protobuf")) {
      throw new Error(`${name} was sent as ${JSON.stringify(headers)}`);
    }
    if (JSON.stringify(each) !== JSON.stringify(first[2])) {
      throw new Error(`${name} and ${first[0]} differ: ${JSON.stringify(each)}`);
    }
  }
  return first[2];
}

/** The only observation of a type. */
export function only(mapped: Mapped, type: ObservationPatch["type"]): ObservationPatch {
  const found = mapped.observations.filter((one) => one.type === type);
  const [observation] = found;
  if (!observation || found.length > 1) {
    const types = mapped.observations.map((one) => `${one.type} ${one.name}`).join(", ");
    throw new Error(`there are ${found.length} of ${type}: ${types}`);
  }
  return observation;
}

/** Those that count tokens, or are linked: of a call and what is around it, one. */
export const counted = (mapped: Mapped): ObservationPatch[] =>
  mapped.observations.filter(({ usage, cost, promptName }) => usage ?? cost ?? promptName);
