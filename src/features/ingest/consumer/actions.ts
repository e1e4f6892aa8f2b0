import { gunzipSync } from "node:zlib";

import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { priceBook } from "../../pricing/index.ts";
import { currentSettings, projectIdOf } from "../../projects/index.ts";
import { labelsAt } from "../../prompts/index.ts";
import { acceptedAt, parseObjectName } from "../accept/payload.ts";
import type { StoredRows } from "../accept/stored.ts";
import { withinWindow } from "../accept/window.ts";
import { erasePayloads } from "../erase/actions.ts";
import { shardIndex } from "../shard.ts";
import { deletionOf } from "./burial.ts";
import { observationColumns, scoreColumns, traceColumns } from "./derive.ts";
import { labelUses } from "./label-uses.ts";
import { instantMs, type LabelVersions, useKey } from "./labels.ts";
import { MAX_ROWS, parts } from "./parts.ts";
import { type Derive, plan, type Stored } from "./plan.ts";
import { loadStored, locate, recordObject, RowsMoved, unburied, writePlan } from "./store.ts";
import {
  addDeletedScore,
  addObservation,
  addScore,
  addTrace,
  emptyTouched,
  type Touched,
  tracesOf,
} from "./touched.ts";

/** Attempts at a transaction whose rows others keep changing. */
const MAX_ATTEMPTS = 8;

/** An object's rows that cannot be used, however often they are tried. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** An event names an observation whose trace nobody knows yet; it may still be on its way. */
export class NotYetKnown extends Error {
  override readonly name = "NotYetKnown";
}

async function readRows({ env }: Scope, name: string): Promise<StoredRows> {
  const parsed = parseObjectName(name);
  if (!parsed) throw new Unusable(`${name} is not the name of an accepted object`);
  const object = await env.PAYLOADS.get(name, { range: { offset: parsed.rowsOffset } });
  if (!object) throw new Unusable(`${name} is gone`);
  const rows = JSON.parse(gunzipSync(await object.arrayBuffer()).toString("utf8")) as StoredRows;
  if (rows.v !== 1) throw new Unusable(`${name} has rows of version ${String(rows.v)}`);
  return rows;
}

/** Later than any healthy queue: what waited this long may have outlived its retention. */
const LATE_MS = 2 * 3_600_000;

/**
 * What an object still has to say. One that waited for days, in a dead-letter queue or an outage,
 * may hold what has passed the retention since: its rows may have been deleted already, and must
 * not come back and be counted again.
 */
async function withoutLapsed(scope: Scope, name: string, rows: StoredRows): Promise<StoredRows> {
  const { now } = scope;
  if (now.getTime() - acceptedAt(name).getTime() < LATE_MS) return rows;
  const { retentionDays } = await currentSettings(scope);
  const { kept, rejected } = withinWindow(rows, now, retentionDays);
  if (rejected.length > 0) logEvent("past its retention", { object: name, items: rejected.length });
  return kept;
}

/** Traces of the observations that events name without their trace. */
async function locateAll(scope: Scope, rows: readonly StoredRows[]): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const wanted = new Set<string>();
  for (const { observations, scores } of rows) {
    for (const { id, traceId } of observations) {
      if (traceId === null) wanted.add(id);
      else known.set(id, traceId);
    }
    for (const { observationId, traceId } of scores) {
      if (observationId !== undefined && traceId === undefined) wanted.add(observationId);
    }
  }
  const missing = [...wanted].filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const found = await Promise.all(
    scope.shards.map((shard) => locate(shard, scope.tenant, missing)),
  );
  for (const part of found) for (const [id, trace] of part) known.set(id, trace);
  return known;
}

/**
 * Sorts what objects say by shard. What names no trace goes to the trace of its observation; when
 * nobody knows that, `lastChance` decides between another try later and a trace of its own.
 */
function byShard(
  rows: readonly StoredRows[],
  {
    traceOf,
    shards,
    lastChance,
  }: { traceOf: Map<string, string>; shards: number; lastChance: boolean },
): Touched[] {
  const touched = Array.from({ length: shards }, emptyTouched);
  const at = (owner: string): Touched => touched[shardIndex(owner, shards)] as Touched;
  const located = (observationId: string): string => {
    const trace = traceOf.get(observationId);
    if (trace === undefined && !lastChance) {
      throw new NotYetKnown(`observation ${observationId} is not known yet`);
    }
    return trace ?? observationId;
  };
  for (const { observations, traces, scores } of rows) {
    for (const patch of observations) {
      const trace = patch.traceId ?? located(patch.id);
      addObservation(at(trace), trace, patch);
    }
    for (const patch of traces) addTrace(at(patch.id), patch);
    for (const patch of scores) {
      const { traceId, observationId, sessionId } = patch;
      const owner = traceId ?? (observationId === undefined ? sessionId : located(observationId));
      if (owner !== undefined) addScore(at(owner), owner, patch);
    }
  }
  return touched;
}

