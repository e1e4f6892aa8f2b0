import type { Scope } from "../../platform/scope.ts";
import { decodeScore, type ScoreRow, type StoredScore } from "./view.ts";

/*
 * Reads of scores over all shards. The index begins with the owner (a trace or a session) or is
 * the score's id; there is none by time, because every index entry is billed.
 */

const COLUMNS = "s.owner, s.id, s.level, s.at, s.doc";

const BY_ID = `SELECT ${COLUMNS} FROM json_each(?2) k CROSS JOIN score s
  ON s.project = CAST(?1 AS INTEGER) AND s.id = k.value
  WHERE s.dead = 0 LIMIT CAST(?3 AS INTEGER)`;

const BY_OWNER = `SELECT ${COLUMNS} FROM json_each(?2) k CROSS JOIN score s
  ON s.project = CAST(?1 AS INTEGER) AND s.owner = k.value
  WHERE s.dead = 0 LIMIT CAST(?3 AS INTEGER)`;

async function select(
  { shards, tenant }: Scope,
  query: string,
  keys: readonly string[],
  limit: number,
): Promise<StoredScore[]> {
  const found = await Promise.all(
    shards.map((shard) =>
      shard.prepare(query).bind(tenant, JSON.stringify(keys), limit).all<ScoreRow>(),
    ),
  );
  return found.flatMap(({ results }) => results.map(decodeScore));
}

/** Living scores with these ids. One id may name several, each with another owner. */
export const selectByIds = (scope: Scope, ids: readonly string[], limit: number) =>
  select(scope, BY_ID, ids, limit);

/** Living scores of these traces and sessions, those on their observations included. */
export const selectByOwners = (scope: Scope, owners: readonly string[], limit: number) =>
  select(scope, BY_OWNER, owners, limit);
