import { Refusal } from "../../../../platform/errors.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { labelHistory } from "../../../prompts/index.ts";
import { scoresOf, type StoredScore } from "../../../scores/index.ts";
import { promptVersionOf } from "../../model.ts";
import { loadObservations } from "../actions.ts";
import type { ObservationRecord } from "../record.ts";
import { selectSessionTraceIds, selectTraces } from "../store.ts";
import type { GenerationsQuery, GenerationView } from "./contract.ts";
import { type Full, matchesRest, matchesRow } from "./match.ts";
import { byNewest, cursorOf, type Key, keyOf, mergeRuns } from "./order.ts";
import { selectByKeys, selectRuns } from "./store.ts";
import { generationView } from "./view.ts";

/** Generations that one call looks at; a page that is not full by then has a cursor all the same. */
const LOOKED_AT = 500;
/** Traces whose scores are asked for at once: a list of scores is bounded too. */
const TRACES_AT_ONCE = 50;

const FIRST: Key = { startUs: Number.MAX_SAFE_INTEGER, trace: "", id: "" };

const keyOfRecord = ({ startUs, traceId, id }: ObservationRecord): Key => ({
  startUs: startUs ?? 0,
  trace: traceId,
  id,
});

/** Candidates in order, and where to go on; null where there are no more. */
type Candidates = {
  size: number;
  /** Reads those at these places, `to` exclusive. */
  load: (from: number, to: number) => Promise<ObservationRecord[]>;
  end: Key | null;
};

/** A trace's and a session's are few enough to be looked at as a whole. */
async function ofTraces(
  scope: Scope,
  ids: readonly string[],
  before: Key | undefined,
): Promise<Candidates> {
  const { observations } = await loadObservations(scope, ids);
  const records = observations
    .filter(({ startUs }) => startUs !== null)
    .filter((one) => before === undefined || byNewest(before, keyOfRecord(one)) < 0)
    .sort((a, b) => byNewest(keyOfRecord(a), keyOfRecord(b)));
  const shown = records.slice(0, LOOKED_AT);
  const last = shown.length < records.length ? shown.at(-1) : undefined;
  return {
    size: shown.length,
    load: async (from, to) => shown.slice(from, to),
    end: last ? keyOfRecord(last) : null,
  };
}

async function ofVersions(
  scope: Scope,
  query: GenerationsQuery,
  before: Key | undefined,
): Promise<Candidates> {
  const { promptName: name, promptVersion: version, from = 0, to } = query;
  const latest = to === undefined ? FIRST : { ...FIRST, startUs: to };
  const runs = await selectRuns(scope, {
    prompt: name === undefined ? undefined : { name, version },
    fromUs: from,
    before: before && byNewest(latest, before) < 0 ? before : latest,
    limit: LOOKED_AT + 1,
  });
  const { keys, isCut } = mergeRuns(runs, LOOKED_AT);
  return {
    size: keys.length,
    load: (from, to) => selectByKeys(scope, keys.slice(from, to)),
    end: isCut ? (keys.at(-1) ?? null) : null,
  };
}

async function candidates(
  scope: Scope,
  query: GenerationsQuery,
  before: Key | undefined,
): Promise<Candidates> {
  const { traceId, sessionId } = query;
  if (traceId !== undefined) return ofTraces(scope, [traceId], before);
  if (sessionId === undefined) return ofVersions(scope, query, before);
  return ofTraces(scope, await selectSessionTraceIds(scope, sessionId), before);
}

async function scoresOfTraces(scope: Scope, ids: readonly string[]): Promise<StoredScore[]> {
  const found: StoredScore[] = [];
  for (let from = 0; from < ids.length; from += TRACES_AT_ONCE) {
    found.push(...(await scoresOf(scope, ids.slice(from, from + TRACES_AT_ONCE))));
  }
  return found;
}

function scoresFor({ id, traceId }: ObservationRecord, ofTrace: readonly StoredScore[]) {
  return ofTrace.flatMap(({ score }): Full["scores"] => {
    if (score.traceId !== traceId) return [];
    if (score.observationId === undefined) return [{ score, level: "trace" }];
    return score.observationId === id ? [{ score, level: "observation" }] : [];
  });
}

/** Generations with their trace's user and session, their version's labels, and their scores. */
async function complete(scope: Scope, records: readonly ObservationRecord[]): Promise<Full[]> {
  const ids = [...new Set(records.map(({ traceId }) => traceId))];
  const names = [...new Set(records.flatMap(({ fields }) => fields.promptName ?? []))];
  const [traces, scores, labelsOf] = await Promise.all([
    selectTraces(scope, ids),
    scoresOfTraces(scope, ids),
    labelHistory(scope, names),
  ]);
  const byTrace = Map.groupBy(scores, ({ score }) => score.traceId ?? "");
  const traceById = new Map(traces.map((trace) => [trace.id, trace.fields]));
  return records.map((record): Full => {
    const { traceId, fields, linkedVersion, startUs } = record;
    const version = linkedVersion === null ? null : promptVersionOf(linkedVersion);
    const trace = traceById.get(traceId);
    return {
      record,
      userId: trace?.userId ?? null,
      sessionId: trace?.sessionId ?? null,
      labels:
        version === null || fields.promptName === undefined
          ? []
          : labelsOf({ name: fields.promptName, version, atMs: Math.floor((startUs ?? 0) / 1000) }),
      scores: scoresFor(record, byTrace.get(traceId) ?? []),
    };
  });
}

/** Candidates that pass, until there are more than `limit`: most filters let the first ones pass. */
async function matchesAmong(
  scope: Scope,
  { size, load }: Candidates,
  query: GenerationsQuery,
): Promise<Full[]> {
  const matches: Full[] = [];
  let from = 0;
  for (const to of [query.limit + 1, size]) {
    if (from >= size || matches.length > query.limit) break;
    const records = await load(from, to);
    const found = await complete(
      scope,
      records.filter((record) => matchesRow(record, query)),
    );
    matches.push(...found.filter((one) => matchesRest(one, query)));
    from = to;
  }
  return matches;
}

/**
 * A page of generations, newest first. Every filter beside prompt, trace, session and time is asked
 * of at most LOOKED_AT generations a call.
 *
 * @throws Refusal invalid_request for a cursor of another list
 */
export async function listGenerations(
  scope: Scope,
  query: GenerationsQuery,
): Promise<{ data: GenerationView[]; nextCursor: string | null }> {
  const before = query.cursor && keyOf(query.cursor);
  if (query.cursor && !before) {
    throw new Refusal("invalid_request", "query cursor: is of another list", {
      issues: [{ path: "cursor", message: "is of another list" }],
    });
  }
  const found = await candidates(scope, query, before);
  const matches = await matchesAmong(scope, found, query);
  const shown = matches.slice(0, query.limit);
  const last = matches.length > shown.length ? shown.at(-1) : undefined;
  const next = last ? keyOfRecord(last.record) : found.end;
  return { data: shown.map(generationView), nextCursor: next && cursorOf(next) };
}
