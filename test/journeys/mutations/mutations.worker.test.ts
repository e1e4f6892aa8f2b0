import { gunzipSync } from "node:zlib";

import { beforeAll, describe, it } from "vitest";

import { parseObjectName } from "../../../src/features/ingest/accept/payload.ts";
import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { consume } from "../../../src/features/ingest/index.ts";
import { now } from "../../../src/platform/clock.ts";
import type { Env, IngestMessage } from "../../../src/platform/env.ts";
import { type Answer, call } from "../../support/call.ts";
import { seeded } from "../../support/faulty-d1.ts";
import { freshProject, type FreshProject } from "../../support/project.ts";
import { damage, damageBytes, pick, type Random } from "./mutate.ts";
import { batchBody, exportBody, protobufBody, spansOf } from "./recorded.ts";

/** The full run: VITE_MUTATIONS=20000. */
const MUTATIONS = Number(import.meta.env["VITE_MUTATIONS"] ?? 900);
const SEED = Number(import.meta.env["VITE_SEED"] ?? 1);
/** Bodies whose rows are written and looked for together. */
const CHUNK = 30;
const LIMIT_MS = 60_000 + MUTATIONS * 60;

/** What a body must lead to: `untouched` ids are rows afterwards, unless all was refused. */
type Outcome = { what: string; untouched: string[] };

let project: FreshProject;
let env: Env;
const queued: string[] = [];
beforeAll(async () => {
  project = await freshProject(now());
  env = {
    ...project.scope.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => void queued.push(object),
    } as unknown as Env["INGEST"],
  };
});

const send = (path: string, body: unknown, type = "application/json"): Promise<Answer> =>
  call("POST", path, {
    authorization: project.basic,
    body,
    headers: { "content-type": type },
    env,
  });

/** The rows that the last request was accepted with; none when nothing was stored. */
async function acceptedRows(before: number): Promise<StoredRows | undefined> {
  const name = queued[before];
  if (name === undefined) return undefined;
  const object = await env.PAYLOADS.get(name, {
    range: { offset: parseObjectName(name)?.rowsOffset ?? 0 },
  });
  const bytes = (await object?.arrayBuffer()) ?? new ArrayBuffer();
  return JSON.parse(gunzipSync(bytes).toString()) as StoredRows;
}

const isRefused = ({ status, json }: Answer): boolean => {
  const { message, error } = (json ?? {}) as { message?: unknown; error?: unknown };
  return status >= 400 && status < 500 && Boolean(message) && Boolean(error);
};

/** Fails with the body itself, so that a finding can be looked at. */
function demand(isTrue: boolean, what: string, body: unknown): void {
  if (isTrue) return;
  const text =
    body instanceof Uint8Array ? Buffer.from(body).toString("base64") : JSON.stringify(body);
  throw new Error(`${what}\n${text}`);
}

const countOf = (rows: StoredRows | undefined): number =>
  rows ? rows.observations.length + rows.traces.length + rows.scores.length : 0;

type Named = { successes: { id: string }[]; errors: { id: string; message: string }[] };

/** The diagnostics of SDKs are taken and not kept. */
const isKept = (event: unknown): boolean =>
  (event as { type?: unknown } | null)?.type !== "sdk-log";

async function mutatedBatch(random: Random, serial: number): Promise<Outcome> {
  const body = batchBody(serial, now().getTime());
  const whole = [...body.batch];
  const place = Math.floor(random() * body.batch.length);
  const holder: { event: unknown } = { event: body.batch[place] };
  damage(random, random() < 0.1 ? holder : holder.event);
  body.batch[place] = holder.event as (typeof whole)[number];
  const before = queued.length;
  const answer = await send("/api/public/ingestion", body);
  demand(answer.status === 207, `batch ${serial}: ${answer.status} ${answer.text}`, body);
  const { successes, errors } = answer.json as Named;
  demand(
    successes.length + errors.length === body.batch.length,
    `batch ${serial}: an event is not named`,
    body,
  );
  demand(
    errors.every(({ message }) => message !== ""),
    `batch ${serial}: an error says nothing`,
    body,
  );
  const rest = body.batch.filter((_, i) => i !== place);
  const taken = new Set(successes.map(({ id }) => id));
  demand(
    rest.every(({ id }) => taken.has(id)),
    `batch ${serial}: a good event was refused`,
    body,
  );
  const rows = await acceptedRows(before);
  const silent = body.batch.filter((event) => !isKept(event)).length;
  const kept = successes.length - silent;
  demand(
    countOf(rows) === kept,
    `batch ${serial}: ${kept} accepted, ${countOf(rows)} stored`,
    body,
  );
  return { what: `batch ${serial}`, untouched: rest.map((event) => String(event.body["id"])) };
}

type Partial = { partialSuccess?: { rejectedSpans: string; errorMessage: string } };

