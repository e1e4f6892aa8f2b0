import type { Scope } from "../../../platform/scope.ts";

/** Below every version that is stored. */
const LOWEST = String(Number.MIN_SAFE_INTEGER);

/** What buckets in any shard are kept by, `ingest/model.ts` says which versions; one seek each. */
export async function versionsWithTraffic(
  { shards, tenant }: Scope,
  prompt: string,
): Promise<number[]> {
  const next = (version: string): string =>
    `(SELECT min(b.version) FROM bucket b
      WHERE b.level = 2 AND b.project = ?1 AND b.prompt = ?2 AND b.version > ${version})`;
  const found = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(
          `WITH RECURSIVE found (version) AS (
             SELECT ${next(LOWEST)}
             UNION ALL
             SELECT ${next("found.version")} FROM found WHERE found.version IS NOT NULL
           ) SELECT version FROM found WHERE version IS NOT NULL`,
        )
        .bind(tenant, prompt)
        .all<{ version: number }>(),
    ),
  );
  const versions = new Set(found.flatMap(({ results }) => results.map(({ version }) => version)));
  return [...versions].sort((a, b) => a - b);
}
