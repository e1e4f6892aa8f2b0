/*
 * What rows contribute to the buckets, as SQL text. One ingest batch stores this list for the rows
 * it touches before and after its writes, so that the fold can take the old contribution out and
 * put the new one in. The list is a function of the stored rows and the touched keys only: the same
 * keys before and after, never the whole trace, or a long trace would cost its square.
 */

/** Touched rows of one project: observations, scores, and every trace or session that any of them is of. */
export type TouchedKeys = {
  p: number;
  o: [trace: string, id: string][];
  s: [owner: string, id: string][];
  t: string[];
};

/** Where an amount is counted. `start` in µs since 1970; `model` is "" when unknown. */
type Place = [
  project: number,
  prompt: string,
  version: number,
  start: number,
  environment: string,
  model: string,
];

/**
 * What a version was drawn for: the trace, the cell of the user or session (null when unknown), and
 * the split that the generation names (null when it names none). Only rollouts look at it, and
 * count nothing without it.
 */
type Drawn = [trace: string, userCell: number | null, split: string | null];

/** One counted generation. Durations in µs, money in nano-USD, null when unknown. */
export type GenerationItem = [
  "G",
  ...Place,
  failed: 0 | 1,
  latency: number | null,
  timeToFirstToken: number | null,
  inputTokens: number | null,
  outputTokens: number | null,
  totalTokens: number | null,
  cost: number | null,
  inputCost: number | null,
  outputCost: number | null,
  cachedCost: number | null,
  ...(Drawn | []),
];

/**
 * One score at the place of the generation it counts for. `value` in millionths. Name and category
 * are cut to 65 characters: enough to see that they are longer than a cell may name. A session's
 * score was drawn for nothing.
 */
export type ScoreItem = [
  "S",
  ...Place,
  level: "O" | "T" | "S",
  source: string,
  dataType: string,
  name: string,
  value: number | null,
  category: string | null,
  ...(Drawn | []),
];

/** A session that a touched trace belongs to: its scores may have to be settled again. */
export type SessionItem = ["Z", project: number, session: string];

export type Item = GenerationItem | ScoreItem | SessionItem;

/**
 * Smallest and largest values of a metric among counted generations, in the order start, latency,
 * time to first token, input, output and total tokens, cost, input, output and cached cost; or of a score.
 */
export type ExtremesItem =
  | ["G", ...(number | null)[]]
  | [
      "S",
      level: "O" | "T" | "S",
      source: string,
      dataType: string,
      name: string,
      min: number | null,
      max: number | null,
    ];

/** Which rows of `obs AS o` count as a generation of a prompt version. Version 0 is the fallback. */
export const COUNTED = `o.type = 'GENERATION' AND o.start IS NOT NULL AND o.stop IS NOT NULL
  AND o.prompt IS NOT NULL AND o.version IS NOT NULL AND o.dead = 0`;

const PLACE = `o.project, o.prompt, o.version, o.start, o.env, coalesce(o.model, '')`;

const MEASURES = [
  "CASE WHEN o.stop >= o.start THEN o.stop - o.start END",
  "CASE WHEN o.first >= o.start THEN o.first - o.start END",
  "o.tin",
  "o.tout",
  "o.ttot",
  "o.cost",
  "o.cost_in",
  "o.cost_out",
  "o.cost_cached",
];
const DRAWN = "o.trace, o.user_cell, o.split";
const MEASURED = ["o.err <> 0", ...MEASURES, DRAWN].join(", ");

const JUDGED = `s.level, s.source, s.type, substr(s.name, 1, 65), s.num, substr(s.cat, 1, 65), ${DRAWN}`;

/** Counted generations among the observations of `k`. */
const GENERATIONS = `k CROSS JOIN obs o
    ON o.project = k.project AND o.trace = k.trace AND o.id = k.id
  WHERE ${COUNTED}`;

/**
 * Observation scores that are touched, or whose observation is. Both, because a score that moves to
 * another observation leaves the old one only through its own id.
 */
const OBSERVATION_SCORES = `kt
  CROSS JOIN score s ON s.project = kt.project AND s.owner = kt.trace
  CROSS JOIN obs o ON o.project = s.project AND o.trace = s.owner AND o.id = s.obs
  WHERE s.level = 'O' AND s.dead = 0 AND ${COUNTED}
    AND ((s.project, s.owner, s.id) IN (SELECT project, owner, id FROM ks)
      OR (s.project, s.owner, s.obs) IN (SELECT project, trace, id FROM k))`;

/**
 * The version behind a stored one, see `model.ts`: a trace meets it once, whether generations named
 * it or a label led to it.
 */
export const VERSION_MET = "CASE WHEN o.version < -1 THEN -1 - o.version ELSE o.version END";
/** Generations that named the version come first: a guess must not take what judges may count. */
export const NAMED_FIRST = "o.version < 0";

/**
 * Trace scores, at the earliest counted generation of each version in the trace: of those that named
 * it, or where none did, of those that a label led to it; ties by id.
 */
