import type { Scope } from "../../../platform/scope.ts";
import type { Uses } from "./summary.ts";

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

/** The instants of a stored version's days at one end of time. */
const edge = (end: "min" | "max", place: 3 | 4): string => `
  (SELECT ${end}(json_extract(b.data, '$.m.at[${place}]')) FROM bucket b
   WHERE b.level = 2 AND b.project = ?1 AND b.prompt = ?2 AND b.version = k.value AND b.slot =
     (SELECT ${end}(e.slot) FROM bucket e
      WHERE e.level = 2 AND e.project = ?1 AND e.prompt = ?2 AND e.version = k.value))`;

/**
 * First and last start, in µs, of each stored version over all time, environments and models: read
 * from its first and last day.
 */
export async function usesEver(
  { shards, tenant }: Scope,
  prompt: string,
  versions: readonly number[],
): Promise<Map<number, Uses>> {
  const found = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(
          `SELECT k.value AS version, ${edge("min", 3)} AS first, ${edge("max", 4)} AS last
           FROM json_each(?3) k`,
        )
        .bind(tenant, prompt, JSON.stringify(versions))
        .all<{ version: number } & Uses>(),
    ),
  );
  const uses = new Map<number, Uses>();
  for (const { version, first, last } of found.flatMap(({ results }) => results)) {
    const known = uses.get(version) ?? NEVER;
    uses.set(version, wider(known, { first, last }));
  }
  return uses;
}

export const NEVER: Uses = { first: null, last: null };

/** The uses of both. */
export const wider = (a: Uses, b: Uses): Uses => ({
  first: a.first === null || b.first === null ? (a.first ?? b.first) : Math.min(a.first, b.first),
  last: a.last === null || b.last === null ? (a.last ?? b.last) : Math.max(a.last, b.last),
});
