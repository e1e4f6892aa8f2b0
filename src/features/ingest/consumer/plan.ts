import type { PayloadRef } from "../accept/payload.ts";
import { decodeDoc, encodeDoc } from "../doc.ts";
import {
  merge,
  OBSERVATION_POLICIES,
  type Policies,
  SCORE_POLICIES,
  type Stamped,
  TRACE_POLICIES,
} from "../merge.ts";
import type { Clock } from "../model.ts";
import {
  buriedObservation,
  buriedScore,
  buriedTrace,
  deletionIn,
  deletionOf,
  placesOf,
} from "./burial.ts";
import type { ObservationColumns, ScoreColumns, TraceColumns } from "./derive.ts";
import type { Touched } from "./touched.ts";

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
export type Plan = {
  observations: ObservationRow[];
  traces: TraceRow[];
  scores: ScoreRow[];
  /** Where payloads of deleted traces lie; to be erased before the rows forget it. */
  erased: PayloadRef[];
  /** Deleted traces that anything was said of. */
  buried: ReadonlySet<string>;
};

export type Derive = {
  observation: (state: Stamped) => ObservationColumns;
  trace: (state: Stamped) => TraceColumns;
  score: (state: Stamped) => ScoreColumns;
};

const EMPTY_DOC = encodeDoc({ values: {}, clocks: {} });

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
  /** When the trace was deleted. */
  deletion: Clock | undefined;
};

function traceDraft(drafts: Map<string, TraceDraft>, stored: Stored, id: string): TraceDraft {
  const known = drafts.get(id);
  if (known) return known;
  const row = stored.traces.get(id);
  const draft: TraceDraft = row
    ? { id, ...row, changed: false, deletion: deletionIn(row.doc) }
    : {
        id,
        rev: 0,
        doc: EMPTY_DOC,
        rootId: null,
        root: null,
        changed: false,
        deletion: undefined,
      };
  drafts.set(id, draft);
  return draft;
}

/**
 * Decides what to write so that the rows hold what they held and what the events say.
 *
 * A parentless observation that is no generation lives in its trace's row while that place is
 * free: it costs no row of its own. Where an observation is, it stays, unless it turns out to be
 * a generation, which only the observation table can hold.
 *
 * Whatever comes for a deleted trace, early or late, is buried with it.
 */
export function plan(touched: Touched, stored: Stored, derive: Derive): Plan {
  const drafts = new Map<string, TraceDraft>();
  const erased: PayloadRef[] = [];
  for (const [id, { state }] of touched.traces) {
    const draft = traceDraft(drafts, stored, id);
    const after = afterwards(TRACE_POLICIES, draft.rev === 0 ? null : draft.doc, state);
    draft.deletion = deletionOf(after);
    if (draft.deletion !== undefined) erased.push(...placesOf(after));
    draft.state = draft.deletion === undefined ? after : buriedTrace(after);
    const doc = encodeDoc(draft.state);
    draft.changed = doc !== draft.doc || draft.rev === 0;
    draft.doc = doc;
    erased.push(...buryRoot(draft));
  }
  const observations: ObservationRow[] = [];
  for (const [key, { trace, id, state }] of touched.observations) {
    const draft = traceDraft(drafts, stored, trace);
    const row = placeObservation(
      draft,
      { row: stored.observations.get(key), id, state, erased },
      derive,
    );
    if (row) observations.push({ ...row, trace, id });
  }
  const scores = scoreRows(touched, stored, {
    derive,
    deletionOfTrace: (id) => (drafts.get(id) ?? traceDraft(drafts, stored, id)).deletion,
  });
  const all = [...drafts.values()];
  const buried = new Set(all.filter(({ deletion }) => deletion !== undefined).map(({ id }) => id));
  const traces = all.filter(({ changed }) => changed).map((draft) => traceRow(draft, derive));
  return { observations, traces, scores, erased, buried };
}

/** Buries what lives in a deleted trace's row. @returns where its payloads lie */
function buryRoot(draft: TraceDraft): PayloadRef[] {
  const { deletion, root, rootId } = draft;
  if (deletion === undefined || root === null) return [];
  const state = decodeDoc(root);
  setRoot(draft, rootId, encodeDoc(buriedObservation(state, deletion)));
  return placesOf(state);
}

/** Puts an observation into its trace's draft, or says the row of its own that it needs. */
function placeObservation(
  draft: TraceDraft,
  {
    row,
    id,
    state,
    erased,
  }: {
    row: { rev: number; doc: string } | undefined;
    id: string;
    state: Stamped;
    erased: PayloadRef[];
  },
  derive: Derive,
): (ObservationColumns & { rev: number; doc: string }) | undefined {
  const wasRoot = draft.rootId === id;
  const before = row ? row.doc : wasRoot ? draft.root : null;
  const said = afterwards(OBSERVATION_POLICIES, before, state);
  if (draft.deletion !== undefined) erased.push(...placesOf(said));
  const after = draft.deletion === undefined ? said : buriedObservation(said, draft.deletion);
  const doc = encodeDoc(after);
  const columns = derive.observation(after);
  const livesInTrace = !row && columns.type !== "GENERATION" && (wasRoot || isFreeFor(draft, said));
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
  before === null ? state : merge(policies, decodeDoc(before), state);

const isFreeFor = ({ rootId }: TraceDraft, { values }: Stamped): boolean =>
  rootId === null && values["parentId"] === undefined;

function setRoot(draft: TraceDraft, id: string | null, doc: string | null): void {
  draft.changed ||= draft.root !== doc;
  draft.rootId = id;
  draft.root = doc;
}

const rootAtOf = ({ root, rootAt }: TraceDraft, derive: Derive): number =>
  root === null ? 0 : (rootAt ?? derive.observation(decodeDoc(root)).at);

function traceRow(draft: TraceDraft, derive: Derive): TraceRow {
  const { id, rev, doc, rootId, root } = draft;
  const columns = derive.trace(draft.state ?? decodeDoc(doc));
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

/** Scores on sessions outlive the traces. */
const isOnSession = ({ values }: Stamped): boolean =>
  values["traceId"] === undefined && values["observationId"] === undefined;

function scoreRows(
  touched: Touched,
  stored: Stored,
  {
    derive,
    deletionOfTrace,
  }: { derive: Derive; deletionOfTrace: (id: string) => Clock | undefined },
): ScoreRow[] {
  const rows: ScoreRow[] = [];
  for (const [key, { owner, id, state }] of touched.scores) {
    const row = stored.scores.get(key);
    const said = afterwards(SCORE_POLICIES, row?.doc ?? null, state);
    const deletion = isOnSession(said) ? undefined : deletionOfTrace(owner);
    const isDead = deletion !== undefined || deletionOf(said) !== undefined;
    const after = isDead ? buriedScore(said, deletion) : said;
    const doc = encodeDoc(after);
    if (doc === row?.doc) continue;
    rows.push({ ...derive.score(after), owner, id, rev: nextRev(row), doc });
  }
  return rows;
}
