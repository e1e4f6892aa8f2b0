import type { StoredRows } from "../accept/stored.ts";

/** The rows of an object without what they say of some traces, but for deletions; undefined when they say nothing. */
export function rowsWithout(rows: StoredRows, traces: ReadonlySet<string>): StoredRows | undefined {
  const stays = (id: string | null | undefined, deleted: true | undefined): boolean =>
    deleted === true || typeof id !== "string" || !traces.has(id);
  const left: StoredRows = {
    ...rows,
    observations: rows.observations.filter((one) => stays(one.traceId, one.deleted)),
    traces: rows.traces.filter((one) => stays(one.id, one.deleted)),
    scores: rows.scores.filter((one) => stays(one.traceId, one.deleted)),
  };
  const count = ({ observations, traces: told, scores }: StoredRows): number =>
    observations.length + told.length + scores.length;
  return count(left) === count(rows) ? undefined : left;
}
