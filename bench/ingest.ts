import { driveEach, wireOf } from "./client.ts";
import { newProject } from "./project.ts";
import { printHeading, printSides } from "./report.ts";
import { inTurns, quantile, type Round } from "./rounds.ts";
import { bareScript, newState, productionScript, serve, type Server } from "./server.ts";
import { exportRequest } from "./spans.ts";

const CONNECTIONS = 8;
export const OTLP_PATH = "/api/public/otel/v1/traces";
const POLL_MS = 20;
const GIVE_UP_MS = 120_000;

/** Objects that are in D1: when all of a round's are, its rows are readable. */
export async function recordedObjects(server: Server): Promise<number> {
  const events = await server.events();
  const count = await events.prepare("SELECT count(*) AS n FROM object").first<number>("n");
  return count ?? 0;
}

/** @throws Error when the queue has not been worked off after two minutes */
export async function untilRecorded(server: Server, objects: number): Promise<void> {
  const endMs = performance.now() + GIVE_UP_MS;
  while ((await recordedObjects(server)) < objects) {
    if (performance.now() > endMs) throw new Error(`${objects} objects were not all consumed`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

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

const TABLES = ["obs", "trace"] as const;
type Row = Record<string, unknown>;
type FinishedRows = { obs: Row[]; trace: Row[] };

/** The rows that the traces ended in. */
async function finishedRows(server: Server, traceIds: readonly string[]): Promise<FinishedRows> {
  const events = await server.events();
  const rowsOf = async (table: string, key: string): Promise<Row[]> => {
    const { results } = await events
      .prepare(`SELECT * FROM ${table} WHERE ${key} IN (SELECT value FROM json_each(?1))`)
      .bind(JSON.stringify(traceIds))
      .all<Row>();
    return results;
  };
  return { trace: await rowsOf("trace", "id"), obs: await rowsOf("obs", "trace") };
}

/** The same rows as the peer's requests, as many traces in each as the subject's requests had. */
function peerBodies(finished: FinishedRows, tracesPerRequest: number): string[] {
  const bodies: string[] = [];
  for (let from = 0; from < finished.trace.length; from += tracesPerRequest) {
    const trace = finished.trace.slice(from, from + tracesPerRequest);
    const ids = new Set(trace.map((row) => row["id"]));
    const obs = finished.obs.filter((row) => ids.has(row["trace"]));
    const lines = [obs, trace].map((rows) => JSON.stringify(rows.map((row) => Object.values(row))));
    bodies.push(lines.join("\n"));
  }
  return bodies;
}

async function columnsOf(server: Server): Promise<{ table: string; columns: string[] }[]> {
  const events = await server.events();
  return Promise.all(
    TABLES.map(async (table) => {
      const { results } = await events
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all<{ name: string }>();
      return { table, columns: results.map(({ name }) => name) };
    }),
  );
}

export type IngestBench = { rounds: number; spansPerRequest: number; requests: number };

async function compare({ rounds, spansPerRequest, requests }: IngestBench): Promise<void> {
  const script = productionScript();
  const subject = await serve({ script, state: newState(), consumesQueues: true });
  const authorization = await newProject(subject);
  const peer = await serve({
    script: bareScript("bare-insert"),
    state: newState(),
    vars: { TABLES: await columnsOf(subject) },
    consumesQueues: false,
  });
  const traces = spansPerRequest / 2;
  const spans = requests * spansPerRequest;
  let sent = 0;
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
    `3. OTLP ingestion until readable, ${spansPerRequest} spans a request (JSON, ${CONNECTIONS} connections, ${rounds} rounds of ${spans} spans)`,
  );
  printSides({ subject: "Promptside", peer: "bare Worker, json_each insert", unit: "row" }, sides, {
    perSecond: { atLeast: 0.5 },
  });
}

/** Ingestion beside a bare Worker that inserts the rows it ends in. */
export async function benchIngest(sizes: readonly IngestBench[]): Promise<void> {
  for (const size of sizes) await compare(size);
}
