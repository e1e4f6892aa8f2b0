import { firstKeptSlot, type Level } from "../slots.ts";

/** Rows that one page may delete. */
const PAGE_ROWS = 4_000;
/** Owners looked at in one page. */
const PAGE_OWNERS = 500;

/** Tables that hold rows of a trace, and the column that names it; scores also name sessions. */
export const OWNED = [
  { table: "obs", owner: "trace" },
  { table: "trace", owner: "id" },
  { table: "score", owner: "owner" },
] as const;
export type Owned = (typeof OWNED)[number];

export type Owner = [project: number, owner: string];

/** The next owners of a table in the order of its key, and the place to go on from. */
export async function nextOwners(
  shard: D1Database,
  { table, owner }: Owned,
  [project, after]: Owner,
): Promise<{ project: number; owner: string; newest: number }[]> {
  const { results } = await shard
    .prepare(
      `SELECT project, owner, newest FROM (
         SELECT *, sum(size) OVER (ORDER BY project, owner) - size AS ahead FROM (
           SELECT project, ${owner} AS owner, max(at) AS newest, count(*) AS size
           FROM ${table} WHERE (project, ${owner}) > (?1, ?2)
           GROUP BY project, ${owner} ORDER BY project, ${owner} LIMIT ${PAGE_OWNERS}
         )
       ) WHERE ahead < ${PAGE_ROWS} ORDER BY project, owner`,
    )
    .bind(project, after)
    .all<{ project: number; owner: string; newest: number }>();
  return results;
}

/**
 * Owners that are wholly closed: no row of any table, and no use of a session's score, is younger.
 * ?1 = `[[project, owner, closedUs]]`.
 */
const CLOSED = `SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?1) k
  WHERE NOT EXISTS (SELECT 1 FROM obs o WHERE o.project = k.value ->> 0
      AND o.trace = k.value ->> 1 AND max(o.at, coalesce(o.start, 0)) >= k.value ->> 2)
    AND NOT EXISTS (SELECT 1 FROM trace t WHERE t.project = k.value ->> 0
      AND t.id = k.value ->> 1 AND t.at >= k.value ->> 2)
    AND NOT EXISTS (SELECT 1 FROM score s WHERE s.project = k.value ->> 0
      AND s.owner = k.value ->> 1 AND s.at >= k.value ->> 2)
    AND NOT EXISTS (SELECT 1 FROM session_use u WHERE u.project = k.value ->> 0
      AND u.session = k.value ->> 1 AND u.start >= k.value ->> 2)`;

/**
 * Statements that delete all rows of those owners that are wholly closed, whole traces only: a
 * trace that straddles the edge stays, so that its scores do not move to another generation. The
 * condition is asked again here, because rows may have come since the owners were read. Nothing is
 * written to the log: what was counted stays in the daily buckets.
 */
export function deleteClosed(
  shard: D1Database,
  owners: readonly [project: number, owner: string, closedUs: number][],
): D1PreparedStatement[] {
  const keys = JSON.stringify(owners);
  return [...OWNED, { table: "session_use", owner: "session" }].map(({ table, owner }) =>
    shard.prepare(`DELETE FROM ${table} WHERE (project, ${owner}) IN (${CLOSED})`).bind(keys),
  );
}

/** Recorded objects of a project whose names come before `name`, oldest first. */
export async function objectsBefore(
  shard: D1Database,
  project: number,
  { name, limit }: { name: string; limit: number },
): Promise<string[]> {
  const { results } = await shard
    .prepare("SELECT name FROM object WHERE project = ?1 AND name < ?2 ORDER BY name LIMIT ?3")
    .bind(project, name, limit)
    .all<{ name: string }>();
  return results.map((row) => row.name);
}

export const forgetObjects = (
  shard: D1Database,
  project: number,
  names: readonly string[],
): D1PreparedStatement =>
  shard
    .prepare(`DELETE FROM object WHERE project = ?1 AND name IN (SELECT value FROM json_each(?2))`)
    .bind(project, JSON.stringify(names));

/** A version's place in the buckets of one level. */
export type VersionKey = [project: number, prompt: string, version: number];

/** The next versions that have buckets of a level: three seeks each at most, however many buckets they have. */
export async function nextVersions(
  shard: D1Database,
  level: Level,
  { after, limit }: { after: VersionKey; limit: number },
): Promise<VersionKey[]> {
  const first = (where: string): string =>
    `(SELECT json_array(b.project, b.prompt, b.version) FROM bucket b
      WHERE b.level = ${level} AND ${where} ORDER BY b.project, b.prompt, b.version LIMIT 1)`;
  // Not one comparison of all three columns: SQLite would begin it at the version before and walk over its buckets.
  const next = (project: string, prompt: string, version: string): string =>
    `coalesce(
      ${first(`b.project = ${project} AND b.prompt = ${prompt} AND b.version > ${version}`)},
      ${first(`b.project = ${project} AND b.prompt > ${prompt}`)},
      ${first(`b.project > ${project}`)})`;
  const { results } = await shard
    .prepare(
      `WITH RECURSIVE found (key) AS (
         SELECT ${next("?1", "?2", "?3")}
         UNION ALL
         SELECT ${next("key ->> 0", "key ->> 1", "key ->> 2")} FROM found WHERE key IS NOT NULL
         LIMIT ?4
       ) SELECT key FROM found WHERE key IS NOT NULL`,
    )
    .bind(...after, limit)
    .all<{ key: string }>();
  return results.map(({ key }) => JSON.parse(key) as VersionKey);
}

/** Deletes the buckets of a level that are past their time, of these versions. */
export const deleteOldBuckets = (
  shard: D1Database,
  level: Level,
  { versions, nowUs }: { versions: readonly VersionKey[]; nowUs: number },
): D1PreparedStatement =>
  shard
    .prepare(
      `DELETE FROM bucket WHERE (level, project, prompt, version, slot, env, model) IN (
         SELECT b.level, b.project, b.prompt, b.version, b.slot, b.env, b.model
         FROM json_each(?1) k CROSS JOIN bucket b ON b.level = ${level}
           AND b.project = k.value ->> 0 AND b.prompt = k.value ->> 1
           AND b.version = k.value ->> 2 AND b.slot < ?2)`,
    )
    .bind(JSON.stringify(versions), firstKeptSlot(level, nowUs));

const PLACE = "retention";

export const readPlace = (shard: D1Database): Promise<string | null> =>
  shard.prepare("SELECT value FROM cursor WHERE name = ?1").bind(PLACE).first<string>("value");

export const writePlace = (shard: D1Database, place: string): D1PreparedStatement =>
  shard
    .prepare(
      "INSERT INTO cursor (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .bind(PLACE, place);
