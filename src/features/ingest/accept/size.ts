import type { Clock, Payload, Rejected } from "../model.ts";
import type { Accepted } from "./stored.ts";

/** What one event may carry: characters of its payload's JSON. Batches refuse by bytes before this. */
export const MAX_PAYLOAD_LENGTH = 1_000_000;

const lengthOf = ({ input, output, metadata }: Payload): number =>
  JSON.stringify({ input, output, metadata }).length;

/** Takes out items whose payload is larger than one event may be. */
export function withinSize(accepted: Accepted): {
  kept: Accepted;
  rejected: (Rejected & { clock: Clock })[];
} {
  const rejected: (Rejected & { clock: Clock })[] = [];
  const keep = (patch: { id: string; clock: Clock } & Payload): boolean => {
    if (lengthOf(patch) <= MAX_PAYLOAD_LENGTH) return true;
    const message = "input, output and metadata are larger than 1 MB";
    rejected.push({ id: patch.id, clock: patch.clock, status: 413, message });
    return false;
  };
  return {
    kept: {
      ...accepted,
      observations: accepted.observations.filter(keep),
      traces: accepted.traces.filter(keep),
    },
    rejected,
  };
}
