import type { Scope } from "../../../../platform/scope.ts";

/** Who made a generation, and how it went. Instants in µs; null is not said. */
export type Call = {
  startUs: number;
  endUs: number;
  failed: boolean;
  environment: string;
  sdk: string | null;
  host: string | null;
  user: string | null;
};

type Row = {
  start: number;
  stop: number;
  err: number;
  env: string;
  sdk: string | null;
  host: string | null;
  user: string | null;
};

/** Which generations: those that name the version, in a stretch of time, `toUs` exclusive. */
export type CallsWanted = {
  prompt: string;
  version: number;
  fromUs: number;
  toUs: number;
  environment: string | null;
  model: string | null;
  limit: number;
};

/**
 * The newest generations of a version, newest first. It reads rows, so many and no more, however
 * many there are.
 */
export async function newestCalls(
  { shards, tenant }: Scope,
  { prompt, version, fromUs, toUs, environment, model, limit }: CallsWanted,
): Promise<Call[]> {
  const found = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(
          `SELECT o.start, o.stop, o.err, o.env, o.doc ->> '$.v.sdk' AS sdk,
             o.doc ->> '$.v.host' AS host, t.doc ->> '$.v.userId' AS user
           FROM (
             SELECT project, trace, start, stop, err, env, doc FROM obs
             WHERE project = ?1 AND prompt = ?2 AND version = ?3 AND start >= ?4 AND start < ?5
               AND dead = 0 AND stop IS NOT NULL
               AND (?6 IS NULL OR env = ?6) AND (?7 IS NULL OR model = ?7)
             ORDER BY start DESC LIMIT ?8
           ) o LEFT JOIN trace t ON t.project = o.project AND t.id = o.trace
           ORDER BY o.start DESC`,
        )
        .bind(tenant, prompt, version, fromUs, toUs, environment, model, limit)
        .all<Row>(),
    ),
  );
  return found
    .flatMap(({ results }) => results)
    .sort((a, b) => b.start - a.start)
    .slice(0, limit)
    .map(({ start, stop, err, env, ...said }) => ({
      startUs: start,
      endUs: stop,
      failed: err !== 0,
      environment: env,
      ...said,
    }));
}
