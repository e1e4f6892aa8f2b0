import type { MappedBatch } from "../../../../src/features/ingest/batch/map.ts";
import {
  merge,
  OBSERVATION_POLICIES,
  type Policies,
  SCORE_POLICIES,
  stamp,
  type Stamped,
  TRACE_POLICIES,
} from "../../../../src/features/ingest/merge.ts";

type Patch = { id: string; clock: string };

function rowsOf(policies: Policies, patches: readonly Patch[]): Record<string, Stamped["values"]> {
  const rows = new Map<string, Stamped>();
  for (const patch of patches) {
    // Payload metadata is merged as a list of references; here the payload stands for its reference.
    const listed = "metadata" in patch ? { ...patch, metadata: [JSON.stringify(patch)] } : patch;
    const state = stamp(policies, listed);
    const known = rows.get(patch.id);
    rows.set(patch.id, known ? merge(policies, known, state) : state);
  }
  return Object.fromEntries([...rows].map(([id, { values }]) => [id, values]));
}

/** What the rows hold after the patches of these batches, in this order. */
export const rowsAfter = (batches: readonly MappedBatch[]) => ({
  observations: rowsOf(
    OBSERVATION_POLICIES,
    batches.flatMap(({ observations }) => observations),
  ),
  traces: rowsOf(
    TRACE_POLICIES,
    batches.flatMap(({ traces }) => traces),
  ),
  scores: rowsOf(
    SCORE_POLICIES,
    batches.flatMap(({ scores }) => scores),
  ),
});
