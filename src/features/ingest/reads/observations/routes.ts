import { pageAfter } from "../../../../lib/cursor.ts";
import { Refusal } from "../../../../platform/errors.ts";
import { type Endpoint, endpoint, type HttpContext, json } from "../../../../platform/http.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { findObservations, loadPayloads, loadSummaries } from "../actions.ts";
import {
  IdPath,
  Observation,
  ObservationPageV2,
  ObservationsQuery,
  ObservationsV2Query,
  paged,
} from "../contract.ts";
import { pageOf } from "../filter.ts";
import { EMPTY_PAYLOAD } from "../payload.ts";
import { type ObservationRecord, shownStartUs } from "../record.ts";
import { selectObservationsById, WINDOW } from "../store.ts";
import { observationView } from "../view.ts";
import { type Group, observationViewV2 } from "./v2.ts";

const tag = "Observations";

async function viewsOf(scope: Scope, records: readonly ObservationRecord[], withPayloads: boolean) {
  const payloads = withPayloads
    ? await loadPayloads(
        scope,
        records.map(({ fields }) => fields),
      )
    : [];
  const { projectId } = scope;
  return records.map((record, i) =>
    observationView(record, { projectId, payload: payloads[i] ?? EMPTY_PAYLOAD }),
  );
}

async function viewsV2(
  scope: Scope,
  records: readonly ObservationRecord[],
  groups: readonly Group[],
) {
  const needsPayloads = groups.includes("io") || groups.includes("metadata");
  const needsTraces = groups.includes("basic") || groups.includes("trace_context");
  const traceIds = [...new Set(records.map(({ traceId }) => traceId))];
  const [views, traces] = await Promise.all([
    viewsOf(scope, records, needsPayloads),
    loadSummaries(scope, needsTraces ? traceIds : []),
  ]);
  const byId = new Map(traces.map((trace) => [trace.id, trace]));
  return views.map((view) => observationViewV2(view, { trace: byId.get(view.traceId), groups }));
}

type Filters = Omit<Parameters<typeof findObservations>[1], "link"> & {
  parentObservationId?: string | undefined;
  fromStartTime?: number | undefined;
  toStartTime?: number | undefined;
  promptName?: string | undefined;
  promptVersion?: number | undefined;
};

function queryOf(filters: Filters, c: HttpContext) {
  const { promptName, promptVersion } = filters;
  const isLinked = promptName !== undefined && promptVersion !== undefined;
  const environments = c.req.queries("environment");
  return {
    ...filters,
    parentId: filters.parentObservationId,
    environments: environments?.length ? environments : undefined,
    fromUs: filters.fromStartTime,
    toUs: filters.toStartTime,
    link: isLinked ? { name: promptName, version: promptVersion } : undefined,
  };
}

const looked = `traceId, sessionId, or promptName with promptVersion, find theirs by index, the latter the newest ${WINDOW}; else those of the ${WINDOW} most recently touched traces are looked at, at most ${WINDOW} in each shard.`;

export const observationEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/observations",
    access: "read",
    tag,
    summary: `Observations, newest first; \`environment\` may be repeated. ${looked} meta.totalItems counts the matches among what was looked at.`,
    query: ObservationsQuery,
    answers: { 200: paged(Observation) },
    async handle(scope, { query }, c) {
      const found = await findObservations(scope, queryOf(query, c));
      const { data, meta } = pageOf(found, query);
      return json({ data: await viewsOf(scope, data, true), meta });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/v2/observations",
    access: "read",
    tag,
    summary: `Observations, newest first, by cursor and with the fields that are asked for; \`environment\` may be repeated. ${looked}`,
    query: ObservationsV2Query,
    answers: { 200: ObservationPageV2 },
    async handle(scope, { query }, c) {
      const { isRootObservation, cursor: place, limit } = query;
      const found = await findObservations(scope, queryOf(query, c));
      const { data, cursor } = pageAfter(
        found.filter(
          ({ fields }) =>
            isRootObservation === undefined ||
            isRootObservation === (fields.parentId === undefined),
        ),
        {
          place,
          limit,
          placeOf: (one) => ({ timestampUs: shownStartUs(one), id: one.id }),
        },
      );
      return json({ data: await viewsV2(scope, data, query.fields), meta: { cursor } });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/observations/:id",
    access: "read",
    tag,
    summary: "One observation. Where several traces have one with this id, the newest.",
    params: IdPath,
    answers: { 200: Observation },
    async handle(scope, { params }) {
      const found = await selectObservationsById(scope, params.id);
      const [newest] = found.sort((a, b) => b.updatedUs - a.updatedUs);
      if (!newest) throw new Refusal("not_found", `there is no observation ${params.id}`);
      const [view] = await viewsOf(scope, [newest], true);
      return json(view);
    },
  }),
];
