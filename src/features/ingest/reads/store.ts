import type { Scope } from "../../../platform/scope.ts";
import { throughLabel } from "../model.ts";
import {
  observationOf,
  type ObservationRecord,
  type ObservationRow,
  traceOf,
  type TraceRecord,
  type TraceRow,
} from "./record.ts";

/*
 * Reads over all shards. There is no index by time, because every index entry is billed: lists
 * walk the accepted objects, whose names sort by time, from the newest backwards.
 */

/** Objects, traces and observations that one list looks at. */
export const WINDOW = 2000;
/** Observations of one trace, or of the traces of one page. */
export const MAX_OBSERVATIONS = 10_000;

/** Characters of ids in one JSON parameter; ids of ordinary length never come near. */
const MAX_ID_CHARACTERS = 700_000;

/** The first of the ids, as many as one statement's parameter may hold. */
export function fitting(ids: readonly string[]): string[] {
  let characters = 0;
  return ids.filter((id) => (characters += id.length) <= MAX_ID_CHARACTERS);
}

const RECENT = `SELECT DISTINCT t.value AS id FROM (
    SELECT traces FROM object
    WHERE project = CAST(?1 AS INTEGER) AND error IS NULL ORDER BY name DESC LIMIT ${WINDOW}
  ) o CROSS JOIN json_each(o.traces) t LIMIT ${WINDOW}`;

/**
 * The traces of the newest accepted objects, last touched first, and sessions that were scored as
 * such: no trace has their ids. Objects are listed in the first shard.
 */
export async function recentTraceIds({ shards, tenant }: Scope): Promise<string[]> {
  const found = await shards[0]?.prepare(RECENT).bind(tenant).all<{ id: string }>();
  return fitting(found?.results.map(({ id }) => id) ?? []);
}

async function everywhere<T>(
  { shards, tenant }: Scope,
  query: string,
  ...params: (string | number)[]
): Promise<T[]> {
  const found = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(query)
        .bind(tenant, ...params)
        .all<T>(),
    ),
  );
  return found.flatMap(({ results }) => results);
}

const TRACE_COLUMNS = "t.id, t.root_id, t.root, t.at, t.doc";

/** Those of the traces that have a row, also the deleted ones: what comes late for them stays hidden. */
export async function selectTraces(scope: Scope, ids: readonly string[]): Promise<TraceRecord[]> {
  const rows = await everywhere<TraceRow>(
    scope,
    `SELECT ${TRACE_COLUMNS} FROM json_each(?2) k CROSS JOIN trace t
     ON t.project = CAST(?1 AS INTEGER) AND t.id = k.value`,
    JSON.stringify(ids),
  );
  return rows.map(traceOf);
}

/** Ids of the traces of a session, at most WINDOW in each shard. */
export async function selectSessionTraceIds(scope: Scope, sessionId: string): Promise<string[]> {
  const rows = await everywhere<{ id: string }>(
    scope,
    `SELECT t.id FROM trace t WHERE t.project = CAST(?1 AS INTEGER) AND t.session = ?2
     AND t.dead = 0 LIMIT ${WINDOW}`,
    sessionId,
  );
  return fitting(rows.map(({ id }) => id));
}

const OBSERVATION_COLUMNS =
  "o.trace, o.id, o.type, o.start, o.stop, o.first, o.env, o.version, o.cost, o.cost_in, o.cost_out, o.cost_cached, o.at, o.doc";

const observations = async (
  scope: Scope,
  query: string,
  ...params: (string | number)[]
): Promise<ObservationRecord[]> =>
  (await everywhere<ObservationRow>(scope, query, ...params)).map(observationOf);

/** Living observations of traces, without the roots that live in the traces' rows. */
export const selectObservations = (scope: Scope, traceIds: readonly string[], limit: number) =>
  observations(
    scope,
    `SELECT ${OBSERVATION_COLUMNS} FROM json_each(?2) k CROSS JOIN obs o
     ON o.project = CAST(?1 AS INTEGER) AND o.trace = k.value
     WHERE o.dead = 0 LIMIT CAST(?3 AS INTEGER)`,
    JSON.stringify(traceIds),
    limit,
  );

/** The observation that leads each of the traces: the root if it is there, else the earliest. */
export const selectLeaders = (scope: Scope, traceIds: readonly string[]) =>
  observations(
    scope,
    `SELECT ${OBSERVATION_COLUMNS} FROM json_each(?2) k CROSS JOIN obs o
     ON o.project = CAST(?1 AS INTEGER) AND o.trace = k.value AND o.id = (
       SELECT l.id FROM obs l
       WHERE l.project = CAST(?1 AS INTEGER) AND l.trace = k.value AND l.dead = 0
       ORDER BY l.doc ->> '$.v.parentId' IS NOT NULL, l.start IS NULL, l.start, l.id LIMIT 1)`,
    JSON.stringify(traceIds),
  );

const newestOf = (param: string): string => `SELECT * FROM (
  SELECT ${OBSERVATION_COLUMNS} FROM obs o WHERE o.project = CAST(?1 AS INTEGER)
  AND o.prompt = ?2 AND o.version = CAST(${param} AS INTEGER) AND o.dead = 0
  AND o.start >= CAST(?5 AS INTEGER) AND o.start < CAST(?6 AS INTEGER)
  AND (?7 = '' OR o.model = ?7)
  ORDER BY o.start DESC LIMIT ${WINDOW})`;

/** Instants in µs, `toUs` exclusive; absent is any. */
export type Within = {
  fromUs?: number | undefined;
  toUs?: number | undefined;
  model?: string | undefined;
};

/** The newest generations of a prompt version in a stretch of time, whether they name it or a label led to it. */
export const selectByVersion = (
  scope: Scope,
  { name, version }: { name: string; version: number },
  { fromUs = 0, toUs = Number.MAX_SAFE_INTEGER, model = "" }: Within,
) =>
  observations(
    scope,
    `${newestOf("?3")} UNION ALL ${newestOf("?4")} ORDER BY start DESC LIMIT ${WINDOW}`,
    name,
    version,
    throughLabel(version),
    fromUs,
    toUs,
    model,
  );

/** Every living observation with this id: an id is unique only within its trace. */
export async function selectObservationsById(
  scope: Scope,
  id: string,
): Promise<ObservationRecord[]> {
  const [own, roots] = await Promise.all([
    observations(
      scope,
      `SELECT ${OBSERVATION_COLUMNS} FROM obs o
       WHERE o.project = CAST(?1 AS INTEGER) AND o.id = ?2 AND o.dead = 0 LIMIT 10`,
      id,
    ),
    everywhere<TraceRow>(
      scope,
      `SELECT ${TRACE_COLUMNS} FROM trace t
       WHERE t.project = CAST(?1 AS INTEGER) AND t.root_id = ?2 AND t.dead = 0 LIMIT 10`,
      id,
    ),
  ]);
  return [...own, ...roots.flatMap((row) => traceOf(row).root ?? [])];
}
