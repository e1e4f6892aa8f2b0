import type { Scope } from "../../../../platform/scope.ts";
import type { ObjectPlace } from "./place.ts";

/*
 * Traces as the accepted objects touched them, the newest object first, and of one object what it
 * speaks of last: there is no index by time.
 * Objects are listed in the first shard.
 */

/** Objects that one call reads, and newer ones among which it looks for traces it showed before. */
const OBJECTS = 500;
const NEWER_OBJECTS = 2000;

/** `id` is null for an object that touched nothing. */
type Row = { name: string; place: number | null; id: string | null };

const TOUCHED = `SELECT o.name, t.key AS place, t.value AS id FROM (
    SELECT name, traces FROM object
    WHERE project = CAST(?1 AS INTEGER) AND error IS NULL AND name <= ?2
    ORDER BY name DESC LIMIT ${OBJECTS}
  ) o LEFT JOIN json_each(o.traces) t
  WHERE o.name < ?2 OR t.key < CAST(?3 AS INTEGER)
  ORDER BY o.name DESC, t.key DESC LIMIT CAST(?4 AS INTEGER)`;

/** Sorts after every name. */
const NEWEST = "\u{10FFFF}";

export type Touched = {
  traces: (ObjectPlace & { id: string })[];
  /** Where to go on; null after the oldest object. */
  end: ObjectPlace | null;
};

function endOf(rows: readonly Row[], limit: number): ObjectPlace | null {
  const last = rows.at(-1);
  if (!last) return null;
  if (rows.length === limit) return { object: last.name, at: last.place ?? 0 };
  // The first object may have been read to its end by the call before, and so show no row.
  const objects = new Set(rows.map(({ name }) => name)).size;
  return objects < OBJECTS - 1 ? null : { object: last.name, at: 0 };
}

/** Traces touched before a place, at most `limit`. One that several objects touched comes several times. */
export async function selectTouched(
  { shards, tenant }: Scope,
  after: ObjectPlace | undefined,
  limit: number,
): Promise<Touched> {
  const found = await shards[0]
    ?.prepare(TOUCHED)
    .bind(tenant, after?.object ?? NEWEST, after?.at ?? 0, limit)
    .all<Row>();
  const rows = found?.results ?? [];
  const traces = rows.flatMap(({ name, place, id }) =>
    id === null ? [] : [{ object: name, at: place ?? 0, id }],
  );
  return { traces, end: endOf(rows, limit) };
}

/** Those of the traces that an object newer than this one touched too. */
export async function touchedAfter(
  { shards, tenant }: Scope,
  object: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const found = await shards[0]
    ?.prepare(
      `SELECT DISTINCT t.value AS id FROM (
         SELECT traces FROM object
         WHERE project = CAST(?1 AS INTEGER) AND error IS NULL AND name > ?2
         ORDER BY name LIMIT ${NEWER_OBJECTS}
       ) o CROSS JOIN json_each(o.traces) t
       WHERE t.value IN (SELECT value FROM json_each(?3))`,
    )
    .bind(tenant, object, JSON.stringify(ids))
    .all<{ id: string }>();
  return new Set(found?.results.map(({ id }) => id));
}
