import { Refusal } from "../../../../platform/errors.ts";
import { type Endpoint, endpoint, json } from "../../../../platform/http.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { loadPayloads, loadSummaries } from "../actions.ts";
import { IdPath, paged, Session, SessionsQuery, SessionWithTraces } from "../contract.ts";
import { matchesTrace, pageOf } from "../filter.ts";
import { EMPTY_PAYLOAD } from "../payload.ts";
import type { TraceSummary } from "../record.ts";
import { recentTraceIds, selectSessionTraceIds, WINDOW } from "../store.ts";
import { sessionView, traceView } from "../view.ts";

const tag = "Sessions";

/** Sessions of traces, the one with the newest trace first. */
function sessionsOf(traces: readonly TraceSummary[]): [string, TraceSummary[]][] {
  const sessions = new Map<string, TraceSummary[]>();
  for (const trace of traces.toSorted((a, b) => b.timestampUs - a.timestampUs)) {
    const { sessionId } = trace;
    if (sessionId !== null) sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), trace]);
  }
  return [...sessions];
}

async function sessionInFull(scope: Scope, id: string) {
  const { projectId } = scope;
  const traces = await loadSummaries(scope, await selectSessionTraceIds(scope, id));
  if (traces.length === 0) throw new Refusal("not_found", `there is no session ${id}`);
  const sorted = traces.sort((a, b) => a.timestampUs - b.timestampUs);
  const payloads = await loadPayloads(
    scope,
    sorted.map(({ fields }) => fields),
  );
  return {
    ...sessionView(id, sorted, projectId),
    traces: sorted.map((trace, i) =>
      traceView(trace, { projectId, payload: payloads[i] ?? EMPTY_PAYLOAD }),
    ),
  };
}

export const sessionEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/sessions",
    access: "read",
    tag,
    summary: `Sessions, most recently used first; \`environment\` may be repeated. The ${WINDOW} most recently touched traces are looked at: meta.totalItems counts their sessions, and createdAt is that of the earliest among them.`,
    query: SessionsQuery,
    answers: { 200: paged(Session) },
    async handle(scope, { query }, c) {
      const { page, limit, fromTimestamp, toTimestamp } = query;
      const environments = c.req.queries("environment");
      const filter = {
        fromUs: fromTimestamp,
        toUs: toTimestamp,
        environments: environments?.length ? environments : undefined,
      };
      const traces = await loadSummaries(scope, await recentTraceIds(scope));
      const sessions = sessionsOf(traces.filter((trace) => matchesTrace(trace, filter)));
      const { data, meta } = pageOf(sessions, { page, limit });
      return json({ data: data.map(([id, own]) => sessionView(id, own, scope.projectId)), meta });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/sessions/:id",
    access: "read",
    tag,
    summary: `One session with its traces, oldest first, at most ${WINDOW} in each shard.`,
    params: IdPath,
    answers: { 200: SessionWithTraces },
    handle: async (scope, { params }) => json(await sessionInFull(scope, params.id)),
  }),
];
