import type { z } from "zod";

import type { Observation } from "../../../features/ingest/reads/contract.ts";

export type TraceObservation = z.infer<typeof Observation>;

/** An observation in its trace: how deep, and where its bar lies, as shares of the whole. */
export type TraceNode = {
  observation: TraceObservation;
  depth: number;
  /** Whether its parent was never sent; it stands at the top. */
  isOrphan: boolean;
  offset: number;
  /** null: it has no end. */
  width: number | null;
};

const startOf = ({ startTime }: TraceObservation): number => Date.parse(startTime);
const endOf = ({ endTime }: TraceObservation): number | null =>
  endTime === null ? null : Date.parse(endTime);

/** From the first start to the last end, in milliseconds since 1970. */
export function spanOf(observations: readonly TraceObservation[]): { from: number; to: number } {
  const starts = observations.map(startOf);
  const ends = observations.map((each) => endOf(each) ?? startOf(each));
  return { from: Math.min(...starts), to: Math.max(...ends) };
}

/**
 * Observations as they are drawn: each below its parent, earlier ones first. One whose parent is
 * not there stands at the top; of parents in a circle, the earliest does.
 */
export function traceNodes(observations: readonly TraceObservation[]): TraceNode[] {
  const { from, to } = spanOf(observations);
  const length = Math.max(1, to - from);
  const ids = new Set(observations.map(({ id }) => id));
  const sorted = observations.toSorted((a, b) => startOf(a) - startOf(b) || (a.id < b.id ? -1 : 1));
  const children = new Map<string, TraceObservation[]>();
  for (const each of sorted) {
    const parent = each.parentObservationId;
    if (parent === null || !ids.has(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const nodes: TraceNode[] = [];
  const placed = new Set<string>();
  const place = (observation: TraceObservation, depth: number): void => {
    if (placed.has(observation.id)) return;
    placed.add(observation.id);
    const parent = observation.parentObservationId;
    const end = endOf(observation);
    nodes.push({
      observation,
      depth,
      isOrphan: parent !== null && !ids.has(parent),
      offset: (startOf(observation) - from) / length,
      width: end === null ? null : Math.max(0, end - startOf(observation)) / length,
    });
    for (const child of children.get(observation.id) ?? []) place(child, depth + 1);
  };
  const isTop = ({ parentObservationId: parent }: TraceObservation): boolean =>
    parent === null || !ids.has(parent);
  for (const each of sorted.filter(isTop)) place(each, 0);
  for (const each of sorted) place(each, 0);
  return nodes;
}