const TRACE_SCORES = `(
    SELECT o.*, row_number() OVER (
        PARTITION BY o.project, o.trace, o.prompt, ${VERSION_MET}
        ORDER BY ${NAMED_FIRST}, o.start, o.id
      ) AS place
    FROM (
      SELECT kt.project, kt.trace FROM kt WHERE EXISTS (
        SELECT 1 FROM score s
        WHERE s.project = kt.project AND s.owner = kt.trace AND s.level = 'T' AND s.dead = 0)
    ) scored CROSS JOIN obs o ON o.project = scored.project AND o.trace = scored.trace
    WHERE ${COUNTED}
  ) o
  CROSS JOIN score s ON s.project = o.project AND s.owner = o.trace
  WHERE o.place = 1 AND s.level = 'T' AND s.dead = 0`;

/**
 * A scalar subquery without its brackets: the JSON list of `Item`s of the touched rows.
 *
 * @param param the SQL parameter that holds `TouchedKeys` as JSON, such as `?1`
 */
export const itemsSql = (param: string): string => `
  WITH k AS MATERIALIZED (
    SELECT ${param} ->> '$.p' AS project, value ->> 0 AS trace, value ->> 1 AS id
    FROM json_each(${param}, '$.o')
  ), ks AS MATERIALIZED (
    SELECT ${param} ->> '$.p' AS project, value ->> 0 AS owner, value ->> 1 AS id
    FROM json_each(${param}, '$.s')
  ), kt AS MATERIALIZED (
    SELECT ${param} ->> '$.p' AS project, value AS trace FROM json_each(${param}, '$.t')
  )
  SELECT json_group_array(json(item)) FROM (
    SELECT json_array('G', ${PLACE}, ${MEASURED}) AS item FROM ${GENERATIONS}
    UNION ALL
    SELECT json_array('S', ${PLACE}, ${JUDGED}) FROM ${OBSERVATION_SCORES}
    UNION ALL
    SELECT json_array('S', ${PLACE}, ${JUDGED}) FROM ${TRACE_SCORES}
    UNION ALL
    SELECT json_array('Z', t.project, t.session)
    FROM kt CROSS JOIN trace t ON t.project = kt.project AND t.id = kt.trace
    WHERE t.session IS NOT NULL
  )`;

/**
 * Keys of what a stretch of time holds: ?1 project, ?2 prompt, ?3 version, ?4 from and ?5 to in µs
 * (exclusive), ?6 environment and ?7 model, null for any.
 */
const RANGE = `o.project = ?1 AND o.prompt = ?2 AND o.version = ?3 AND o.start >= ?4 AND o.start < ?5
  AND (?6 IS NULL OR o.env = ?6) AND (?7 IS NULL OR coalesce(o.model, '') = ?7)`;
const RANGE_KEYS = `
  k AS MATERIALIZED (SELECT o.project, o.trace, o.id FROM obs o WHERE ${RANGE} AND ${COUNTED}),
  ks AS (SELECT 0 AS project, '' AS owner, '' AS id WHERE false),
  kt AS MATERIALIZED (SELECT DISTINCT project, trace FROM k)`;

/**
 * The `Item`s that a stretch of time holds, one row `item` each: the same statements as the images,
 * so that recomputing and folding cannot differ. Session scores are not rows of this shard.
 * Parameters: project, prompt, version, from, to, environment or null, model or null.
 */
export const RANGE_ITEMS = `
  WITH ${RANGE_KEYS}
  SELECT json_array('G', ${PLACE}, ${MEASURED}) AS item FROM ${GENERATIONS}
  UNION ALL
  SELECT json_array('S', ${PLACE}, ${JUDGED}) FROM ${OBSERVATION_SCORES}
  UNION ALL
  SELECT json_array('S', ${PLACE}, ${JUDGED}) FROM ${TRACE_SCORES} AND ${RANGE}`;

const extremes = (values: readonly string[]): string =>
  values.map((value) => `min(${value}), max(${value})`).join(", ");

/** As `RANGE_ITEMS`, but one row `item` of `ExtremesItem` for the generations and per kind of score. */
export const RANGE_EXTREMES = `
  WITH ${RANGE_KEYS}
  SELECT json_array('G', ${extremes(["o.start", ...MEASURES])}) AS item FROM ${GENERATIONS}
  UNION ALL
  SELECT json_array('S', level, source, type, name, min(num), max(num)) FROM (
    SELECT s.level, s.source, s.type, substr(s.name, 1, 65) AS name, s.num FROM ${OBSERVATION_SCORES}
    UNION ALL
    SELECT s.level, s.source, s.type, substr(s.name, 1, 65), s.num FROM ${TRACE_SCORES} AND ${RANGE}
  ) GROUP BY level, source, type, name`;

/**
 * Marks the sessions of touched session scores for settling; runs after the scores are written.
 * Always a new mark: an existing one may already have been read by a run under way. A score that
 * has become another level's is still marked as long as it contributes through its session.
 *
 * @param param as `itemsSql`
 */
export const sessionMarksSql = (param: string): string => `
  INSERT INTO mark (project, session)
  SELECT DISTINCT s.project, s.owner
  FROM json_each(${param}, '$.s') touched
  CROSS JOIN score s ON s.project = ${param} ->> '$.p' AND s.owner = touched.value ->> 0
    AND s.id = touched.value ->> 1
  WHERE s.level = 'S' OR EXISTS (
    SELECT 1 FROM session_use u
    WHERE u.project = s.project AND u.session = s.owner AND u.score = s.id)`;
