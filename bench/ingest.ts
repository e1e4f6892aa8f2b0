import { driveEach, wireOf } from "./client.ts";
import { columnsOf, type FinishedRows, finishedRows, peerBodies } from "./finished.ts";
import { OTLP_PATH, recordedObjects, untilRecorded } from "./recorded.ts";
import { printHeading, printSides } from "./report.ts";
import { inTurns, quantile, type Round } from "./rounds.ts";
import { type Filled, filledState } from "./seed.ts";
import { bareScript, newState, productionScript, serve, type Server } from "./server.ts";
import { exportRequest } from "./spans.ts";

const CONNECTIONS = 8;
/** Sends requests, waits until all that they bring can be read. @param rows that they bring together */
async function measure(
  server: Server,
  requests: readonly Buffer[],
  rows: number,
  settled: () => Promise<void>,
): Promise<Round> {
  const cpuBefore = server.cpuSeconds();
  const startedMs = performance.now();
  const load = await driveEach(requests, {
    port: server.port,
    connections: CONNECTIONS,
    expectStatus: 200,
  });
  await settled();
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    perSecond: rows / seconds,
    p50Ms: quantile(load.latenciesMs, 0.5),
    p99Ms: quantile(load.latenciesMs, 0.99),
    cpuUs: ((server.cpuSeconds() - cpuBefore) / rows) * 1e6,
  };
}

export type IngestBench = { rounds: number; spansPerRequest: number; requests: number };

async function compare(
  { rounds, spansPerRequest, requests }: IngestBench,
  { state, authorization, traces: held }: Filled,
): Promise<void> {
  const script = productionScript();
  const subject = await serve({ script, state: newState(state), consumesQueues: true });
  const peer = await serve({
    script: bareScript("bare-insert"),
    state: newState(state),
    vars: { TABLES: await columnsOf(subject) },
    consumesQueues: false,
  });
  const traces = spansPerRequest / 2;
  const spans = requests * spansPerRequest;
  let sent = await recordedObjects(subject);
  const waiting: FinishedRows[] = [];

  const runSubject = async (): Promise<Round> => {
    const exports = Array.from({ length: requests }, () =>
      exportRequest({ traces, atMs: Date.now() - 5_000, prompt: { name: "bench", version: 1 } }),
    );
    sent += requests;
    const headers = { authorization, "content-type": "application/json" };
    const wire = exports.map(({ body }) =>
      wireOf(subject.port, { method: "POST", path: OTLP_PATH, headers, body }),
    );
    const round = await measure(subject, wire, spans, () => untilRecorded(subject, sent));
    const finished = await finishedRows(
      subject,
      exports.flatMap(({ traceIds }) => traceIds),
    );
    if (finished.obs.length + finished.trace.length !== spans) {
      throw new Error(
        `${spans} spans became ${finished.obs.length} and ${finished.trace.length} rows`,
      );
    }
    waiting.push(finished);
    return round;
  };
  const runPeer = (): Promise<Round> => {
    const finished = waiting.shift();
    if (!finished) throw new Error("the peer is ahead of the subject");
    const wire = peerBodies(finished, traces).map((body) =>
      wireOf(peer.port, { method: "POST", path: "/", body }),
    );
    return measure(peer, wire, spans, () => Promise.resolve());
  };

  // The peer inserts what the subject ended with, so the subject is one round ahead.
  await runSubject();
  await runPeer();
  await runSubject();
  const sides = await inTurns(rounds, runSubject, runPeer);
  await subject.stop();
  await peer.stop();
  printHeading(
    `3. OTLP ingestion until readable, ${spansPerRequest} spans a request (JSON, ${CONNECTIONS} connections, ${rounds} rounds of ${spans} spans, into tables that hold ${held} traces)`,
  );
  printSides({ subject: "Promptside", peer: "bare Worker, json_each insert", unit: "row" }, sides, {
    perSecond: { atLeast: 0.5 },
  });
}

/** Ingestion beside a bare Worker that inserts the rows it ends in. */
export async function benchIngest(sizes: readonly IngestBench[]): Promise<void> {
  const filled = await filledState();
  for (const size of sizes) await compare(size, filled);
}
