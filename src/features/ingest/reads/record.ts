import type { StoredObservation, StoredTrace } from "../accept/stored.ts";
import { inFull } from "../doc.ts";

/** What the merged events said of a thing; payloads are references. */
export type ObservationFields = Partial<Omit<StoredObservation, "id" | "traceId" | "clock">>;
export type TraceFields = Partial<Omit<StoredTrace, "id" | "clock">>;

/** Nano-USD; null is unknown. */
type Cost = {
  total: number | null;
  input: number | null;
  output: number | null;
  /** Part of `input`. */
  cached: number | null;
};

/** An observation, wherever it is kept. Instants in µs since 1970, null until an event says them. */
export type ObservationRecord = {
  id: string;
  traceId: string;
  type: string;
  startUs: number | null;
  endUs: number | null;
  firstTokenUs: number | null;
  environment: string;
  cost: Cost;
  /** The link's version as rows keep it, see `model.ts`; null on all that is not linked. */
  linkedVersion: number | null;
  /** The newest event time. */
  updatedUs: number;
  fields: ObservationFields;
};

export type TraceRecord = {
  id: string;
  updatedUs: number;
  fields: TraceFields;
  /** The parentless observation that lives in the trace's row. */
  root: ObservationRecord | null;
};

export const isDeleted = (trace: TraceRecord | null | undefined): boolean =>
  trace?.fields.deleted === true;

export type ObservationRow = {
  trace: string;
  id: string;
  type: string;
  start: number | null;
  stop: number | null;
  first: number | null;
  env: string;
  version: number | null;
  cost: number | null;
  cost_in: number | null;
  cost_out: number | null;
  cost_cached: number | null;
  at: number;
  doc: string;
};

export type TraceRow = {
  id: string;
  root_id: string | null;
  root: string | null;
  at: number;
  doc: string;
};

export const DEFAULT_ENVIRONMENT = "default";
const NANO = 1e9;

/** The merged fields of a stored document; `merge.ts` says how it is written. */
const fieldsOf = (doc: string): object =>
  inFull((JSON.parse(doc) as { v: Record<string, unknown> }).v);

export const observationOf = (row: ObservationRow): ObservationRecord => ({
  id: row.id,
  traceId: row.trace,
  type: row.type,
  startUs: row.start,
  endUs: row.stop,
  firstTokenUs: row.first,
  environment: row.env,
  cost: {
    total: row.cost,
    input: row.cost_in,
    output: row.cost_out,
    cached: row.cost_cached,
  },
  linkedVersion: row.version,
  updatedUs: row.at,
  fields: fieldsOf(row.doc),
});

const nanoUsd = (usd: number | undefined): number | null =>
  usd === undefined ? null : Math.round(usd * NANO);

const saidCost = (cost: Readonly<Record<string, number>>) => ({
  total: nanoUsd(cost["total"]),
  input: nanoUsd(cost["input"]),
  output: nanoUsd(cost["output"]),
  cached: nanoUsd(cost["input_cached_tokens"]),
});

/** A root has no columns of its own; nothing prices it, so its cost is what the client said. */
function rootOf(row: TraceRow): ObservationRecord | null {
  if (row.root_id === null || row.root === null) return null;
  const fields = fieldsOf(row.root) as ObservationFields;
  if (fields.deleted) return null;
  const { startUs = null, endUs = null, firstTokenUs = null, cost } = fields;
  return {
    id: row.root_id,
    traceId: row.id,
    type: fields.type ?? "SPAN",
    startUs,
    endUs,
    firstTokenUs,
    environment: fields.environment ?? DEFAULT_ENVIRONMENT,
    cost: saidCost(cost ?? {}),
    linkedVersion: null,
    updatedUs: row.at,
    fields,
  };
}

export const traceOf = (row: TraceRow): TraceRecord => ({
  id: row.id,
  updatedUs: row.at,
  fields: fieldsOf(row.doc),
  root: rootOf(row),
});

/** Earliest first; what has no start yet comes last, ties by id. */
export const byStart = (a: ObservationRecord, b: ObservationRecord): number =>
  (a.startUs ?? Infinity) - (b.startUs ?? Infinity) || (a.id < b.id ? -1 : 1);

/** What clients see as the start: where no event said one, when the observation was last spoken of. */
export const shownStartUs = ({ startUs, updatedUs }: ObservationRecord): number =>
  startUs ?? updatedUs;

/** Newest first, ties by id. */
export const byNewestStart = (a: ObservationRecord, b: ObservationRecord): number =>
  shownStartUs(b) - shownStartUs(a) || (a.id < b.id ? -1 : 1);

/** What a trace is without its payloads, with what its observations have to say where it says nothing. */
export type TraceSummary = {
  id: string;
  timestampUs: number;
  name: string | null;
  userId: string | null;
  sessionId: string | null;
  environment: string;
  release: string | null;
  version: string | null;
  tags: string[];
  public: boolean;
  updatedUs: number;
  fields: TraceFields;
};

/**
 * @param trace null where only observations were sent
 * @param leader the observation that stands for the trace: see `leaderOf`
 */
export function summarise(
  id: string,
  trace: TraceRecord | null,
  leader: ObservationRecord | null,
): TraceSummary {
  const fields = trace?.fields ?? {};
  const updatedUs = Math.max(trace?.updatedUs ?? 0, leader?.updatedUs ?? 0);
  return { id, ...whoAndWhen(fields, leader, updatedUs), ...labelsOf(fields), updatedUs, fields };
}

function whoAndWhen(fields: TraceFields, leader: ObservationRecord | null, updatedUs: number) {
  const isRoot = leader !== null && leader.fields.parentId === undefined;
  return {
    timestampUs: fields.timestampUs ?? leader?.startUs ?? updatedUs,
    name: fields.name ?? (isRoot ? leader.fields.name : undefined) ?? null,
    environment: fields.environment ?? leader?.environment ?? DEFAULT_ENVIRONMENT,
  };
}

const labelsOf = (fields: TraceFields) => ({
  userId: fields.userId ?? null,
  sessionId: fields.sessionId ?? null,
  release: fields.release ?? null,
  version: fields.version ?? null,
  tags: fields.tags ?? [],
  public: fields.public ?? false,
});

/** The trace's root; without one, its earliest observation. */
export function leaderOf(
  trace: TraceRecord | null,
  observations: readonly ObservationRecord[],
): ObservationRecord | null {
  if (trace?.root) return trace.root;
  const sorted = observations.toSorted(byStart);
  return sorted.find(({ fields }) => fields.parentId === undefined) ?? sorted[0] ?? null;
}
