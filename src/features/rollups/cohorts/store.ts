import { type Item, RANGE_ITEMS } from "../../ingest/index.ts";
import type { Span } from "../slots.ts";
import { chunks, type Guard } from "../store.ts";
import { decodeCohort, encodeSums } from "./cohort-text.ts";
import type { Cohort } from "./cohort.ts";
import type { CohortPlan } from "./plan.ts";

/** Characters of keys per look-up. */
const MAX_KEYS = 60_000;

/** No instant is beyond it: where a cohort ends that has no end yet. */
export const NEVER_US = Number.MAX_SAFE_INTEGER;

/**
 * Which cohorts a shard counts, as a number that changes whenever they do: "0" until it first has
 * one. Whoever writes sums makes sure that it is still the one it read.
 */
const REVISION = "coalesce((SELECT value FROM cursor WHERE name = 'cohorts'), '0')";
export const NO_COHORTS = "0";

export const readRevision = async (shard: D1Database): Promise<string> =>
  (await shard.prepare(`SELECT ${REVISION} AS revision`).first<string>("revision")) ?? NO_COHORTS;

/** Extends a guard: the shard still counts the cohorts that it counted when the revision was read. */
export const stillCounts = ({ sql, parameters }: Guard, revision: string): Guard => ({
  sql: `${sql} AND ${REVISION} = ?${parameters.length + 2}`,
  parameters: [...parameters, revision],
});

export type StoredCohort = { project: number; cohort: Cohort };

/** A prompt of a project, and between which instants (both inclusive) something of it changes. */
export type Reach = { project: number; prompt: string; from: number; to: number };

type Row = { project: number; plan: string; data: string };

const storedOf = ({ project, plan, data }: Row): StoredCohort => ({
  project,
  cohort: decodeCohort(JSON.parse(plan) as CohortPlan, data),
});

/** The cohorts that something within the reaches may count in. */
export async function cohortsWithin(
  shard: D1Database,
  reaches: readonly Reach[],
): Promise<StoredCohort[]> {
  const found: StoredCohort[] = [];
  const keys = reaches.map(({ project, prompt, from, to }) =>
    JSON.stringify([project, prompt, from, to]),
  );
  for (const chunk of chunks(keys, (key) => key, MAX_KEYS)) {
    const { results } = await shard
      .prepare(
        `SELECT c.project, c.plan, c.data FROM json_each(?1) k CROSS JOIN cohort c
         ON c.project = k.value ->> 0 AND c.prompt = k.value ->> 1
           AND c.stop > k.value ->> 2 AND c.start <= k.value ->> 3`,
      )
      .bind(`[${chunk.join(",")}]`)
      .all<Row>();
    found.push(...results.map(storedOf));
  }
  return found;
}

/** The cohorts of a rollout, in the order of their stages. */
export async function cohortsOf(
  shard: D1Database,
  { project, prompt, rollout }: { project: number; prompt: string; rollout: string },
): Promise<Cohort[]> {
  const { results } = await shard
    .prepare(
      `SELECT project, plan, data FROM cohort
       WHERE project = ?1 AND prompt = ?2 AND rollout = ?3 ORDER BY stage`,
    )
    .bind(project, prompt, rollout)
    .all<Row>();
  return results.map((row) => storedOf(row).cohort);
}

/** Writes a cohort under a guard. */
export function saveCohort(
  shard: D1Database,
  { project, cohort }: StoredCohort,
  { sql, parameters }: Guard,
): D1PreparedStatement {
  const { plan } = cohort;
  const row = {
    project,
    prompt: plan.prompt,
    rollout: plan.rollout,
    stage: plan.stage,
    start: Math.min(plan.fromUs, plan.eventsFromUs),
    stop: plan.untilUs ?? NEVER_US,
    plan: JSON.stringify(plan),
    data: encodeSums(cohort),
  };
  const columns = Object.keys(row);
  return shard
    .prepare(
      `INSERT INTO cohort (${columns.join(", ")})
       SELECT ${columns.map((column) => `?1 ->> '${column}'`).join(", ")} WHERE ${sql}
       ON CONFLICT DO UPDATE SET stop = excluded.stop, plan = excluded.plan, data = excluded.data`,
    )
    .bind(JSON.stringify(row), ...parameters);
}

