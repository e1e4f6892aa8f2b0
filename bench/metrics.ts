import { rmSync } from "node:fs";
import { join } from "node:path";

import type { Metrics } from "../src/features/rollups/contract.ts";
import { DAYS, load, type Loaded } from "./metrics/load.ts";
import { duckdbMs } from "./metrics/peer.ts";
import { call, newProject, runJobs, tenantOf } from "./project.ts";
import { printAim, printHeading } from "./report.ts";
import { median } from "./rounds.ts";
import { newState, productionScript, serve, type Server } from "./server.ts";

export type MetricsBench = { sizes: number[]; rounds: number; peerRounds: number };

const MINUTE_MS = 60_000;
const ROWS_PER_TICK = 100_000;
/** New rows of one measured fold, as ten busy minutes bring. */
const NEW_ROWS = 10_000;
const FOLD_ROUNDS = 5;

const promptOf = (rows: number): string => `bench-${rows}`;

const QUERIES = {
  metrics: (prompt: string, from: string) => `/api/public/prompts/${prompt}/metrics?from=${from}`,
  timeseries: (prompt: string, from: string) =>
    `/api/public/prompts/${prompt}/timeseries?metric=latencyMs&granularity=day&from=${from}`,
  "timeseries by hour": (prompt: string, from: string) =>
    `/api/public/prompts/${prompt}/timeseries?metric=latencyMs&granularity=hour&from=${from}`,
  comparison: (prompt: string, from: string) =>
    `/api/public/prompts/${prompt}/comparison?control=1&candidate=2&from=${from}`,
};
type Query = keyof typeof QUERIES;
const NAMES = Object.keys(QUERIES) as Query[];

/** Milliseconds of each query at each size, in turns so that all sizes meet the same machine. */
async function timeQueries(
  server: Server,
  authorization: string,
  { sizes, rounds }: MetricsBench,
  from: string,
): Promise<Map<string, number>> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds + 2; round++) {
    for (const name of NAMES) {
      for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) {
        const started = performance.now();
        await call(server, "GET", QUERIES[name](promptOf(size), from), { authorization });
        const took = performance.now() - started;
        const key = `${name}/${size}`;
        // The first two rounds warm up.
        if (round >= 2) times.set(key, [...(times.get(key) ?? []), took]);
      }
    }
  }
  return new Map([...times].map(([key, all]) => [key, median(all)]));
}

type Place = { server: Server; tenant: number; now: Date };

/** Microseconds of the server's CPU per new row that is folded: other work on the machine makes the clock's time useless. */
async function timeFold({ server, tenant, now }: Place, prompt: string): Promise<number> {
  const perRow: number[] = [];
  for (let round = 0; round <= FOLD_ROUNDS; round++) {
    const endMs = now.getTime() - (FOLD_ROUNDS - round) * MINUTE_MS;
    await load(server, { tenant, prompt, rows: NEW_ROWS, endMs, spanMs: 10 * MINUTE_MS });
    const before = server.cpuSeconds();
    await runJobs(server, now);
    // The first round warms up.
    if (round > 0) perRow.push(((server.cpuSeconds() - before) * 1e6) / NEW_ROWS);
  }
  return median(perRow);
}

async function quantileError(server: Server, authorization: string, loaded: Loaded, from: string) {
  const path = `${QUERIES.metrics(loaded.prompt, from)}&version=1`;
  const { json } = await call(server, "GET", path, { authorization });
  const found = (json as Metrics).data[0]?.latencyMs;
  const sorted = Float64Array.from(loaded.latenciesUs).sort();
  const errors = (
    [
      ["p50", 0.5],
      ["p95", 0.95],
      ["p99", 0.99],
    ] as const
  ).map(([name, q]) => {
    const truth = (sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN) / 1000;
    return Math.abs((found?.[name] ?? Number.NaN) / truth - 1);
  });
  if (found?.n !== sorted.length) throw new Error(`${found?.n} of ${sorted.length} were folded`);
  return Math.max(...errors);
}

const ms = (value: number | undefined): string => `${(value ?? Number.NaN).toFixed(1)} ms`;

function report(sizes: readonly number[], times: ReadonlyMap<string, number>): void {
  const [least = 0, most = 0] = [sizes[0], sizes.at(-1)];
  for (const name of NAMES) {
    const shown = sizes.map((size) => `${size}: ${ms(times.get(`${name}/${size}`))}`).join(", ");
    console.log(`  ${name.padEnd(34)} ${shown}`);
    const ratio = (times.get(`${name}/${most}`) ?? 0) / (times.get(`${name}/${least}`) ?? 1);
    printAim(`${name}: time at ${most} ÷ at ${least}`, ratio, { atMost: 1.5 });
  }
}

/** Metrics, time series and comparison over ever more generations, beside DuckDB over the raw rows. */
export async function benchMetrics(bench: MetricsBench): Promise<void> {
  const { sizes, peerRounds } = bench;
  const state = newState();
  const server = await serve({
    script: productionScript(),
    state,
    vars: { TEST_CLOCK: "1" },
    consumesQueues: true,
  });
  const authorization = await newProject(server);
  const now = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
  const place: Place = { server, tenant: await tenantOf(server), now };
  const from = new Date(now.getTime() - DAYS * 86_400_000).toISOString();
  const most = sizes.at(-1) ?? 0;
  const rawPath = join(state, "raw.csv");
  const folds: number[] = [];
  let largest: Loaded | undefined;
  printHeading(
    `5. Metrics, time series and comparison of two versions over ${DAYS} days, ${sizes.join(", ")} generations`,
  );
  // The first folds of a process are slow, and would make the last look fast.
  const warm = { tenant: place.tenant, prompt: "warm-up", endMs: now.getTime() - 20 * MINUTE_MS };
  await load(server, { ...warm, rows: 20_000 });
  await runJobs(server, now);
  for (let i = 0; i < 3; i++) await timeFold(place, "warm-up");
  for (const rows of sizes) {
    const prompt = promptOf(rows);
    const started = performance.now();
    const wanted = { tenant: place.tenant, prompt, rows, endMs: now.getTime() - 20 * MINUTE_MS };
    largest = await load(server, rows === most ? { ...wanted, rawPath } : wanted, async (done) => {
      if (done % ROWS_PER_TICK === 0) await runJobs(server, now);
    });
    await runJobs(server, now);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (rows === most) {
      printAim(
        "largest error of p50, p95, p99",
        (await quantileError(server, authorization, largest, from)) * 100,
        { atMost: 1 },
        " %",
      );
    }
    folds.push(await timeFold(place, prompt));
    console.log(
      `  ${rows} rows loaded and folded in ${seconds} s; a new row then folds in ${(folds.at(-1) ?? 0).toFixed(0)} µs of CPU`,
    );
  }
  printAim(
    `fold per new row, at ${most} ÷ at ${sizes[0] ?? 0}`,
    (folds.at(-1) ?? 0) / (folds[0] ?? 1),
    { atMost: 1.2 },
  );
  const times = await timeQueries(server, authorization, bench, from);
  await server.stop();
  report(sizes, times);
  const peer = duckdbMs(rawPath, peerRounds);
  rmSync(rawPath, { force: true });
  if (!peer) {
    console.log("  DuckDB is not installed: npm install --prefix bench/duckdb");
    return;
  }
  const theirs = median(peer);
  console.log(`  ${"DuckDB over the raw rows".padEnd(34)} ${ms(theirs)}`);
  printAim("metrics ÷ DuckDB", (times.get(`metrics/${most}`) ?? 0) / theirs, { atMost: 0.2 });
}
