import type { Clock, Rejected } from "../model.ts";

const MS_PER_DAY = 86_400_000;
/** How far a client's clock may run ahead of ours. */
export const MAX_AHEAD_MS = 5 * 60_000;

/** The first instant that a project keeps, in µs since 1970: whole days before today's. */
export function retainedFromUs(now: Date, retentionDays: number): number {
  const startOfDay = Math.floor(now.getTime() / MS_PER_DAY) * MS_PER_DAY;
  return (startOfDay - retentionDays * MS_PER_DAY) * 1000;
}

/** Things that say, or do not say, when they happened. */
type Dated = {
  observations: readonly { id: string; clock: Clock; startUs?: number }[];
  traces: readonly { id: string; clock: Clock; timestampUs?: number }[];
  scores: readonly { id: string; clock: Clock; timestampUs: number }[];
};

/** What is too old or too far ahead. Of several sayings about one thing, `clock` tells which it is. */
export type OutOfWindow = Rejected & { clock: Clock };

/**
 * Takes out what starts before the retention or too far ahead: its buckets are closed, or not begun.
 * An item that says no instant stays; it can only add to one that does.
 */
export function withinWindow<T extends Dated>(
  accepted: T,
  now: Date,
  retentionDays: number,
): { kept: T; rejected: OutOfWindow[] } {
  const fromUs = retainedFromUs(now, retentionDays);
  const toUs = (now.getTime() + MAX_AHEAD_MS) * 1000;
  const rejected: OutOfWindow[] = [];

  const keep = (
    { id, clock }: { id: string; clock: Clock },
    field: string,
    instantUs: number | undefined,
  ): boolean => {
    if (instantUs === undefined || (instantUs >= fromUs && instantUs <= toUs)) return true;
    const why =
      instantUs < fromUs
        ? `is older than the project's retention of ${retentionDays} days`
        : "is more than 5 minutes in the future";
    rejected.push({ id, clock, status: 400, message: `${field} ${why}` });
    return false;
  };

  return {
    kept: {
      ...accepted,
      observations: accepted.observations.filter((o) => keep(o, "startTime", o.startUs)),
      traces: accepted.traces.filter((t) => keep(t, "timestamp", t.timestampUs)),
      scores: accepted.scores.filter((s) => keep(s, "timestamp", s.timestampUs)),
    },
    rejected,
  };
}
