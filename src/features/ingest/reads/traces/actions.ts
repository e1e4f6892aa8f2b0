import { Refusal } from "../../../../platform/errors.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { labelHistory } from "../../../prompts/index.ts";
import { scoresOf } from "../../../scores/index.ts";
import type { ScorePatch } from "../../../scores/model.ts";
import { promptVersionOf } from "../../model.ts";
import { loadObservations, loadSummaries } from "../actions.ts";
import type { TraceFilter } from "../filter.ts";
import type { BehindFilters } from "../generations/contract.ts";
import { matchesBehind } from "../generations/match.ts";
import { byNewest, type Key, mergeRuns } from "../generations/order.ts";
import { selectRuns } from "../generations/store.ts";
import type { ObservationRecord, TraceSummary } from "../record.ts";
import { selectSessionTraceIds } from "../store.ts";
import { type Behind, matchesWalk } from "./match.ts";
import {
  generationCursor,
  generationPlace,
  objectCursor,
  objectPlace,
  timeCursor,
  timePlace,
} from "./place.ts";
import { selectTouched, touchedAfter } from "./store.ts";

/** Traces that one call looks behind; a page that is not full by then has a cursor all the same. */
export const TRACES_LOOKED_AT = 100;
/** Generations of an index that one call reads to find them. */
const KEYS_LOOKED_AT = 500;
/** Traces whose scores are asked for at once: a list of scores is bounded too. */
const TRACES_AT_ONCE = 50;

type Query = BehindFilters & TraceFilter & { cursor?: string | undefined; limit: number };

/** Traces in order, each with the cursor that goes on after it. */
type Stretch = {
  entries: { id: string; cursor: string }[];
  /** Goes on after the last of what was looked at; null where there is no more. */
  end: string | null;
  /** Whether a call before this one has met the trace. */
  isKnown: (behind: Behind) => boolean;
};

const never = () => false;

function placeIn<T>(cursor: string | undefined, read: (cursor: string) => T | undefined) {
  if (!cursor) return undefined;
  const place = read(cursor);
  if (place !== undefined) return place;
  const message = "is of another list";
  throw new Refusal("invalid_request", `query cursor: ${message}`, {
    issues: [{ path: "cursor", message }],
  });
}

const FIRST: Key = { startUs: Number.MAX_SAFE_INTEGER, trace: "", id: "" };

const keyOf = ({ startUs, traceId, id }: ObservationRecord): Key => ({
  startUs: startUs ?? 0,
  trace: traceId,
  id,
});

/** By the index of linked generations: a trace stands where the newest of its generations does. */
async function byLink(scope: Scope, query: Query): Promise<Stretch> {
  const { promptName: name, promptVersion: version, cursor } = query;
  const before = placeIn(cursor, generationPlace);
  const runs = await selectRuns(scope, {
    prompt: name === undefined ? undefined : { name, version },
    fromUs: 0,
    before: before ?? FIRST,
  });
  const { keys, isCut } = mergeRuns(runs, KEYS_LOOKED_AT);
  const entries = new Map<string, string>();
  let end: Key | undefined = isCut ? keys.at(-1) : undefined;
  let last: Key | undefined;
  for (const key of keys) {
    if (!entries.has(key.trace) && entries.size === TRACES_LOOKED_AT) {
      end = last;
      break;
    }
    if (!entries.has(key.trace)) entries.set(key.trace, generationCursor(key));
    last = key;
  }
  const link = { promptName: name, promptVersion: version };
  return {
    entries: [...entries].map(([id, place]) => ({ id, cursor: place })),
    end: end ? generationCursor(end) : null,
    isKnown: ({ observations }) =>
      before !== undefined &&
      observations.some(
        (one) =>
          one.startUs !== null &&
          one.linkedVersion !== null &&
          matchesBehind(one, link) &&
          byNewest(keyOf(one), before) <= 0,
      ),
  };
}

/** A session's traces are few enough to be sorted by time. */
async function bySession(scope: Scope, sessionId: string, cursor?: string): Promise<Stretch> {
  const before = placeIn(cursor, timePlace);
  const all = (await loadSummaries(scope, await selectSessionTraceIds(scope, sessionId)))
    .sort((a, b) => b.timestampUs - a.timestampUs || (a.id < b.id ? -1 : 1))
    .filter(
      ({ timestampUs, id }) =>
        before === undefined ||
        timestampUs < before.timestampUs ||
        (timestampUs === before.timestampUs && id > before.id),
    );
  const entries = all
    .slice(0, TRACES_LOOKED_AT)
    .map(({ id, timestampUs }) => ({ id, cursor: timeCursor({ timestampUs, id }) }));
  const end = all.length > entries.length ? (entries.at(-1)?.cursor ?? null) : null;
  return { entries, end, isKnown: never };
}

