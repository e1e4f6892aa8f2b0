import { type Endpoint, endpoint, type HttpContext, json } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { settingsOf } from "../../projects/index.ts";
import { Score } from "../../scores/contract.ts";
import { scoresOf, scoreView } from "../../scores/index.ts";
import { listTraces, loadObservations, loadPayloads, loadTrace } from "./actions.ts";
import {
  type FIELD_GROUPS,
  fullTrace,
  IdPath,
  Message,
  TraceQuery,
  tracePage,
} from "./contract.ts";
import { deleteTrace } from "./delete/actions.ts";
import { EMPTY_PAYLOAD, type FullPayload, type References } from "./payload.ts";
import type { ObservationRecord, TraceSummary } from "./record.ts";
import { WINDOW } from "./store.ts";
import { TRACES_LOOKED_AT, walkTraces } from "./traces/actions.ts";
import { isWalk, TracesQuery } from "./traces/contract.ts";
import { htmlPathOf, latencyOf, observationView, totalCostOf, traceView } from "./view.ts";

type Field = (typeof FIELD_GROUPS)[number];
const shows = (fields: readonly Field[] | undefined, group: Field): boolean =>
  fields === undefined || fields.includes(group);

/** A repeated query parameter: every value, or undefined when there is none. */
const repeated = (c: HttpContext, name: string): string[] | undefined => {
  const values = c.req.queries(name);
  return values && values.length > 0 ? values : undefined;
};

const payloadsOf = (
  scope: Scope,
  rows: readonly References[],
  wanted: boolean,
): Promise<FullPayload[]> =>
  wanted ? loadPayloads(scope, rows) : Promise.resolve(rows.map(() => EMPTY_PAYLOAD));

function observationViews(
  { projectId }: Scope,
  records: readonly ObservationRecord[],
  payloads: readonly FullPayload[],
) {
  return records.map((record, i) =>
    observationView(record, { projectId, payload: payloads[i] ?? EMPTY_PAYLOAD }),
  );
}

function byTrace<T>(items: readonly T[], traceIdOf: (item: T) => string | undefined) {
  const grouped = new Map<string, T[]>();
  for (const item of items) {
    const id = traceIdOf(item) ?? "";
    grouped.set(id, [...(grouped.get(id) ?? []), item]);
  }
  return (id: string): T[] => grouped.get(id) ?? [];
}

/** The traces of one page, with the ids of what belongs to them. */
async function listedTraces(
  scope: Scope,
  traces: readonly TraceSummary[],
  fields: readonly Field[] | undefined,
) {
  const ids = traces.map(({ id }) => id);
  const wantsObservations = shows(fields, "observations") || shows(fields, "metrics");
  const [payloads, { observations }, scores] = await Promise.all([
    payloadsOf(
      scope,
      traces.map((trace) => trace.fields),
      shows(fields, "io"),
    ),
    loadObservations(scope, wantsObservations ? ids : []),
    scoresOf(scope, shows(fields, "scores") ? ids : []),
  ]);
  const observationsOf = byTrace(observations, ({ traceId }) => traceId);
  const scoresOfTrace = byTrace(scores, ({ score }) => score.traceId);
  const { projectId } = scope;
  const metrics = shows(fields, "metrics");
  return traces.map((trace, i) => {
    const own = observationsOf(trace.id);
    return {
      ...traceView(trace, { projectId, payload: payloads[i] ?? EMPTY_PAYLOAD }),
      htmlPath: htmlPathOf(projectId, trace.id),
      latency: metrics ? latencyOf(own) : null,
      totalCost: metrics ? totalCostOf(own) : null,
      observations: shows(fields, "observations") ? own.map(({ id }) => id) : [],
      scores: scoresOfTrace(trace.id).map(({ score }) => score.id),
    };
  });
}

async function traceInFull(scope: Scope, id: string, fields: readonly Field[] | undefined) {
  const { trace, observations, scores } = await loadTrace(scope, id);
  const { scoreConfigs } = await settingsOf(scope);
  const { projectId } = scope;
  const shown = shows(fields, "observations") ? observations : [];
  const [payload = EMPTY_PAYLOAD, ...payloads] = await payloadsOf(
    scope,
    [trace.fields, ...shown.map((one) => one.fields)],
    shows(fields, "io"),
  );
  const metrics = shows(fields, "metrics");
  return {
    ...traceView(trace, { projectId, payload }),
    htmlPath: htmlPathOf(projectId, id),
    latency: metrics ? latencyOf(observations) : null,
    totalCost: metrics ? totalCostOf(observations) : null,
    observations: observationViews(scope, shown, payloads),
    scores: (shows(fields, "scores") ? scores : [])
      // The Python SDK refuses a trace that holds a correction; `v2/scores` shows them.
      .filter(({ score }) => score.dataType !== "CORRECTION")
      .map((stored) => scoreView(stored, scoreConfigs)),
  };
}

const tag = "Traces";

export const traceEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/traces",
    access: "read",
    tag,
    summary: `Traces, newest first; \`tags\` and \`environment\` may be repeated. Without sessionId the ${WINDOW} most recently touched traces are looked at, and meta.totalItems counts the matches among these. With \`cursor\` (empty to begin) or a filter on prompt, model, error or score the answer is {data, nextCursor} and reaches back as far as rows do: those of which a generation and a score match. A call looks at ${TRACES_LOOKED_AT} traces at most, so go on with nextCursor also after an empty page.`,
    query: TracesQuery,
    answers: { 200: tracePage },
    async handle(scope, { query }, c) {
      const { page = 1, limit, orderBy, fields, fromTimestamp, toTimestamp, ...rest } = query;
      const filter = {
        ...rest,
        tags: repeated(c, "tags"),
        environments: repeated(c, "environment"),
        fromUs: fromTimestamp,
        toUs: toTimestamp,
      };
      if (isWalk(query)) {
        const { traces, nextCursor } = await walkTraces(scope, { ...filter, limit });
        return json({ data: await listedTraces(scope, traces, fields), nextCursor });
      }
      const oldestFirst = orderBy === "timestamp.asc";
      const { data, meta } = await listTraces(scope, filter, { page, limit, oldestFirst });
      return json({ data: await listedTraces(scope, data, fields), meta });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/traces/:id",
    access: "read",
    tag,
    summary: "One trace with its observations and scores in full.",
    params: IdPath,
    query: TraceQuery,
    answers: { 200: fullTrace(Score) },
    handle: async (scope, { params, query }) =>
      json(await traceInFull(scope, params.id, query.fields)),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/public/traces/:id",
    access: "ingest",
    tag,
    summary: "Delete a trace with its observations and scores. Numbers follow with the next fold.",
    params: IdPath,
    answers: { 200: Message },
    async handle(scope, { params }) {
      await deleteTrace(scope, params.id);
      return json({ message: `trace ${params.id} is deleted` });
    },
  }),
];
