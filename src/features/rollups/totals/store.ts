import type { Scope } from "../../../platform/scope.ts";
import type { SlotRange } from "../slots.ts";
import { chunks, type Filter, MAX_PARAMETER } from "../store.ts";
import type { UsedVersion } from "../traffic/store.ts";

/** What is added up: generations, or what they cost in nano-USD. */
const SUMS = {
  generations: "b.data ->> '$.n'",
  costNanoUsd: "coalesce(CAST(b.data ->> '$.m.cost[1]' AS INTEGER), 0)",
} as const;

export type TotalsWanted = {
  versions: readonly UsedVersion[];
  range: SlotRange;
  filter: Filter;
  of: keyof typeof SUMS;
};

async function totalsOf(
  shard: D1Database,
  tenant: number,
  { range, filter, of }: TotalsWanted,
  pairs: readonly string[],
): Promise<{ slot: number; total: number }[]> {
  const { results } = await shard
    .prepare(
      `SELECT b.slot, sum(${SUMS[of]}) AS total FROM json_each(?1) k CROSS JOIN bucket b
         ON b.level = ?2 AND b.project = ?3 AND b.prompt = k.value ->> 0 AND b.version = k.value ->> 1
         AND b.slot >= ?4 AND b.slot < ?5
       WHERE (?6 IS NULL OR b.env = ?6) AND (?7 IS NULL OR b.model = ?7) GROUP BY b.slot`,
    )
    .bind(
      `[${pairs.join(",")}]`,
      range.level,
      tenant,
      range.from,
      range.to,
      filter.environment,
      filter.model,
    )
    .all<{ slot: number; total: number }>();
  return results;
}

/** One number per slot, over all of these versions; slots without any are absent. D1 adds up. */
export async function readTotals(
  { shards, tenant }: Scope,
  wanted: TotalsWanted,
): Promise<Map<number, number>> {
  const pairs = wanted.versions.map(({ prompt, version }) => JSON.stringify([prompt, version]));
  const parts = chunks(pairs, (pair) => pair, MAX_PARAMETER);
  const found = await Promise.all(
    shards.flatMap((shard) => parts.map((part) => totalsOf(shard, tenant, wanted, part))),
  );
  const totals = new Map<number, number>();
  for (const { slot, total } of found.flat()) totals.set(slot, (totals.get(slot) ?? 0) + total);
  return totals;
}
