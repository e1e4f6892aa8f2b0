import type { ScorePatch } from "../../scores/model.ts";
import type { StoredObservation, StoredRows, StoredTrace } from "../accept/stored.ts";
import {
  decode,
  encode,
  merge,
  OBSERVATION_POLICIES,
  type Policies,
  SCORE_POLICIES,
  stamp,
  type Stamped,
  TRACE_POLICIES,
} from "../merge.ts";
import type { ObservationColumns, ScoreColumns, TraceColumns } from "./derive.ts";

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

/** @param owner the trace, or the session of a score that names no trace */
export function addScore(touched: Touched, owner: string, patch: ScorePatch): void {
  const state = stamp(SCORE_POLICIES, patch);
  put(touched.scores, pair(owner, patch.id), { owner, id: patch.id, state }, SCORE_POLICIES);
}

/** Rows of one shard as they are stored, by the keys of `Touched`. */
export type Stored = {
  observations: Map<string, { rev: number; doc: string }>;
  traces: Map<string, { rev: number; doc: string; rootId: string | null; root: string | null }>;
  scores: Map<string, { rev: number; doc: string }>;
};

export type ObservationRow = ObservationColumns & {
  trace: string;
  id: string;
  rev: number;
  doc: string;
};
export type TraceRow = TraceColumns & {
  id: string;
  root_id: string | null;
  root: string | null;
  rev: number;
  doc: string;
};
export type ScoreRow = ScoreColumns & { owner: string; id: string; rev: number; doc: string };

/** What to write: only rows that change, each with the revision it will have (1 for a new row). */
export type Plan = { observations: ObservationRow[]; traces: TraceRow[]; scores: ScoreRow[] };

export type Derive = {
  observation: (state: Stamped) => ObservationColumns;
  trace: (state: Stamped) => TraceColumns;
  score: (state: Stamped) => ScoreColumns;
};

const EMPTY_DOC = encode({ values: {}, clocks: {} });

type TraceDraft = {
  id: string;
  rev: number;
  doc: string;
  rootId: string | null;
  root: string | null;
  changed: boolean;
  /** What `doc` says, where it has been worked out already. */
  state?: Stamped;
  /** The `at` of `root`, likewise. */
  rootAt?: number;
};

function traceDraft(drafts: Map<string, TraceDraft>, stored: Stored, id: string): TraceDraft {
  const known = drafts.get(id);
  if (known) return known;
  const row = stored.traces.get(id);
  const draft = row
    ? { id, ...row, changed: false }
    : { id, rev: 0, doc: EMPTY_DOC, rootId: null, root: null, changed: false };
  drafts.set(id, draft);
  return draft;
}

/**
 * Decides what to write so that the rows hold what they held and what the events say.
 *
 * A parentless observation that is no generation lives in its trace's row while that place is
 * free: it costs no row of its own. Where an observation is, it stays, unless it turns out to be
 * a generation, which only the observation table can hold.
 */
export function plan(touched: Touched, stored: Stored, derive: Derive): Plan {
  const drafts = new Map<string, TraceDraft>();
  for (const [id, { state }] of touched.traces) {
    const draft = traceDraft(drafts, stored, id);
    draft.state = afterwards(TRACE_POLICIES, draft.rev === 0 ? null : draft.doc, state);
    const doc = encode(draft.state);
    draft.changed = doc !== draft.doc || draft.rev === 0;
    draft.doc = doc;
  }
  const observations: ObservationRow[] = [];
  for (const [key, { trace, id, state }] of touched.observations) {
    const draft = traceDraft(drafts, stored, trace);
    const row = placeObservation(draft, stored.observations.get(key), { id, state }, derive);
    if (row) observations.push({ ...row, trace, id });
  }
  const changed = [...drafts.values()].filter((draft) => draft.changed);
  return {
    observations,
    traces: changed.map((draft) => traceRow(draft, derive)),
    scores: scoreRows(touched, stored, derive),
  };
}

/** Puts an observation into its trace's draft, or says the row of its own that it needs. */
function placeObservation(
  draft: TraceDraft,
  row: { rev: number; doc: string } | undefined,
  { id, state }: { id: string; state: Stamped },
  derive: Derive,
): (ObservationColumns & { rev: number; doc: string }) | undefined {
  const wasRoot = draft.rootId === id;
  const before = row ? row.doc : wasRoot ? draft.root : null;
  const after = afterwards(OBSERVATION_POLICIES, before, state);
  const doc = encode(after);
  const columns = derive.observation(after);
  const livesInTrace =
    !row && columns.type !== "GENERATION" && (wasRoot || isFreeFor(draft, after));
  if (livesInTrace) {
    setRoot(draft, id, doc);
    draft.rootAt = columns.at;
    return undefined;
  }
  if (wasRoot) setRoot(draft, null, null);
  const isNews = doc !== before || wasRoot;
  return isNews ? { ...columns, rev: nextRev(row), doc } : undefined;
}

const nextRev = (row: { rev: number } | undefined): number => (row?.rev ?? 0) + 1;

const afterwards = (policies: Policies, before: string | null, state: Stamped): Stamped =>
  before === null ? state : merge(policies, decode(before), state);

const isFreeFor = ({ rootId }: TraceDraft, { values }: Stamped): boolean =>
  rootId === null && values["parentId"] === undefined;

function setRoot(draft: TraceDraft, id: string | null, doc: string | null): void {
  draft.changed ||= draft.root !== doc;
  draft.rootId = id;
  draft.root = doc;
}

const rootAtOf = ({ root, rootAt }: TraceDraft, derive: Derive): number =>
  root === null ? 0 : (rootAt ?? derive.observation(decode(root)).at);

function traceRow(draft: TraceDraft, derive: Derive): TraceRow {
  const { id, rev, doc, rootId, root } = draft;
  const columns = derive.trace(draft.state ?? decode(doc));
  return {
    ...columns,
    at: Math.max(columns.at, rootAtOf(draft, derive)),
    id,
    root_id: rootId,
    root,
    rev: rev + 1,
    doc,
  };
}

function scoreRows(touched: Touched, stored: Stored, derive: Derive): ScoreRow[] {
  const rows: ScoreRow[] = [];
  for (const [key, { owner, id, state }] of touched.scores) {
    const row = stored.scores.get(key);
    const after = afterwards(SCORE_POLICIES, row?.doc ?? null, state);
    const doc = encode(after);
    if (doc === row?.doc) continue;
    rows.push({ ...derive.score(after), owner, id, rev: nextRev(row), doc });
  }
  return rows;
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
