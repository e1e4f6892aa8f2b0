import type { Scope } from "../../../platform/scope.ts";
import { slotOf, type Span } from "../slots.ts";

/** A version as buckets are kept by it; `ingest/model.ts` says which there are. */
export type UsedVersion = { prompt: string; version: number };

/** Pairs that one shard is asked for at a time. */
const PAGE = 1000;

/** A column of the least pair beyond the last one found. */
const next = (column: string): string => `
  (SELECT b.${column} FROM bucket b
   WHERE b.level = 2 AND b.project = ?1 AND (b.prompt, b.version) > (f.prompt, f.version)
   ORDER BY b.prompt, b.version LIMIT 1)`;

const USED = `
  WITH RECURSIVE found (prompt, version) AS (
    SELECT ?2, ?3
    UNION ALL
    SELECT ${next("prompt")}, ${next("version")}
    FROM found f WHERE f.prompt IS NOT NULL
    LIMIT ${PAGE + 1}
  )
  SELECT f.prompt, f.version, EXISTS (
    SELECT 1 FROM bucket b
    WHERE b.level = 2 AND b.project = ?1 AND b.prompt = f.prompt AND b.version = f.version
      AND b.slot >= ?4 AND b.slot < ?5
  ) AS used
  FROM found f WHERE f.prompt IS NOT NULL`;

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
 * a seek for each version that ever had one, whatever it did.
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
