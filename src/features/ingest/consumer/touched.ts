import type { ScorePatch } from "../../scores/model.ts";
import type { StoredObservation, StoredRows, StoredTrace } from "../accept/stored.ts";
import {
  merge,
  OBSERVATION_POLICIES,
  type Policies,
  SCORE_POLICIES,
  stamp,
  type Stamped,
  TRACE_POLICIES,
} from "../merge.ts";
import type { Clock } from "../model.ts";

/** All that a set of requests says of one shard's rows, merged in memory: one state per row. */
export type Touched = {
  observations: Map<string, { trace: string; id: string; state: Stamped }>;
  traces: Map<string, { id: string; state: Stamped }>;
  scores: Map<string, { owner: string; id: string; state: Stamped }>;
};

/** Two ids as one map key; ids hold no NUL. */
export const pair = (a: string, b: string): string => `${a}\u0000${b}`;

export const emptyTouched = (): Touched => ({
  observations: new Map(),
  traces: new Map(),
  scores: new Map(),
});

function put<T extends { state: Stamped }>(
  rows: Map<string, T>,
  key: string,
  row: T,
  policies: Policies,
): void {
  const known = rows.get(key);
  rows.set(key, known ? { ...row, state: merge(policies, known.state, row.state) } : row);
}

export function addObservation(touched: Touched, trace: string, patch: StoredObservation): void {
  const { traceId: _traceId, ...fields } = patch;
  const state = stamp(OBSERVATION_POLICIES, fields);
  put(
    touched.observations,
    pair(trace, patch.id),
    { trace, id: patch.id, state },
    OBSERVATION_POLICIES,
  );
}

export function addTrace(touched: Touched, patch: StoredTrace): void {
  put(
    touched.traces,
    patch.id,
    { id: patch.id, state: stamp(TRACE_POLICIES, patch) },
    TRACE_POLICIES,
  );
}

/** A stored score that goes with its trace: all else is known. */
export function addDeletedScore(
  touched: Touched,
  owner: string,
  patch: { id: string; clock: Clock; deleted: true },
): void {
  const state = stamp(SCORE_POLICIES, patch);
  put(touched.scores, pair(owner, patch.id), { owner, id: patch.id, state }, SCORE_POLICIES);
}

/** @param owner the trace, or the session of a score that names no trace */
export function addScore(touched: Touched, owner: string, patch: ScorePatch): void {
  const state = stamp(SCORE_POLICIES, patch);
  put(touched.scores, pair(owner, patch.id), { owner, id: patch.id, state }, SCORE_POLICIES);
}

/** Traces, and sessions scored as such, that the rows of an object touch: the list of what arrived lately. */
export function tracesOf({ observations, traces, scores }: StoredRows): string[] {
  const ids = new Set<string>();
  for (const { traceId } of [...observations, ...scores]) if (traceId) ids.add(traceId);
  for (const { id } of traces) ids.add(id);
  for (const { traceId, observationId, sessionId } of scores) {
    if (!traceId && !observationId && sessionId) ids.add(sessionId);
  }
  return [...ids];
}