/** Says where labels pointed: the ledger is asked once for each use, however many rows name it. */
export function labelReader(scope: Scope) {
  const known = new Map<string, number | null>();
  return async (touched: Touched, stored: Stored): Promise<LabelVersions> => {
    const unknown = labelUses(touched, stored).filter((use) => !known.has(useKey(use)));
    if (unknown.length === 0) return known;
    const named = { ...scope, projectId: await projectIdOf(scope) };
    const versions = await labelsAt(
      named,
      unknown.map((use) => ({ name: use.prompt, label: use.label, atMs: instantMs(use) })),
    );
    for (const [i, use] of unknown.entries()) known.set(useKey(use), versions[i] ?? null);
    return known;
  };
}

type Deriving = (touched: Touched, stored: Stored) => Promise<Derive>;

async function write(
  { env, tenant }: Scope,
  shard: D1Database,
  touched: Touched,
  deriving: Deriving,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const stored = await loadStored(shard, tenant, touched);
    const planned = plan(touched, stored, await deriving(touched, stored));
    // First: once the rows are written, nobody knows any more where these payloads lie.
    await erasePayloads(env, planned.erased, planned.buried);
    try {
      await writePlan(shard, tenant, { touched, stored, plan: planned });
      return;
    } catch (error) {
      if (!(error instanceof RowsMoved) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * Buries the rows of traces whose deletion was just written. From then on every writer finds the
 * tombstone, so no living row can be added while this goes on.
 */
async function buryRows(
  scope: Scope,
  shard: D1Database,
  { traces }: Touched,
  deriving: Deriving,
): Promise<void> {
  const deleted = [...traces.values()].filter(({ state }) => state.values["deleted"] === true);
  if (deleted.length === 0) return;
  const ids = deleted.map(({ id }) => id);
  const deletion = new Map(deleted.map(({ id, state }) => [id, deletionOf(state) ?? ""]));
  for (;;) {
    const rows = await unburied(shard, scope.tenant, { traces: ids, limit: MAX_ROWS });
    if (rows.length === 0) return;
    const touched = emptyTouched();
    for (const { kind, owner, id } of rows) {
      const patch = { id, clock: deletion.get(owner) ?? "", deleted: true as const };
      if (kind === "observations") addObservation(touched, owner, { ...patch, traceId: owner });
      else addDeletedScore(touched, owner, patch);
    }
    for (const part of parts(touched)) await write(scope, shard, part, deriving);
  }
}

/**
 * Brings accepted objects of one project into its rows. Doing it again changes nothing.
 *
 * @param lastChance true: events of unknown observations get a trace of their own
 * @throws NotYetKnown, Unusable
 */
export async function consume(
  scope: Scope,
  names: readonly string[],
  lastChance: boolean,
): Promise<void> {
  const rows = await Promise.all(names.map((name) => readRows(scope, name)));
  const living = await Promise.all(rows.map((own, i) => withoutLapsed(scope, names[i] ?? "", own)));
  await applyRows(scope, living, lastChance);
  const home = scope.shards[0] as D1Database;
  await home.batch(
    names.map((name, i) =>
      recordObject(home, { tenant: scope.tenant, name, traces: tracesOf(rows[i] as StoredRows) }),
    ),
  );
}

/** Merges rows of objects into the shards, in transactions of bounded size. */
export async function applyRows(
  scope: Scope,
  rows: readonly StoredRows[],
  lastChance: boolean,
): Promise<void> {
  const { shards } = scope;
  const traceOf = await locateAll(scope, rows);
  const price = await priceBook(scope);
  const readLabels = labelReader(scope);
  const deriving = async (touched: Touched, stored: Stored): Promise<Derive> => {
    const versions = await readLabels(touched, stored);
    return {
      observation: (state) => observationColumns(state, price, versions),
      trace: traceColumns,
      score: scoreColumns,
    };
  };
  const touched = byShard(rows, { traceOf, shards: shards.length, lastChance });
  await Promise.all(
    shards.map(async (shard, i) => {
      const own = touched[i] as Touched;
      for (const part of parts(own)) await write(scope, shard, part, deriving);
      await buryRows(scope, shard, own, deriving);
    }),
  );
}
