import { driveEach, wireOf } from "./client.ts";
import { call, newProject } from "./project.ts";
import { OTLP_PATH, untilRecorded } from "./recorded.ts";
import { type Aim, printAim, printHeading } from "./report.ts";
import { ADMIN_TOKEN, countingScript, newState, serve, type Server } from "./server.ts";
import { exportRequests } from "./spans.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Past the lives of 5-minute buckets (73 h), rows (30 days) and hour buckets (91 days). */
const EXPIRY_DAYS = [4, 31, 32, 33, 92, 93];

/** Rows written in D1, by statement. */
type Written = Record<string, number>;

async function takeWritten(server: Server): Promise<Written> {
  const { json } = await call(server, "GET", "/bench/rows-written", { authorization: "" });
  return json as Written;
}

async function tick(server: Server, atMs: number): Promise<void> {
  const { json } = await call(server, "POST", "/api/public/admin/tick", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    body: { at: new Date(atMs).toISOString() },
  });
  const { failed } = json as { failed: string[] };
  if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(", ")}`);
}

export type Traffic = {
  minutes: number;
  versions: number;
  /** Traces of one root span and one generation, per version and minute. */
  traces: number;
  spansPerRequest: number;
  /** Requests that are sent before the next wait until the queue has them all. */
  together: number;
};

const sum = (written: Written): number =>
  Object.values(written).reduce((total, rows) => total + rows, 0);

/** The requests of one minute. */
function requestsOf({ versions, traces, spansPerRequest }: Traffic, atMs: number): string[] {
  return Array.from({ length: versions }, (_, i) =>
    exportRequests({ traces, atMs, prompt: { name: "bench", version: 1 + i } }, spansPerRequest),
  ).flat();
}

/** Sends traffic minute by minute, folds each minute, then lets everything expire. */
async function writtenBy(server: Server, traffic: Traffic) {
  const { minutes, together } = traffic;
  const authorization = await newProject(server);
  const headers = { authorization, "content-type": "application/json" };
  const beginMs = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const minuteAt = (minute: number): number => beginMs + minute * MINUTE_MS;
  let objects = 0;
  await tick(server, minuteAt(0));
  await takeWritten(server);
  for (let minute = 0; minute < minutes; minute++) {
    const wire = requestsOf(traffic, minuteAt(minute) + 1000).map((body) =>
      wireOf(server.port, { method: "POST", path: OTLP_PATH, headers, body }),
    );
    for (let from = 0; from < wire.length; from += together) {
      const some = wire.slice(from, from + together);
      objects += some.length;
      await driveEach(some, { port: server.port, connections: 4, expectStatus: 200 });
      await untilRecorded(server, objects);
    }
    await tick(server, minuteAt(minute + 1));
  }
  const kept = await takeWritten(server);
  for (const days of EXPIRY_DAYS) await tick(server, beginMs + days * DAY_MS);
  const expired = await takeWritten(server);
  return { kept, expired };
}

function printTable(title: string, written: Written, traceCount: number): void {
  console.log(`  ${title}`);
  for (const [kind, rows] of Object.entries(written).sort(([, a], [, b]) => b - a)) {
    console.log(`    ${kind.padEnd(28)} ${(rows / traceCount).toFixed(3).padStart(7)}`);
  }
}

/** Rows written in D1 per trace, from acceptance to expiry. */
export async function benchRows(traffic: Traffic, aim?: Aim): Promise<void> {
  const server = await serve({
    script: countingScript(),
    state: newState(),
    vars: { TEST_CLOCK: "1" },
    consumesQueues: true,
  });
  const { kept, expired } = await writtenBy(server, traffic);
  await server.stop();
  const { minutes, versions, traces, spansPerRequest, together } = traffic;
  const traceCount = minutes * versions * traces;
  printHeading(
    `4. Rows written in D1 per trace of a root span and a generation (${spansPerRequest} spans a request, ${together} requests at once, ${traces} generations per version and minute, ${versions} versions, ${minutes} minutes)`,
  );
  printTable("by ingestion and fold", kept, traceCount);
  printTable("by expiry", expired, traceCount);
  const total = (sum(kept) + sum(expired)) / traceCount;
  if (aim) printAim("rows written per trace", total, aim);
  else console.log(`  rows written per trace             ${total.toFixed(2)}`);
}