/** By the accepted objects: a trace stands where the newest object does that touched it. */
async function byTouch(scope: Scope, cursor?: string): Promise<Stretch> {
  const after = placeIn(cursor, objectPlace);
  const { traces, end } = await selectTouched(scope, after, TRACES_LOOKED_AT);
  const first = new Map<string, (typeof traces)[number]>();
  for (const trace of traces) if (!first.has(trace.id)) first.set(trace.id, trace);
  const [top] = traces;
  const newer =
    after && top ? await touchedAfter(scope, top.object, [...first.keys()]) : new Set<string>();
  const entries = [...first.values()]
    .filter(({ id }) => !newer.has(id))
    .map((trace) => ({ id: trace.id, cursor: objectCursor(trace) }));
  return { entries, end: end && objectCursor(end), isKnown: never };
}

function stretchOf(scope: Scope, query: Query): Promise<Stretch> {
  const { promptName, promptLabel, sessionId, cursor } = query;
  if (sessionId !== undefined) return bySession(scope, sessionId, cursor);
  if (promptName !== undefined || promptLabel !== undefined) return byLink(scope, query);
  return byTouch(scope, cursor);
}

async function scoresOfTraces(scope: Scope, ids: readonly string[]): Promise<ScorePatch[]> {
  const found: ScorePatch[] = [];
  for (let from = 0; from < ids.length; from += TRACES_AT_ONCE) {
    const stored = await scoresOf(scope, ids.slice(from, from + TRACES_AT_ONCE));
    found.push(...stored.map(({ score }) => score));
  }
  return found;
}

async function behind(scope: Scope, ids: readonly string[], query: Query): Promise<Behind[]> {
  const [summaries, { observations }, scores] = await Promise.all([
    loadSummaries(scope, ids),
    loadObservations(scope, ids),
    query.scoreName === undefined ? [] : scoresOfTraces(scope, ids),
  ]);
  const observationsOf = Map.groupBy(observations, ({ traceId }) => traceId);
  const scoresBy = Map.groupBy(scores, ({ traceId }) => traceId);
  return summaries.map((trace) => ({
    trace,
    observations: observationsOf.get(trace.id) ?? [],
    scores: scoresBy.get(trace.id) ?? [],
  }));
}

/** Which labels the version of a generation had when it began. */
async function labelling(scope: Scope, found: readonly Behind[], { promptLabel }: Query) {
  if (promptLabel === undefined) return () => [];
  const all = found.flatMap(({ observations }) => observations);
  const names = new Set(all.flatMap(({ fields }) => fields.promptName ?? []));
  const labelsOf = await labelHistory(scope, [...names]);
  return ({ fields, linkedVersion, startUs }: ObservationRecord): string[] => {
    const version = linkedVersion === null ? null : promptVersionOf(linkedVersion);
    const { promptName: name } = fields;
    if (version === null || name === undefined || startUs === null) return [];
    return labelsOf({ name, version, atMs: Math.floor(startUs / 1000) });
  };
}

/**
 * A page of traces, newest first, of which something matches that is behind them. A call looks
 * behind TRACES_LOOKED_AT traces at most.
 *
 * @throws Refusal invalid_request for a cursor of another list
 */
export async function walkTraces(
  scope: Scope,
  query: Query,
): Promise<{ traces: TraceSummary[]; nextCursor: string | null }> {
  const { entries, end, isKnown } = await stretchOf(scope, query);
  const found = await behind(
    scope,
    entries.map(({ id }) => id),
    query,
  );
  const labelsOf = await labelling(scope, found, query);
  const matching = new Map(
    found
      .filter((one) => matchesWalk(one, query, labelsOf) && !isKnown(one))
      .map(({ trace }) => [trace.id, trace]),
  );
  const listed = entries.filter(({ id }) => matching.has(id));
  const shown = listed.slice(0, query.limit);
  const traces = shown.flatMap(({ id }) => matching.get(id) ?? []);
  const isFull = listed.length > shown.length;
  return { traces, nextCursor: isFull ? (shown.at(-1)?.cursor ?? null) : end };
}