/**
 * How far a shard is folded: the first number of its log that is not. It grows with every fold and
 * with nothing else, for numbers are not used again.
 */
const FOLDED_TO = `coalesce((SELECT min(seq) FROM change),
  (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'change'), 1)`;

/** What sums rest on: they may be written as long as it stands still. */
export type FoldState = { foldedTo: number; revision: string };

const STATE = `SELECT ${FOLDED_TO} AS foldedTo, ${REVISION} AS revision`;

export const readState = async (shard: D1Database): Promise<FoldState> => {
  const state = await shard.prepare(STATE).first<FoldState>();
  if (!state) throw new Error("a shard says nothing of its log");
  return state;
};

export const stateGuard = ({ foldedTo, revision }: FoldState): Guard =>
  stillCounts({ sql: `${FOLDED_TO} = ?2`, parameters: [foldedTo] }, revision);

/** Says that the shard counts other cohorts from now on; the last statement of its batch. */
export const moveRevision = (shard: D1Database, state: FoldState): D1PreparedStatement => {
  const { sql, parameters } = stateGuard(state);
  return shard
    .prepare(
      `INSERT INTO cursor (name, value) SELECT 'cohorts', ?1 WHERE ${sql}
       ON CONFLICT DO UPDATE SET value = excluded.value RETURNING value`,
    )
    .bind(String(Number(state.revision) + 1), ...parameters);
};

/** The latest start of a plan's generations in this shard; null without any. */
export async function newestStart(
  shard: D1Database,
  project: number,
  { prompt, control, candidate }: CohortPlan,
): Promise<number | null> {
  return shard
    .prepare(
      `SELECT max(start) AS start FROM (
         SELECT max(start) AS start FROM obs WHERE project = ?1 AND prompt = ?2 AND version = ?3
         UNION ALL
         SELECT max(start) FROM obs WHERE project = ?1 AND prompt = ?2 AND version = ?4)`,
    )
    .bind(project, prompt, control, candidate)
    .first<number>("start");
}

const loggedSql = (image: string): string => `
  SELECT i.value AS item FROM change c CROSS JOIN json_each(${image}) i
  WHERE i.value ->> 0 <> 'Z' AND i.value ->> 1 = ?1 AND i.value ->> 2 = ?2
    AND i.value ->> 3 IN (?3, ?4) AND i.value ->> 4 >= ?5 AND i.value ->> 4 < ?6`;

/** Items of a plan in a span: what rows contribute, and what the log has yet to take out and put in. */
export type Contributions = { state: FoldState; rows: Item[]; before: Item[]; after: Item[] };

/** All of it at one instant. */
export async function contributionsIn(
  shard: D1Database,
  { project, plan, span: { from, to } }: { project: number; plan: CohortPlan; span: Span },
): Promise<Contributions> {
  const { prompt, control, candidate, environment } = plan;
  const rowsOf = (version: number): D1PreparedStatement =>
    shard.prepare(RANGE_ITEMS).bind(project, prompt, version, from, to, environment, null);
  const logged = (image: string): D1PreparedStatement =>
    shard.prepare(loggedSql(image)).bind(project, prompt, control, candidate, from, to);
  const [state, ...items] = await shard.batch<{ item: string }>([
    shard.prepare(STATE),
    rowsOf(control),
    rowsOf(candidate),
    logged("c.before"),
    logged("coalesce(c.after, c.before)"),
  ]);
  const [ofControl = [], ofCandidate = [], before = [], after = []] = items.map(({ results }) =>
    results.map(({ item }) => JSON.parse(item) as Item),
  );
  const [found] = (state?.results ?? []) as unknown as FoldState[];
  if (!found) throw new Error("a shard says nothing of its log");
  return { state: found, rows: [...ofControl, ...ofCandidate], before, after };
}
