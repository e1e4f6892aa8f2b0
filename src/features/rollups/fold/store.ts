import { type ExtremesItem, type Item, RANGE_EXTREMES } from "../../ingest/index.ts";
import type { CellKey } from "../model.ts";
import { spanOf } from "../slots.ts";
import { chunks, type Guard, MAX_PARAMETER } from "../store.ts";

/** Rows and characters of the log that are read at once. */
const PAGE_ROWS = 50;
const PAGE_CHARACTERS = 4_000_000;

export type LogRow = { seq: number; before: Item[]; after: Item[] };

/** The log's first rows after `seq`, as many as fit into one page and at least one. */
export async function readLog(shard: D1Database, seq: number): Promise<LogRow[]> {
  const { results } = await shard
    .prepare(
      `SELECT seq, before, after FROM (
         SELECT *, sum(size) OVER (ORDER BY seq) - size AS ahead FROM (
           SELECT seq, before, coalesce(after, before) AS after,
             length(before) + length(coalesce(after, before)) AS size
           FROM change WHERE seq > ?1 ORDER BY seq LIMIT ${PAGE_ROWS}
         )
       ) WHERE ahead < ${PAGE_CHARACTERS} ORDER BY seq`,
    )
    .bind(seq)
    .all<{ seq: number; before: string; after: string }>();
  return results.map((row) => ({
    seq: row.seq,
    before: JSON.parse(row.before) as Item[],
    after: JSON.parse(row.after) as Item[],
  }));
}

/** How many log rows wait. */
export const logLength = async (shard: D1Database): Promise<number> =>
  (await shard.prepare("SELECT count(*) AS n FROM change").first<number>("n")) ?? 0;

/** Marks sessions in their home shard, those that have a score; always a new mark. */
export async function markSessions(
  home: D1Database,
  sessions: readonly [project: number, session: string][],
): Promise<void> {
  const texts = sessions.map((session) => JSON.stringify(session));
  for (const chunk of chunks(texts, (text) => text, MAX_PARAMETER)) {
    await home
      .prepare(
        `INSERT INTO mark (project, session)
         SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?1) k WHERE EXISTS (
           SELECT 1 FROM score s
           WHERE s.project = k.value ->> 0 AND s.owner = k.value ->> 1 AND s.level = 'S')`,
      )
      .bind(`[${chunk.join(",")}]`)
      .run();
  }
}

const SESSION_EXTREMES = `
  SELECT json_array('S', 'S', source, type, name, min(num), max(num)) AS item FROM session_use
  WHERE project = ?1 AND prompt = ?2 AND version = ?3 AND start >= ?4 AND start < ?5
    AND env = ?6 AND model = ?7
  GROUP BY source, type, name`;

/** Cells looked up in one batch. */
export const LOOK_UPS_PER_BATCH = 25;

/** Extremes of each cell in the rows, in the order of the keys; at most LOOK_UPS_PER_BATCH keys. */
export async function rowExtremes(
  shard: D1Database,
  keys: readonly CellKey[],
): Promise<ExtremesItem[][]> {
  const statements = keys.flatMap((key) => {
    const { from, to } = spanOf(key.level, key.slot);
    const { project, prompt, version, environment, model } = key;
    const values = [project, prompt, version, from, to, environment, model];
    return [RANGE_EXTREMES, SESSION_EXTREMES].map((sql) => shard.prepare(sql).bind(...values));
  });
  const results = await shard.batch<{ item: string }>(statements);
  return keys.map((_, i) =>
    results
      .slice(2 * i, 2 * i + 2)
      .flatMap((result) => result.results.map(({ item }) => JSON.parse(item) as ExtremesItem)),
  );
}

/** Takes folded rows out of the log; the last statement of a commit, because it ends the guard. */
export const deleteLog = (
  shard: D1Database,
  last: number,
  { sql, parameters }: Guard,
): D1PreparedStatement =>
  shard.prepare(`DELETE FROM change WHERE seq <= ?1 AND ${sql}`).bind(last, ...parameters);

/** Holds as long as the first log row that a run read is still there. Numbers never come again. */
export const logGuard = (first: number): Guard => ({
  sql: "EXISTS (SELECT 1 FROM change WHERE seq = ?2)",
  parameters: [first],
});
