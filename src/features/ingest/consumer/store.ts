import { sessionMarksSql, type TouchedKeys } from "../images.ts";
import type { Plan, Stored } from "./plan.ts";
import {
  AFTER,
  GUARDED_BEFORE,
  hasMoved,
  OBSERVATION_COLUMNS,
  SCORE_COLUMNS,
  TRACE_COLUMNS,
  UPSERT_OBSERVATIONS,
  UPSERT_SCORES,
  UPSERT_TRACES,
} from "./statements.ts";
import { pair, type Touched } from "./touched.ts";

/**
 * The traces that rows belong to, those of scores included: whether a trace was deleted decides
 * what becomes of its rows. No trace has the id of a session that is scored as such.
 */
function tracesTouched({ traces, observations, scores }: Touched): Set<string> {
  const ids = new Set(traces.keys());
  for (const { trace } of observations.values()) ids.add(trace);
  for (const { owner } of scores.values()) ids.add(owner);
  return ids;
}

/** Loads the rows that `touched` speaks of. */
export async function loadStored(
  shard: D1Database,
  tenant: number,
  touched: Touched,
): Promise<Stored> {
  const observationKeys = [...touched.observations.values()].map(({ trace, id }) => [trace, id]);
  const traceIds = tracesTouched(touched);
  const scoreKeys = [...touched.scores.values()].map(({ owner, id }) => [owner, id]);
  const [observations, traces, scores] = await shard.batch([
    shard
      .prepare(
        `SELECT r.trace, r.id, r.rev, r.doc FROM json_each(?1) k CROSS JOIN obs r
         ON r.project = CAST(?2 AS INTEGER) AND r.trace = k.value ->> 0 AND r.id = k.value ->> 1`,
      )
      .bind(JSON.stringify(observationKeys), tenant),
    shard
      .prepare(
        `SELECT r.id, r.rev, r.doc, r.root_id AS rootId, r.root FROM json_each(?1) k CROSS JOIN trace r
         ON r.project = CAST(?2 AS INTEGER) AND r.id = k.value`,
      )
      .bind(JSON.stringify([...traceIds]), tenant),
    shard
      .prepare(
        `SELECT r.owner, r.id, r.rev, r.doc FROM json_each(?1) k CROSS JOIN score r
         ON r.project = CAST(?2 AS INTEGER) AND r.owner = k.value ->> 0 AND r.id = k.value ->> 1`,
      )
      .bind(JSON.stringify(scoreKeys), tenant),
  ]);
  type Row = { trace: string; id: string; owner: string; rev: number; doc: string };
  type Trace = Row & { rootId: string | null; root: string | null };
  const rows = <T>(result: D1Result | undefined): T[] => (result?.results ?? []) as T[];
  return {
    observations: new Map(rows<Row>(observations).map((r) => [pair(r.trace, r.id), r])),
    traces: new Map(
      rows<Trace>(traces).map(({ id, rev, doc, rootId, root }) => [id, { rev, doc, rootId, root }]),
    ),
    scores: new Map(rows<Row>(scores).map((r) => [pair(r.owner, r.id), r])),
  };
}

/** Thrown when another writer changed a row between the read and the write: read again. */
export class RowsMoved extends Error {
  override readonly name = "RowsMoved";
}

/**
 * What was read and no upsert looks after, as the guard of `GUARDED_BEFORE` wants it: rows that were
 * there, and rows that were not and are not written either.
 */
function guardOf(touched: Touched, stored: Stored, plan: Plan) {
  const written = {
    o: new Set(plan.observations.map(({ trace, id }) => pair(trace, id))),
    t: new Set(plan.traces.map(({ id }) => id)),
    s: new Set(plan.scores.map(({ owner, id }) => pair(owner, id))),
  };
  const isGuarded = (rows: Stored[keyof Stored], key: string, kind: keyof typeof written) =>
    rows.has(key) || !written[kind].has(key);
  return {
    o: [...touched.observations]
      .filter(([key]) => isGuarded(stored.observations, key, "o"))
      .map(([key, { trace, id }]) => [trace, id, stored.observations.get(key)?.rev ?? 0]),
    t: [...tracesTouched(touched)]
      .filter((id) => isGuarded(stored.traces, id, "t"))
      .map((id) => [id, stored.traces.get(id)?.rev ?? 0]),
    s: [...touched.scores]
      .filter(([key]) => isGuarded(stored.scores, key, "s"))
      .map(([key, { owner, id }]) => [owner, id, stored.scores.get(key)?.rev ?? 0]),
  };
}

function keysOf(tenant: number, { observations, traces, scores }: Plan): TouchedKeys {
  const owners = [
    ...observations.map(({ trace }) => trace),
    ...scores.map(({ owner }) => owner),
    ...traces.map(({ id }) => id),
  ];
  return {
    p: tenant,
    o: observations.map(({ trace, id }) => [trace, id]),
    s: scores.map(({ owner, id }) => [owner, id]),
    t: [...new Set(owners)],
  };
}

/** UTF-16 code units of JSON in one parameter, which may have 2 MB. */
const MAX_PARAMETER_LENGTH = 500_000;

