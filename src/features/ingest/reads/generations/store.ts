import { Refusal } from "../../../../platform/errors.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { throughLabel } from "../../model.ts";
import { observationOf, type ObservationRecord, type ObservationRow } from "../record.ts";
import { byNewest, type Key, type Run } from "./order.ts";

/*
 * Linked generations, newest first. The index begins with prompt and version, so each version is
 * read by itself, its keys out of the index alone, and the runs are merged.
 */

/** Versions that one list may merge, in a shard. */
const MAX_VERSIONS = 2000;
/** Keys that one call reads in a shard at most, but at least `MIN_KEYS` of each version. */
const MAX_KEYS = 4000;
const MIN_KEYS = 5;

type Version = [prompt: string, version: number];

/** The versions that have generations: one seek each, however many generations they have. */
async function versionsIn(
  shard: D1Database,
  tenant: number,
  promptName: string | undefined,
): Promise<Version[]> {
  const first = (where: string): string =>
    `(SELECT json_array(o.prompt, o.version) FROM obs o
      WHERE o.project = CAST(?1 AS INTEGER) AND o.prompt IS NOT NULL AND ${where}
      ORDER BY o.prompt, o.version LIMIT 1)`;
  // Two seeks: one comparison of both columns would walk over the generations of a version.
  const next = (prompt: string, version: string): string => {
    const ofPrompt = first(`o.prompt = ${prompt} AND o.version > ${version}`);
    return promptName === undefined
      ? `coalesce(${ofPrompt}, ${first(`o.prompt > ${prompt}`)})`
      : ofPrompt;
  };
  const { results } = await shard
    .prepare(
      `WITH RECURSIVE found (key) AS (
         SELECT ${next("?2", "-9e15")}
         UNION ALL
         SELECT ${next("key ->> 0", "key ->> 1")} FROM found WHERE key IS NOT NULL
         LIMIT ${MAX_VERSIONS + 1}
       ) SELECT key FROM found WHERE key IS NOT NULL`,
    )
    .bind(tenant, promptName ?? "")
    .all<{ key: string }>();
  if (results.length > MAX_VERSIONS) {
    throw new Refusal(
      "invalid_request",
      `query promptName: is needed where more than ${MAX_VERSIONS} versions are in use`,
    );
  }
  return results.map(({ key }) => JSON.parse(key) as Version);
}

const RUNS = `SELECT (
    SELECT json_group_array(json_array(start, trace, id)) FROM (
      SELECT o.start, o.trace, o.id FROM obs o
      WHERE o.project = CAST(?1 AS INTEGER) AND o.prompt = k.value ->> 0
        AND o.version = k.value ->> 1 AND o.start >= CAST(?3 AS INTEGER)
        AND (o.start, o.trace, o.id) < (CAST(?4 AS INTEGER), ?5, ?6)
      ORDER BY o.start DESC, o.trace DESC, o.id DESC LIMIT CAST(?7 AS INTEGER)
    )
  ) AS keys FROM json_each(?2) k`;

/** What to look for: `before` is exclusive. */
export type Wanted = {
  prompt: { name: string; version: number | undefined } | undefined;
  fromUs: number;
  before: Key;
  /** Keys of a version that are of use; all that one call may read when absent. */
  limit?: number;
};

async function runsIn(shard: D1Database, tenant: number, wanted: Wanted): Promise<Run[]> {
  const { prompt, fromUs, before } = wanted;
  const version = prompt?.version;
  const versions =
    prompt !== undefined && version !== undefined
      ? [version, throughLabel(version)].map((one): Version => [prompt.name, one])
      : await versionsIn(shard, tenant, prompt?.name);
  if (versions.length === 0) return [];
  const share = Math.max(MIN_KEYS, Math.floor(MAX_KEYS / versions.length));
  const limit = Math.min(share, wanted.limit ?? share);
  const { results } = await shard
    .prepare(RUNS)
    .bind(tenant, JSON.stringify(versions), fromUs, before.startUs, before.trace, before.id, limit)
    .all<{ keys: string }>();
  return results.map(({ keys }) => {
    const read = JSON.parse(keys) as [number, string, string][];
    return {
      keys: read.map(([startUs, trace, id]) => ({ startUs, trace, id })),
      isCut: read.length === limit,
    };
  });
}

/** The newest generations of each version, before a place, in every shard. */
export async function selectRuns({ shards, tenant }: Scope, wanted: Wanted): Promise<Run[]> {
  const found = await Promise.all(shards.map((shard) => runsIn(shard, tenant, wanted)));
  return found.flat();
}

const BY_KEY = `SELECT o.trace, o.id, o.type, o.start, o.stop, o.first, o.env, o.version, o.cost,
    o.cost_in, o.cost_out, o.at, o.doc
  FROM json_each(?2) k CROSS JOIN obs o ON o.project = CAST(?1 AS INTEGER)
    AND o.trace = k.value ->> 0 AND o.id = k.value ->> 1
  WHERE o.dead = 0`;

/** The living generations with these keys, in the order of the list. */
export async function selectByKeys(
  { shards, tenant }: Scope,
  keys: readonly Key[],
): Promise<ObservationRecord[]> {
  const wanted = JSON.stringify(keys.map(({ trace, id }) => [trace, id]));
  const found = await Promise.all(
    shards.map((shard) => shard.prepare(BY_KEY).bind(tenant, wanted).all<ObservationRow>()),
  );
  const placeOf = ({ startUs, traceId, id }: ObservationRecord): Key => ({
    startUs: startUs ?? 0,
    trace: traceId,
    id,
  });
  return found
    .flatMap(({ results }) => results.map(observationOf))
    .sort((a, b) => byNewest(placeOf(a), placeOf(b)));
}
