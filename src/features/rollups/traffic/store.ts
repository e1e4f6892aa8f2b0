import type { Scope } from "../../../platform/scope.ts";
import { slotOf, type Span } from "../slots.ts";

/** A version as buckets are kept by it; `ingest/model.ts` says which there are. */
export type UsedVersion = { prompt: string; version: number };

/** Pairs that one shard is asked for at a time. */
const PAGE = 1000;

/** The least pair of those. */
const first = (where: string): string => `
  (SELECT json_array(b.prompt, b.version) FROM bucket b
   WHERE b.level = 2 AND b.project = ?1 AND ${where} ORDER BY b.prompt, b.version LIMIT 1)`;

// Two seeks: one comparison of both columns would walk over the buckets of the pair before.
const USED = `
  WITH RECURSIVE found (pair) AS (
    SELECT json_array(?2, ?3)
    UNION ALL
    SELECT coalesce(
      ${first("b.prompt = f.pair ->> 0 AND b.version > f.pair ->> 1")},
      ${first("b.prompt > f.pair ->> 0")})
    FROM found f WHERE f.pair IS NOT NULL
    LIMIT ${PAGE + 1}
  )
  SELECT f.pair ->> 0 AS prompt, f.pair ->> 1 AS version, EXISTS (
    SELECT 1 FROM bucket b
    WHERE b.level = 2 AND b.project = ?1 AND b.prompt = f.pair ->> 0 AND b.version = f.pair ->> 1
      AND b.slot >= ?4 AND b.slot < ?5
  ) AS used
  FROM found f WHERE f.pair IS NOT NULL`;

type Row = UsedVersion & { used: 0 | 1 };

async function usedIn(
  shard: D1Database,
  tenant: number,
  slots: { from: number; to: number },
): Promise<UsedVersion[]> {
  const used: UsedVersion[] = [];
  let last: UsedVersion | undefined = { prompt: "", version: 0 };
  while (last) {
    const { results }: D1Result<Row> = await shard
      .prepare(USED)
      .bind(tenant, last.prompt, last.version, slots.from, slots.to)
      .all<Row>();
    // The first row is where this page began.
    const rows = results.slice(1);
    used.push(...rows.filter((row) => row.used === 1));
    last = rows.length === PAGE ? rows.at(-1) : undefined;
  }
  return used.map(({ prompt, version }) => ({ prompt, version }));
}

/**
 * Every version with a generation on the UTC days that a span in µs touches, by prompt and version:
 * two seeks for each version that ever had one, whatever it did.
 */
export async function versionsUsedOn(
  { shards, tenant }: Scope,
  { from, to }: Span,
): Promise<UsedVersion[]> {
  const slots = { from: slotOf(2, from), to: slotOf(2, to - 1) + 1 };
  const found = await Promise.all(shards.map((shard) => usedIn(shard, tenant, slots)));
  const each = new Map(
    found.flat().map((used) => [JSON.stringify([used.prompt, used.version]), used] as const),
  );
  return [...each.values()].sort((a, b) =>
    a.prompt === b.prompt ? a.version - b.version : a.prompt < b.prompt ? -1 : 1,
  );
}
