import { COUNTED, NAMED_FIRST, VERSION_MET } from "../../ingest/index.ts";
import { chunks, MAX_PARAMETER } from "../store.ts";
import { itemOf, type Meeting, type SessionScore, type SessionUse } from "./uses.ts";

/** Marks that are read at once. */
export const PAGE_MARKS = 200;

const MARKED = `(SELECT DISTINCT project, session
  FROM (SELECT project, session FROM mark ORDER BY seq LIMIT ${PAGE_MARKS}))`;

export type Mark = { seq: number; project: number; session: string };
export type Marked = { marks: Mark[]; scores: SessionScore[]; uses: SessionUse[] };

/** The home's first marks, with the live scores and the stored uses of their sessions. */
export async function readMarked(home: D1Database): Promise<Marked> {
  const [marks, scores, uses] = await home.batch([
    home.prepare(`SELECT seq, project, session FROM mark ORDER BY seq LIMIT ${PAGE_MARKS}`),
    home.prepare(
      `SELECT s.project, s.owner AS session, s.id AS score, substr(s.name, 1, 65) AS name, s.source,
         s.type, s.num, substr(s.cat, 1, 65) AS cat
       FROM ${MARKED} m CROSS JOIN score s ON s.project = m.project AND s.owner = m.session
       WHERE s.level = 'S' AND s.dead = 0`,
    ),
    home.prepare(
      `SELECT u.* FROM ${MARKED} m
       CROSS JOIN session_use u ON u.project = m.project AND u.session = m.session`,
    ),
  ]);
  return {
    marks: (marks?.results ?? []) as Mark[],
    scores: (scores?.results ?? []) as SessionScore[],
    uses: (uses?.results ?? []) as SessionUse[],
  };
}

/** The earliest counted generation per version of each session in one shard, as in `images.ts`. */
export async function readMeetings(
  shard: D1Database,
  sessions: readonly [project: number, session: string][],
): Promise<Meeting[]> {
  const { results } = await shard
    .prepare(
      `SELECT project, session, prompt, version, start, id, trace, env, model FROM (
         SELECT t.project, t.session, o.prompt, o.version, o.start, o.id, o.trace, o.env,
           coalesce(o.model, '') AS model, row_number() OVER (
             PARTITION BY t.project, t.session, o.prompt, ${VERSION_MET}
             ORDER BY ${NAMED_FIRST}, o.start, o.id, o.trace
           ) AS place
         FROM json_each(?1) k
         CROSS JOIN trace t ON t.project = k.value ->> 0 AND t.session = k.value ->> 1
         CROSS JOIN obs o ON o.project = t.project AND o.trace = t.id
         WHERE ${COUNTED}
       ) WHERE place = 1`,
    )
    .bind(JSON.stringify(sessions))
    .all<Meeting>();
  return results;
}

/** What a settled session was, and what it is now; `first` and `seqs` are the marks it settles. */
export type Settled = {
  project: number;
  session: string;
  first: number;
  seqs: number[];
  before: SessionUse[];
  after: SessionUse[];
  isChanged: boolean;
};

const USE_COLUMNS = [
  "project",
  "session",
  "score",
  "prompt",
  "version",
  "env",
  "model",
  "start",
  "name",
  "source",
  "type",
  "num",
  "cat",
] as const satisfies (keyof SessionUse)[];

const useRow = (first: number, use: SessionUse): unknown[] => [
  first,
  ...USE_COLUMNS.map((column) => use[column]),
];

const STILL_MARKED = "EXISTS (SELECT 1 FROM mark WHERE mark.seq = k.value ->> 0)";

/**
 * Stores settled sessions in one transaction: the difference goes to the log, because only the fold
 * writes buckets. Each session by itself is left alone when its first mark is gone, which means
 * that another run has settled it.
 */
export async function saveSettled(home: D1Database, settled: readonly Settled[]): Promise<void> {
  const changed = settled.filter(({ isChanged }) => isChanged);
  const log = changed.map(({ first, before, after }) => [
    first,
    JSON.stringify(before.map(itemOf)),
    JSON.stringify(after.map(itemOf)),
  ]);
  const sessions = changed.map(({ first, project, session }) => [first, project, session]);
  const uses = changed.flatMap(({ first, after }) => after.map((use) => useRow(first, use)));
  const consumed = settled.map(({ first, seqs }) => [first, seqs]);
  const statements = (sql: string, rows: readonly unknown[]): D1PreparedStatement[] =>
    chunks(
      rows.map((row) => JSON.stringify(row)),
      (text) => text,
      MAX_PARAMETER,
    ).map((chunk) => home.prepare(sql).bind(`[${chunk.join(",")}]`));
  await home.batch([
    ...statements(
      `INSERT INTO change (before, after)
       SELECT k.value ->> 1, k.value ->> 2 FROM json_each(?1) k WHERE ${STILL_MARKED}`,
      log,
    ),
    ...statements(
      `DELETE FROM session_use WHERE (project, session) IN (
         SELECT k.value ->> 1, k.value ->> 2 FROM json_each(?1) k WHERE ${STILL_MARKED})`,
      sessions,
    ),
    ...statements(
      `INSERT INTO session_use (${USE_COLUMNS.join(", ")})
       SELECT ${USE_COLUMNS.map((_, i) => `k.value ->> ${i + 1}`).join(", ")}
       FROM json_each(?1) k WHERE ${STILL_MARKED}`,
      uses,
    ),
    ...statements(
      `DELETE FROM mark WHERE seq IN (
         SELECT consumed.value FROM json_each(?1) k, json_each(k.value, '$[1]') consumed
         WHERE ${STILL_MARKED})`,
      consumed,
    ),
  ]);
}
