import { randomBytes } from "node:crypto";

import { driveEach, wireOf } from "./client.ts";
import { columnsOf, type FinishedRows, finishedRows, peerBodies, type Row } from "./finished.ts";
import { newProject } from "./project.ts";
import { OTLP_PATH, untilRecorded } from "./recorded.ts";
import { bareScript, newState, productionScript, serve } from "./server.ts";
import { exportRequest } from "./spans.ts";

/** Traces that the tables hold before the measuring: an empty table fits into the page cache, a real one does not. */
const HELD_TRACES = 25_000;
const TRACES_PER_REQUEST = 250;

export type Filled = { state: string; authorization: string; traces: number };

/** The same row under other ids, wherever it says them. */
function withIds(row: Row, ids: ReadonlyMap<string, string>): Row {
  let text = JSON.stringify(row);
  for (const [from, to] of ids) text = text.replaceAll(from, to);
  return JSON.parse(text) as Row;
}

/** Another trace like each of these. */
function copyOf({ trace, obs }: FinishedRows): FinishedRows {
  const copies: FinishedRows = { trace: [], obs: [] };
  const generations = new Map(obs.map((row) => [row["trace"], row]));
  for (const row of trace) {
    const generation = generations.get(row["id"]);
    if (!generation) throw new Error("a trace of the benchmark has no generation");
    const ids = new Map(
      [row["id"], row["root_id"], generation["id"]].map((id) => [
        String(id),
        randomBytes(String(id).length / 2).toString("hex"),
      ]),
    );
    copies.trace.push(withIds(row, ids));
    copies.obs.push(withIds(generation, ids));
  }
  return copies;
}

/** Storage with a project, and tables that hold what some hours of traffic leave in them. */
export async function filledState(): Promise<Filled> {
  const state = newState();
  const subject = await serve({ script: productionScript(), state, consumesQueues: true });
  const authorization = await newProject(subject);
  const { body, traceIds } = exportRequest({
    traces: TRACES_PER_REQUEST,
    atMs: Date.now() - 5_000,
    prompt: { name: "bench", version: 1 },
  });
  const headers = { authorization, "content-type": "application/json" };
  const wire = wireOf(subject.port, { method: "POST", path: OTLP_PATH, headers, body });
  await driveEach([wire], { port: subject.port, connections: 1, expectStatus: 200 });
  await untilRecorded(subject, 1);
  const model = await finishedRows(subject, traceIds);
  const tables = await columnsOf(subject);
  await subject.stop();

  const filler = await serve({
    script: bareScript("bare-insert"),
    state,
    vars: { TABLES: tables },
    consumesQueues: false,
  });
  const requests = Array.from({ length: HELD_TRACES / TRACES_PER_REQUEST }, () =>
    peerBodies(copyOf(model), TRACES_PER_REQUEST).map((rows) =>
      wireOf(filler.port, { method: "POST", path: "/", body: rows }),
    ),
  ).flat();
  await driveEach(requests, { port: filler.port, connections: 4, expectStatus: 200 });
  await filler.stop();
  return { state, authorization, traces: HELD_TRACES };
}