/** Rows as JSON parameters of bounded length. */
function valuesOf<T extends object>(rows: readonly T[], columns: readonly (keyof T)[]): string[] {
  const parameters: string[] = [];
  let texts: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(columns.map((column) => row[column]));
    if (texts.length > 0 && length + text.length > MAX_PARAMETER_LENGTH) {
      parameters.push(`[${texts.join()}]`);
      [texts, length] = [[], 0];
    }
    texts.push(text);
    length += text.length + 1;
  }
  if (texts.length > 0) parameters.push(`[${texts.join()}]`);
  return parameters;
}

/**
 * Writes a plan in one transaction, with what its rows contributed before and after.
 *
 * @throws RowsMoved when a row is not as `stored` says; nothing was written then
 */
export async function writePlan(
  shard: D1Database,
  tenant: number,
  { touched, stored, plan }: { touched: Touched; stored: Stored; plan: Plan },
): Promise<void> {
  const { observations, traces, scores } = plan;
  if (observations.length + traces.length + scores.length === 0) return;
  const keys = JSON.stringify(keysOf(tenant, plan));
  const guard = JSON.stringify(guardOf(touched, stored, plan));
  const statements = [shard.prepare(GUARDED_BEFORE).bind(keys, guard, tenant)];
  const upsert = (sql: string, parameters: readonly string[]): void => {
    for (const values of parameters) statements.push(shard.prepare(sql).bind(values, tenant));
  };
  upsert(UPSERT_TRACES, valuesOf(traces, TRACE_COLUMNS));
  upsert(UPSERT_OBSERVATIONS, valuesOf(observations, OBSERVATION_COLUMNS));
  upsert(UPSERT_SCORES, valuesOf(scores, SCORE_COLUMNS));
  statements.push(shard.prepare(AFTER).bind(keys));
  if (scores.length > 0) {
    statements.push(shard.prepare(sessionMarksSql("?1")).bind(keys));
  }
  try {
    await shard.batch(statements);
  } catch (error) {
    if (hasMoved(error)) {
      throw new RowsMoved("a row changed between read and write", { cause: error });
    }
    throw error;
  }
}

/** Rows of deleted traces that are not buried yet. */
export type Unburied = { kind: "observations" | "scores"; owner: string; id: string };

/** @param limit of each kind */
export async function unburied(
  shard: D1Database,
  tenant: number,
  { traces, limit }: { traces: readonly string[]; limit: number },
): Promise<Unburied[]> {
  const { results } = await shard
    .prepare(
      `SELECT * FROM (
         SELECT 'observations' AS kind, o.trace AS owner, o.id FROM json_each(?1) k CROSS JOIN obs o
         ON o.project = CAST(?2 AS INTEGER) AND o.trace = k.value
         WHERE o.dead = 0 LIMIT CAST(?3 AS INTEGER))
       UNION ALL SELECT * FROM (
         SELECT 'scores', s.owner, s.id FROM json_each(?1) k CROSS JOIN score s
         ON s.project = CAST(?2 AS INTEGER) AND s.owner = k.value AND s.level <> 'S'
         WHERE s.dead = 0 LIMIT CAST(?3 AS INTEGER))`,
    )
    .bind(JSON.stringify(traces), tenant, limit)
    .all<Unburied>();
  return results;
}

/** The trace of each observation id that this shard knows. */
export async function locate(
  shard: D1Database,
  tenant: number,
  observationIds: readonly string[],
): Promise<Map<string, string>> {
  const { results } = await shard
    .prepare(
      `SELECT r.id, r.trace FROM json_each(?1) k CROSS JOIN obs r
         ON r.project = CAST(?2 AS INTEGER) AND r.id = k.value
       UNION ALL
       SELECT r.root_id, r.id FROM json_each(?1) k CROSS JOIN trace r
         ON r.project = CAST(?2 AS INTEGER) AND r.root_id = k.value`,
    )
    .bind(JSON.stringify(observationIds), tenant)
    .all<{ id: string; trace: string }>();
  return new Map(results.map(({ id, trace }) => [id, trace]));
}

/** Records that an object is in D1, or why it never will be. */
export const recordObject = (
  shard: D1Database,
  {
    tenant,
    name,
    traces,
    error,
  }: { tenant: number; name: string; traces: string[]; error?: string },
): D1PreparedStatement =>
  shard
    .prepare(
      `INSERT INTO object (project, name, traces, error) VALUES (CAST(?1 AS INTEGER), ?2, ?3, ?4)
       ON CONFLICT DO UPDATE SET traces = excluded.traces, error = excluded.error
       WHERE error IS NOT NULL`,
    )
    .bind(tenant, name, JSON.stringify(traces), error ?? null);

/** Those of the names that no shard row records yet. */
export async function unrecorded(
  shard: D1Database,
  names: readonly { tenant: number; name: string }[],
): Promise<string[]> {
  const { results } = await shard
    .prepare(
      `SELECT k.value ->> 1 AS name FROM json_each(?1) k LEFT JOIN object o
         ON o.project = k.value ->> 0 AND o.name = k.value ->> 1
       WHERE o.name IS NULL`,
    )
    .bind(JSON.stringify(names.map(({ tenant, name }) => [tenant, name])))
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

export const readCursor = async (shard: D1Database, name: string): Promise<string | undefined> =>
  (await shard
    .prepare("SELECT value FROM cursor WHERE name = ?1")
    .bind(name)
    .first<string>("value")) ?? undefined;

export const writeCursor = (shard: D1Database, name: string, value: string): D1PreparedStatement =>
  shard
    .prepare(
      "INSERT INTO cursor (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .bind(name, value);