async function mutatedExport(random: Random, serial: number): Promise<Outcome> {
  const body = exportBody(serial, now().getTime());
  const ids = spansOf(body).map(({ spanId }) => spanId);
  const place = Math.floor(random() * ids.length);
  damage(random, spansOf(body)[place]);
  const before = queued.length;
  const answer = await send("/api/public/otel/v1/traces", body);
  const what = `export ${serial}`;
  if (answer.status !== 200) {
    demand(isRefused(answer), `${what}: ${answer.status} ${answer.text}`, body);
    demand(queued.length === before, `${what}: refused and stored`, body);
    return { what, untouched: [] };
  }
  const { partialSuccess } = answer.json as Partial;
  const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  const rows = await acceptedRows(before);
  const stored = rows?.observations.length ?? 0;
  demand(stored + rejected === ids.length, `${what}: ${stored} stored, ${rejected} refused`, body);
  const named = partialSuccess?.errorMessage ?? "";
  const lost = String(spansOf(body)[place]?.spanId).toLowerCase();
  demand(rejected === 0 || named.includes(lost), `${what}: ${named} does not name ${lost}`, body);
  return { what, untouched: ids.filter((_, i) => i !== place) };
}

async function mutatedProtobuf(random: Random, serial: number): Promise<Outcome> {
  const { bytes, spanIds, places } = protobufBody(serial, now().getTime());
  const place = Math.floor(random() * places.length);
  const { from, to } = places[place] ?? { from: 0, to: 0 };
  let body = bytes;
  const times = 1 + Math.floor(random() * 3);
  for (let i = 0; i < times; i++) body = damageBytes(random, body, { from, to, keepsLength: true });
  const before = queued.length;
  const answer = await send("/api/public/otel/v1/traces", body, "application/x-protobuf");
  const what = `protobuf ${serial}`;
  if (answer.status !== 200) {
    demand(isRefused(answer), `${what}: ${answer.status} ${answer.text}`, body);
    return { what, untouched: [] };
  }
  const stored = (await acceptedRows(before))?.observations.length ?? 0;
  demand(stored === spanIds.length || answer.text !== "", `${what}: a span is gone`, body);
  return { what, untouched: spanIds.filter((_, i) => i !== place) };
}

/** Bytes damaged anywhere: all may be refused, but nothing breaks. */
async function damagedBytes(random: Random, serial: number): Promise<Outcome> {
  const nowMs = now().getTime();
  const [path, whole, type] = pick(random, [
    ["/api/public/ingestion", JSON.stringify(batchBody(serial, nowMs)), "application/json"],
    ["/api/public/otel/v1/traces", JSON.stringify(exportBody(serial, nowMs)), "application/json"],
    ["/api/public/otel/v1/traces", protobufBody(serial, nowMs).bytes, "application/x-protobuf"],
  ] as const);
  const bytes = typeof whole === "string" ? new TextEncoder().encode(whole) : whole;
  const body = damageBytes(random, bytes, { from: 0, to: bytes.length, keepsLength: false });
  const answer = await send(path, body, type);
  const isTaken = answer.status === 200 || answer.status === 207;
  demand(isTaken || isRefused(answer), `bytes ${serial}: ${answer.status} ${answer.text}`, body);
  return { what: `bytes ${serial}`, untouched: [] };
}

/** Ids among these that are rows: of observations, traces or scores. */
async function found(ids: readonly string[]): Promise<Set<string>> {
  const { shards, tenant } = project.scope;
  const known = new Set<string>();
  for (const shard of shards) {
    const { results } = await shard
      .prepare(
        `SELECT o.id FROM json_each(?1) k CROSS JOIN obs o ON o.project = CAST(?2 AS INTEGER) AND o.id = k.value
         UNION SELECT t.id FROM json_each(?1) k CROSS JOIN trace t ON t.project = CAST(?2 AS INTEGER) AND t.id = k.value
         UNION SELECT t.root_id FROM json_each(?1) k CROSS JOIN trace t ON t.project = CAST(?2 AS INTEGER) AND t.root_id = k.value
         UNION SELECT s.id FROM json_each(?1) k CROSS JOIN score s ON s.project = CAST(?2 AS INTEGER) AND s.id = k.value`,
      )
      .bind(JSON.stringify(ids), tenant)
      .all<{ id: string }>();
    for (const { id } of results) known.add(id);
  }
  return known;
}

describe("mutated requests", () => {
  it(
    `${MUTATIONS} bodies: nothing breaks, what is dropped is named, what was not touched is kept`,
    async ({ expect }) => {
      const random = seeded(SEED);
      const kinds = [mutatedBatch, mutatedExport, mutatedProtobuf, damagedBytes];
      for (let from = 0; from < MUTATIONS; from += CHUNK) {
        const outcomes: Outcome[] = [];
        for (let i = from; i < Math.min(from + CHUNK, MUTATIONS); i++) {
          outcomes.push(await pick(random, kinds)(random, i));
        }
        const names = queued.splice(0);
        if (names.length > 0) await consume(project.scope, names, true);
        const rows = await found(outcomes.flatMap(({ untouched }) => untouched));
        for (const { what, untouched } of outcomes) {
          expect(
            untouched.filter((id) => !rows.has(id)),
            what,
          ).toEqual([]);
        }
      }
    },
    LIMIT_MS,
  );
});
