import type { Scope } from "../../../platform/scope.ts";
import { FALLBACK_VERSION, UNRESOLVED_VERSION } from "../../ingest/model.ts";

/** What all versions of a prompt did on one UTC day, in one shard. */
export type UsedDay = {
  prompt: string;
  slot: number;
  generations: number;
  /** Those whose cost is known, and their sum. */
  priced: number;
  costNanoUsd: number;
};

const nextVersion = (prompt: string, beyond: string): string => `
  (SELECT min(b.version) FROM bucket b
   WHERE b.level = 2 AND b.project = ?1 AND b.prompt = ${prompt} AND b.version > ${beyond})`;

/** A seek for each version that ever had traffic, then its days: nothing of other prompts is read. */
const USED = `
  WITH RECURSIVE found (prompt, version) AS (
    SELECT k.value, ${nextVersion("k.value", String(Number.MIN_SAFE_INTEGER))} FROM json_each(?2) k
    UNION ALL
    SELECT f.prompt, ${nextVersion("f.prompt", "f.version")}
    FROM found f WHERE f.version IS NOT NULL
  )
  SELECT f.prompt, b.slot,
    sum(b.data ->> '$.n') AS generations,
    sum(coalesce(b.data ->> '$.m.cost[0]', 0)) AS priced,
    sum(coalesce(CAST(b.data ->> '$.m.cost[1]' AS INTEGER), 0)) AS costNanoUsd
  FROM found f CROSS JOIN bucket b
    ON b.level = 2 AND b.project = ?1 AND b.prompt = f.prompt AND b.version = f.version
    AND b.slot >= ?3 AND b.slot < ?4
  WHERE f.version IS NOT NULL AND f.version NOT IN (${FALLBACK_VERSION}, ${UNRESOLVED_VERSION})
  GROUP BY f.prompt, b.slot`;

/** Days of several prompts, those of each shard by themselves; days without traffic are absent. */
export async function selectUsedDays(
  { shards, tenant }: Scope,
  prompts: readonly string[],
  slots: { from: number; to: number },
): Promise<UsedDay[]> {
  const found = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare(USED)
        .bind(tenant, JSON.stringify(prompts), slots.from, slots.to)
        .all<UsedDay>(),
    ),
  );
  return found.flatMap(({ results }) => results);
}
