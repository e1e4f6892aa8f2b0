import { type Item, RANGE_ITEMS } from "../../ingest/index.ts";
import type { Span } from "../slots.ts";
import type { Guard } from "../store.ts";

/** Which version of which project. */
export type Version = { project: number; prompt: string; version: number };

/**
 * The log's state: `sequence` counts every row it ever had, so that it stands still means that
 * nothing contributed or changed; `waiting` rows are not folded yet.
 */
export type LogState = { sequence: number; waiting: number };

const SEQUENCE = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0)";

/** The log's state, and in which hours since 1970 of a span the version has generations. */
export async function readState(
  shard: D1Database,
  { project, prompt, version }: Version,
  { from, to }: Span,
): Promise<LogState & { hours: number[] }> {
  const [state, hours] = await shard.batch<{ sequence: number; waiting: number; hour: number }>([
    shard.prepare(`SELECT ${SEQUENCE} AS sequence, (SELECT count(*) FROM change) AS waiting`),
    shard
      .prepare(
        `SELECT DISTINCT start / 3600000000 AS hour FROM obs
         WHERE project = ?1 AND prompt = ?2 AND version = ?3 AND start >= ?4 AND start < ?5`,
      )
      .bind(project, prompt, version, from, to),
  ]);
  const { sequence = 0, waiting = 0 } = state?.results[0] ?? {};
  return { sequence, waiting, hours: (hours?.results ?? []).map(({ hour }) => hour) };
}

const itemsIn = (shard: D1Database, sql: string, { project, prompt, version }: Version) => ({
  async within({ from, to }: Span, ...rest: null[]): Promise<Item[]> {
    const { results } = await shard
      .prepare(sql)
      .bind(project, prompt, version, from, to, ...rest)
      .all<{ item: string }>();
    return results.map(({ item }) => JSON.parse(item) as Item);
  },
});

/** What the shard's rows of a version contribute in a span. */
export const rowItems = (shard: D1Database, version: Version, span: Span): Promise<Item[]> =>
  itemsIn(shard, RANGE_ITEMS, version).within(span, null, null);

/** What session scores whose home is this shard contribute in a span. */
export const sessionItems = (shard: D1Database, version: Version, span: Span): Promise<Item[]> =>
  itemsIn(
    shard,
    `SELECT json_array('S', project, prompt, version, start, env, model, 'S', source, type, name,
       num, cat) AS item FROM session_use
     WHERE project = ?1 AND prompt = ?2 AND version = ?3 AND start >= ?4 AND start < ?5`,
    version,
  ).within(span);

/** Holds as long as nothing was logged since the state was read, and nothing waits. */
export const stillGuard = ({ sequence }: LogState): Guard => ({
  sql: `(${SEQUENCE} = ?2 AND NOT EXISTS (SELECT 1 FROM change))`,
  parameters: [sequence],
});

/** Asks in the commit itself whether its guard held. */
export const askStill = (shard: D1Database, { sequence }: LogState): D1PreparedStatement =>
  shard
    .prepare(`SELECT ${SEQUENCE} = ?1 AND NOT EXISTS (SELECT 1 FROM change) AS held`)
    .bind(sequence);
