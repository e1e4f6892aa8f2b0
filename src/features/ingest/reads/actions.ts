import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { scoresOf, type StoredScore } from "../../scores/index.ts";
import { parsePayloadRef } from "../accept/payload.ts";
import { readPayload } from "../index.ts";
import type { Payload } from "../model.ts";
import {
  matchesObservation,
  matchesTrace,
  type ObservationFilter,
  pageOf,
  type Paging,
  type TraceFilter,
} from "./filter.ts";
import { assemble, type FullPayload, type References, referencesOf } from "./payload.ts";
import {
  byNewestStart,
  byStart,
  isDeleted,
  leaderOf,
  type ObservationRecord,
  summarise,
  type TraceRecord,
  type TraceSummary,
} from "./record.ts";
import {
  MAX_OBSERVATIONS,
  recentTraceIds,
  selectByVersion,
  selectLeaders,
  selectObservations,
  selectSessionTraceIds,
  selectTraces,
  WINDOW,
} from "./store.ts";

/** Compressed bytes and number of payloads that one answer may hold. */
const MAX_PAYLOAD_BYTES = 8_000_000;
const MAX_PAYLOADS = 2000;
/** A Worker has six connections at a time. */
const CONCURRENT_READS = 6;

/**
 * The payloads of rows, in their order.
 *
 * @throws Refusal too_large when they do not fit one answer
 */
export async function loadPayloads(
  scope: Scope,
  rows: readonly References[],
): Promise<FullPayload[]> {
  const refs = referencesOf(rows);
  const bytes = refs.reduce((sum, ref) => sum + (parsePayloadRef(ref)?.length ?? 0), 0);
  if (bytes > MAX_PAYLOAD_BYTES || refs.length > MAX_PAYLOADS) {
    throw new Refusal(
      "too_large",
      "the inputs and outputs of this answer are too large; ask for less with limit, or without them with fields=core,observations,scores,metrics",
    );
  }
  const payloads = new Map<string, Payload>();
  const pending = refs.values();
  const reader = async (): Promise<void> => {
    for (const ref of pending) payloads.set(ref, await readPayload(scope, ref));
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, reader));
  return rows.map((row) => assemble(row, payloads));
}

/** The traces that exist among these ids, in the same order, without payloads. */
export async function loadSummaries(scope: Scope, ids: readonly string[]): Promise<TraceSummary[]> {
  const traces = new Map((await selectTraces(scope, ids)).map((trace) => [trace.id, trace]));
  const leaderless = ids.filter((id) => !traces.get(id)?.root);
  const led = await selectLeaders(scope, leaderless);
  const leaders = new Map(led.map((leader) => [leader.traceId, leader]));
  return ids.flatMap((id) => {
    const trace = traces.get(id) ?? null;
    const leader = trace?.root ?? leaders.get(id) ?? null;
    if (isDeleted(trace)) return [];
    return trace || leader ? [summarise(id, trace, leader)] : [];
  });
}

const byTimestamp = (a: TraceSummary, b: TraceSummary): number =>
  a.timestampUs - b.timestampUs || (a.id < b.id ? -1 : 1);

/**
 * One page of the project's traces, by their timestamps. A session's traces are found by its
 * index; else only the WINDOW most recently touched traces are looked at and counted.
 */
export async function listTraces(
  scope: Scope,
  filter: TraceFilter,
  paging: Paging & { oldestFirst: boolean },
) {
  const ids =
    filter.sessionId === undefined
      ? await recentTraceIds(scope)
      : await selectSessionTraceIds(scope, filter.sessionId);
  const found = (await loadSummaries(scope, ids))
    .filter((trace) => matchesTrace(trace, filter))
    .sort(byTimestamp);
  return pageOf(paging.oldestFirst ? found : found.reverse(), paging);
}

/** A trace with its observations, those in the trace's row included, by trace id. */
export async function loadObservations(
  scope: Scope,
  traceIds: readonly string[],
  limit = MAX_OBSERVATIONS,
): Promise<{ traces: Map<string, TraceRecord>; observations: ObservationRecord[] }> {
  const [traces, own] = await Promise.all([
    selectTraces(scope, traceIds),
    selectObservations(scope, traceIds, limit),
  ]);
  const byId = new Map(traces.map((trace) => [trace.id, trace]));
  const all = [...traces.flatMap(({ root }) => root ?? []), ...own];
  return {
    traces: byId,
    observations: all.filter(({ traceId }) => !isDeleted(byId.get(traceId))).sort(byStart),
  };
}

export type WholeTrace = {
  trace: TraceSummary;
  observations: ObservationRecord[];
  scores: StoredScore[];
};

/** @throws Refusal not_found */
export async function loadTrace(scope: Scope, id: string): Promise<WholeTrace> {
  const [{ traces, observations }, scores] = await Promise.all([
    loadObservations(scope, [id]),
    scoresOf(scope, [id]),
  ]);
  const record = traces.get(id) ?? null;
  if (isDeleted(record) || (!record && observations.length === 0))
    throw new Refusal("not_found", `there is no trace ${id}`);
  const trace = summarise(id, record, leaderOf(record, observations));
  return { trace, observations, scores };
}

export type ObservationQuery = ObservationFilter & {
  traceId?: string | undefined;
  sessionId?: string | undefined;
  userId?: string | undefined;
  link?: { name: string; version: number } | undefined;
};

async function candidates(scope: Scope, query: ObservationQuery): Promise<ObservationRecord[]> {
  const { traceId, sessionId, link } = query;
  if (link) return selectByVersion(scope, link, query);
  if (traceId !== undefined) return (await loadObservations(scope, [traceId])).observations;
  const ids =
    sessionId === undefined
      ? await recentTraceIds(scope)
      : await selectSessionTraceIds(scope, sessionId);
  return (await loadObservations(scope, ids, WINDOW)).observations;
}

/** What the trace says of an observation: who used it, in which session. */
async function whoseTraces(
  scope: Scope,
  { userId, sessionId }: ObservationQuery,
  observations: readonly ObservationRecord[],
): Promise<ObservationRecord[]> {
  if (userId === undefined && sessionId === undefined) return [...observations];
  const traces = await selectTraces(scope, [...new Set(observations.map((one) => one.traceId))]);
  const theirs = traces.filter(
    ({ fields }) =>
      (userId === undefined || fields.userId === userId) &&
      (sessionId === undefined || fields.sessionId === sessionId),
  );
  const ids = new Set(theirs.map(({ id }) => id));
  return observations.filter(({ traceId }) => ids.has(traceId));
}

/**
 * Observations, newest first. A trace's, a session's and a prompt version's are found by their
 * indexes; else those of the most recently touched traces are looked at, at most WINDOW in a shard.
 */
export async function findObservations(
  scope: Scope,
  query: ObservationQuery,
): Promise<ObservationRecord[]> {
  const { traceId } = query;
  const found = (await candidates(scope, query)).filter(
    (one) => matchesObservation(one, query) && (traceId === undefined || one.traceId === traceId),
  );
  return (await whoseTraces(scope, query, found)).sort(byNewestStart);
}
