import { gzipSync } from "node:zlib";

import { encodeExport } from "../test/features/ingest/otlp/proto.ts";
import { driveEach, wireOf } from "./client.ts";
import { newProject } from "./project.ts";
import { OTLP_PATH, recordedObjects, untilRecorded } from "./recorded.ts";
import { printHeading } from "./report.ts";
import { median } from "./rounds.ts";
import { newState, productionScript, serve, type Server } from "./server.ts";
import { exportRequests } from "./spans.ts";

const CONNECTIONS = 8;
const SIZES = [1, 20, 100, 500];

type Wire = "JSON" | "protobuf";
const TYPES: Record<Wire, string> = {
  JSON: "application/json",
  protobuf: "application/x-protobuf",
};

const encode = (wire: Wire, body: string): Buffer =>
  wire === "JSON" ? Buffer.from(body) : Buffer.from(encodeExport(JSON.parse(body)));

export type WiresBench = { rounds: number; spans: number };

type Measured = { perSecond: number; cpuMs: number; p50Ms: number };

async function round(
  server: Server,
  authorization: string,
  { wire, size, spans }: { wire: Wire; size: number; spans: number },
): Promise<Measured> {
  const options = {
    traces: spans / 2,
    atMs: Date.now() - 5_000,
    prompt: { name: "bench", version: 1 },
  };
  const headers = { authorization, "content-type": TYPES[wire] };
  const requests = exportRequests(options, size).map((body) =>
    wireOf(server.port, { method: "POST", path: OTLP_PATH, headers, body: encode(wire, body) }),
  );
  const until = (await recordedObjects(server)) + requests.length;
  const [cpuBefore, startedMs] = [server.cpuSeconds(), performance.now()];
  const load = await driveEach(requests, {
    port: server.port,
    connections: CONNECTIONS,
    expectStatus: 200,
  });
  await untilRecorded(server, until);
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    perSecond: spans / seconds,
    cpuMs: ((server.cpuSeconds() - cpuBefore) / spans) * 1e6,
    p50Ms: load.latenciesMs[Math.floor(load.latenciesMs.length / 2)] ?? Number.NaN,
  };
}

const of = (rounds: readonly Measured[], field: keyof Measured): string =>
  median(rounds.map((one) => one[field])).toFixed(field === "p50Ms" ? 1 : 0);

/** Spans until they are readable, by the size of a request and by encoding. */
export async function benchWires({ rounds, spans }: WiresBench): Promise<void> {
  const server = await serve({
    script: productionScript(),
    state: newState(),
    consumesQueues: true,
  });
  const authorization = await newProject(server);
  printHeading(
    `5. Spans until readable, by spans a request and encoding (${CONNECTIONS} connections, ${rounds} rounds of ${spans} spans, tables that begin empty)`,
  );
  for (const size of SIZES) {
    // A request of one span is one object and one record in D1: fewer of them say as much.
    const count = size === 1 ? Math.ceil(spans / 10) : spans;
    for (const wire of ["JSON", "protobuf"] as const) {
      await round(server, authorization, { wire, size, spans: count });
      const measured: Measured[] = [];
      for (let i = 0; i < rounds; i++) {
        measured.push(await round(server, authorization, { wire, size, spans: count }));
      }
      console.log(
        `  ${String(size).padStart(3)} a request, ${wire.padEnd(8)} ${of(measured, "perSecond").padStart(6)} spans/s   ${of(measured, "cpuMs").padStart(5)} ms CPU per 1,000 spans   p50 ${of(measured, "p50Ms").padStart(6)} ms`,
      );
    }
  }
  await server.stop();
}

const MEGABYTE = 1_000_000;
const LARGE_SPANS = 500;
/** Just below the 20 MB that a body may inflate to. */
const LARGE_BYTES = 19.5 * MEGABYTE;

type Export = { resourceSpans: { scopeSpans: { spans: { attributes: object[] }[] }[] }[] };

/** A request that compresses well and is as large as any may be. */
function largeExport(): string {
  const [body = ""] = exportRequests(
    { traces: LARGE_SPANS / 2, atMs: Date.now() - 5_000, prompt: { name: "bench", version: 1 } },
    LARGE_SPANS,
  );
  const parsed = JSON.parse(body) as Export;
  const each = Math.floor((LARGE_BYTES - body.length) / LARGE_SPANS) - 100;
  const text = "a document that somebody asks about; ".repeat(Math.ceil(each / 37)).slice(0, each);
  for (const { scopeSpans } of parsed.resourceSpans) {
    for (const { spans } of scopeSpans) {
      for (const [i, span] of spans.entries()) {
        const stringValue = `${i}${text}`;
        span.attributes.push({
          key: "langfuse.observation.metadata.document",
          value: { stringValue },
        });
      }
    }
  }
  return JSON.stringify(parsed);
}

/** Peak memory of the whole runtime process while a body of the largest size is taken and consumed. */
export async function benchMemory(): Promise<void> {
  printHeading("6. Peak memory of the workerd process, simulators included");
  const body = largeExport();
  for (const wire of ["JSON", "protobuf"] as const) {
    const server = await serve({
      script: productionScript(),
      state: newState(),
      consumesQueues: true,
    });
    const authorization = await newProject(server);
    const plain = encode(wire, body);
    const packed = gzipSync(plain);
    const headers = {
      authorization,
      "content-type": TYPES[wire],
      "content-encoding": "gzip",
    };
    const request = wireOf(server.port, {
      method: "POST",
      path: OTLP_PATH,
      headers,
      body: packed,
    });
    await round(server, authorization, { wire, size: 100, spans: 200 });
    const idle = server.peakMegabytes();
    const before = await recordedObjects(server);
    await driveEach([request], { port: server.port, connections: 1, expectStatus: 200 });
    await untilRecorded(server, before + 1);
    const peak = server.peakMegabytes();
    console.log(
      `  ${wire.padEnd(8)} ${(plain.length / MEGABYTE).toFixed(1)} MB inflated, ${(packed.length / MEGABYTE).toFixed(2)} MB sent: ${idle.toFixed(0)} MB before, ${peak.toFixed(0)} MB at the peak, ${(peak - idle).toFixed(0)} MB more`,
    );
    await server.stop();
  }
}
