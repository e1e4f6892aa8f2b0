import type { Rejected } from "../model.ts";
import type { Accepted } from "./stored.ts";

const MS_PER_DAY = 86_400_000;
/** How far a client's clock may run ahead of ours. */
export const MAX_AHEAD_MS = 5 * 60_000;

/** The first instant that a project keeps, in µs since 1970: whole days before today's. */
export function retainedFromUs(now: Date, retentionDays: number): number {
  const startOfDay = Math.floor(now.getTime() / MS_PER_DAY) * MS_PER_DAY;
  return (startOfDay - retentionDays * MS_PER_DAY) * 1000;
}

/**
 * Takes out what starts before the retention or too far ahead: its buckets are closed, or not begun.
 * An item that says no instant stays; it can only add to one that does.
 */
export function withinWindow(
  accepted: Accepted,
  now: Date,
  retentionDays: number,
): { kept: Accepted; rejected: Rejected[] } {
  const fromUs = retainedFromUs(now, retentionDays);
  const toUs = (now.getTime() + MAX_AHEAD_MS) * 1000;
  const rejected: Rejected[] = [];

  const keep = (id: string, field: string, instantUs: number | undefined): boolean => {
    if (instantUs === undefined || (instantUs >= fromUs && instantUs <= toUs)) return true;
    const why =
      instantUs < fromUs
        ? `is older than the project's retention of ${retentionDays} days`
        : "is more than 5 minutes in the future";
    rejected.push({ id, status: 400, message: `${field} ${why}` });
    return false;
  };

  return {
    kept: {
      observations: accepted.observations.filter((o) => keep(o.id, "startTime", o.startUs)),
      traces: accepted.traces.filter((t) => keep(t.id, "timestamp", t.timestampUs)),
      scores: accepted.scores.filter((s) => keep(s.id, "timestamp", s.timestampUs)),
    },
    rejected,
  };
}
