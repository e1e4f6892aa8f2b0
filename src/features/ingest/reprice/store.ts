import type { Place } from "./place.ts";

/** A row and what it costs so far, in nano-USD. */
export type PricedRow = {
  trace: string;
  id: string;
  start: number | null;
  cost: number | null;
  cost_in: number | null;
  cost_out: number | null;
  cost_cached: number | null;
  doc: string;
};

/** The next rows of a project in one shard, in the order of their keys. */
export async function selectRows(
  shard: D1Database,
  tenant: number,
  { trace, id }: Place,
  limit: number,
): Promise<PricedRow[]> {
  const { results } = await shard
    .prepare(
      `SELECT trace, id, start, cost, cost_in, cost_out, cost_cached, doc FROM obs
       WHERE project = CAST(?1 AS INTEGER) AND (trace, id) > (?2, ?3)
       ORDER BY trace, id LIMIT CAST(?4 AS INTEGER)`,
    )
    .bind(tenant, trace, id, limit)
    .all<PricedRow>();
  return results;
}

export async function countRows(shards: readonly D1Database[], tenant: number): Promise<number> {
  const counts = await Promise.all(
    shards.map((shard) =>
      shard
        .prepare("SELECT count(*) AS n FROM obs WHERE project = CAST(?1 AS INTEGER)")
        .bind(tenant)
        .first<number>("n"),
    ),
  );
  return counts.reduce<number>((sum, n) => sum + (n ?? 0), 0);
}
