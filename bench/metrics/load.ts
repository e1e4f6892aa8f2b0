import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";

import { itemsSql, type TouchedKeys } from "../../src/features/ingest/images.ts";
import type { Server } from "../server.ts";

/** What quantiles are asked of, in the order of the raw file. */
export const COLUMNS = ["latency", "ttft", "tin", "tout", "ttot", "cost"] as const;

export type Loaded = {
  prompt: string;
  rows: number;
  /** Latencies of version 1 in µs, to check quantiles against. */
  latenciesUs: number[];
};

const ROWS_PER_BATCH = 2000;
const DAY_MS = 86_400_000;
export const DAYS = 30;
/** Retention deletes what is older; the last rows are minutes old. */
const SPAN_MS = DAYS * DAY_MS - 3_600_000;

const INSERT = `INSERT INTO obs (project, trace, id, type, start, stop, first, env, model, prompt, version,
    err, tin, tout, ttot, cost, cost_in, cost_out, dead, at, rev, doc)
  SELECT ?2, value ->> 0, value ->> 1, 'GENERATION', value ->> 2, value ->> 3, value ->> 4, 'production',
    'gpt-4o-mini', ?3, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10,
    value ->> 11, value ->> 12, 0, value ->> 2, 1, '{"v":{},"c":""}' FROM json_each(?1)`;
// As the consumer does: what the rows contribute now, for the fold to bring into the buckets.
const CHANGE = `INSERT INTO change (before, after) VALUES ('[]', (${itemsSql("?1")}))`;

/** A generator of uniform numbers in (0, 1): the same run every time. */
function uniformsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

type Row = [trace: string, id: string, ...numbers: number[]];

function rowOf(uniform: () => number, startUs: number, serial: string): Row {
  const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const latency = Math.round(900_000 * Math.exp(0.6 * normal));
  const first = Math.round(latency * (0.2 + 0.2 * uniform()));
  const input = 300 + Math.floor(uniform() * 800);
  const output = Math.max(1, Math.round(120 * Math.exp(0.5 * normal + 0.3 * uniform())));
  const [costIn, costOut] = [input * 150, output * 600];
  return [
    serial,
    serial,
    startUs,
    startUs + latency,
    startUs + first,
    uniform() < 0.5 ? 1 : 2,
    uniform() < 0.01 ? 1 : 0,
    input,
    output,
    input + output,
    costIn + costOut,
    costIn,
    costOut,
  ];
}

async function writeRaw(file: WriteStream, rows: readonly Row[]): Promise<void> {
  const lines = rows.map(([, , start, stop, first, version, , tin, tout, ttot, cost]) =>
    [
      version,
      Number(stop) - Number(start),
      Number(first) - Number(start),
      tin,
      tout,
      ttot,
      cost,
    ].join(","),
  );
  if (!file.write(`${lines.join("\n")}\n`)) await once(file, "drain");
}

async function insert(
  events: D1Database,
  rows: readonly Row[],
  { tenant, prompt }: { tenant: number; prompt: string },
): Promise<void> {
  const keys: TouchedKeys = {
    p: tenant,
    o: rows.map(([trace, id]) => [trace, id]),
    s: [],
    t: rows.map(([trace]) => trace),
  };
  await events.batch([
    events.prepare(INSERT).bind(JSON.stringify(rows), tenant, prompt),
    events.prepare(CHANGE).bind(JSON.stringify(keys)),
  ]);
}

export type Wanted = {
  tenant: number;
  prompt: string;
  rows: number;
  endMs: number;
  /** How far back they reach; all 30 days unless said. */
  spanMs?: number;
  /** Where the raw values go, for the peer; nowhere unless said. */
  rawPath?: string;
};

/** Ids are of one call, so that any number of calls may share a prompt. */
let calls = 0;

/** Writes generations of two versions, spread over time, and what the fold must know of them. */
export async function load(
  server: Server,
  { tenant, prompt, rows, endMs, spanMs = SPAN_MS, rawPath }: Wanted,
  onBatch: (done: number) => Promise<void> = async () => {},
): Promise<Loaded> {
  const events = await server.events();
  const call = ++calls;
  const uniform = uniformsFrom(rows + prompt.length);
  const file = rawPath === undefined ? undefined : createWriteStream(rawPath);
  file?.write(`version,${COLUMNS.join(",")}\n`);
  const latenciesUs: number[] = [];
  const stepUs = (spanMs * 1000) / rows;
  const beginUs = (endMs - spanMs) * 1000;
  for (let done = 0; done < rows; done += ROWS_PER_BATCH) {
    const batch = Array.from({ length: Math.min(ROWS_PER_BATCH, rows - done) }, (_, i) =>
      rowOf(uniform, Math.floor(beginUs + (done + i) * stepUs), `${prompt}-${call}-${done + i}`),
    );
    await insert(events, batch, { tenant, prompt });
    for (const [, , start, stop, , version] of batch) {
      if (version === 1) latenciesUs.push(Number(stop) - Number(start));
    }
    if (file) await writeRaw(file, batch);
    await onBatch(done + batch.length);
  }
  if (file) {
    file.end();
    await once(file, "finish");
  }
  return { prompt, rows, latenciesUs };
}
