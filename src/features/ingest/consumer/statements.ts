import { itemsSql } from "../images.ts";

/*
 * Statements that write rows of an events shard, as text. Bulk goes through one JSON parameter and `json_each`: one
 * statement a table, whatever the number of rows.
 */

export const OBSERVATION_COLUMNS = [
  "trace",
  "id",
  "type",
  "start",
  "stop",
  "first",
  "env",
  "model",
  "prompt",
  "version",
  "split",
  "user_cell",
  "err",
  "tin",
  "tout",
  "ttot",
  "cost",
  "cost_in",
  "cost_out",
  "cost_cached",
  "dead",
  "at",
  "rev",
  "doc",
] as const;
export const TRACE_COLUMNS = [
  "id",
  "session",
  "root_id",
  "root",
  "dead",
  "at",
  "rev",
  "doc",
] as const;
export const SCORE_COLUMNS = [
  "owner",
  "id",
  "level",
  "obs",
  "name",
  "source",
  "type",
  "num",
  "cat",
  "dead",
  "at",
  "rev",
  "doc",
] as const;

const nextRevision = (table: string): string =>
  `CASE WHEN ${table}.rev = excluded.rev - 1 THEN excluded.rev END`;

/**
 * ?1 = JSON list of rows as lists of values in the order of `columns`, ?2 = project. A row takes the
 * place of the revision before its own only: else `rev`, which must not be null, is, and the batch rolls back.
 */
function upsertSql(table: string, columns: readonly string[], keys: readonly string[]): string {
  const values = columns.map((_, i) => `value ->> ${i}`).join(", ");
  const updates = columns
    .filter((column) => !keys.includes(column))
    .map((column) => `${column} = ${column === "rev" ? nextRevision(table) : `excluded.${column}`}`)
    .join(", ");
  return `INSERT INTO ${table} (project, ${columns.join(", ")})
    SELECT CAST(?2 AS INTEGER), ${values} FROM json_each(?1) WHERE true
    ON CONFLICT DO UPDATE SET ${updates}`;
}

export const UPSERT_OBSERVATIONS = upsertSql("obs", OBSERVATION_COLUMNS, ["trace", "id"]);
export const UPSERT_TRACES = upsertSql("trace", TRACE_COLUMNS, ["id"]);
export const UPSERT_SCORES = upsertSql("score", SCORE_COLUMNS, ["owner", "id"]);

/**
 * Null, which `change.before` refuses, when a row is not as it was read: the batch rolls back.
 * ?1 = touched keys, ?2 = `{o: [[trace, id, rev]], t: [[id, rev]], s: [[owner, id, rev]]}`,
 * ?3 = project; revision 0 is "no row".
 */
export const GUARDED_BEFORE = `INSERT INTO change (before) SELECT CASE WHEN
    EXISTS (SELECT 1 FROM json_each(?2, '$.o') g LEFT JOIN obs r
      ON r.project = CAST(?3 AS INTEGER) AND r.trace = g.value ->> 0 AND r.id = g.value ->> 1
      WHERE coalesce(r.rev, 0) <> g.value ->> 2)
    OR EXISTS (SELECT 1 FROM json_each(?2, '$.t') g LEFT JOIN trace r
      ON r.project = CAST(?3 AS INTEGER) AND r.id = g.value ->> 0
      WHERE coalesce(r.rev, 0) <> g.value ->> 1)
    OR EXISTS (SELECT 1 FROM json_each(?2, '$.s') g LEFT JOIN score r
      ON r.project = CAST(?3 AS INTEGER) AND r.owner = g.value ->> 0 AND r.id = g.value ->> 1
      WHERE coalesce(r.rev, 0) <> g.value ->> 2)
    THEN NULL ELSE (${itemsSql("?1")}) END`;

export const AFTER = `UPDATE change SET after = (${itemsSql("?1")}) WHERE seq = (SELECT max(seq) FROM change)`;

const MOVED = /NOT NULL constraint failed: (?:change\.before|(?:obs|trace|score)\.rev)/;

/** Whether a write failed because a row is not as it was read. */
export const hasMoved = (error: unknown): boolean =>
  error instanceof Error && MOVED.test(error.message);
