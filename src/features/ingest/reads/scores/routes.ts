import type { z } from "zod";

import { pageAfter } from "../../../../lib/cursor.ts";
import { type Endpoint, endpoint, json } from "../../../../platform/http.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { settingsOf } from "../../../projects/index.ts";
import {
  byNewest,
  matchesScore,
  type ScoreFilter,
  scoresByIds,
  scoresOf,
  scoreView,
  scoreViewV3,
  type StoredScore,
} from "../../../scores/index.ts";
import { pageOf } from "../filter.ts";
import { fitting, recentTraceIds, selectTraces, WINDOW } from "../store.ts";
import { ScorePage, ScorePageV3, ScoresQuery, ScoresV3Query } from "./contract.ts";

/** The traces touched lately, and their sessions. */
async function recentOwners(scope: Scope): Promise<string[]> {
  const ids = await recentTraceIds(scope);
  const traces = await selectTraces(scope, ids);
  const sessions = traces.flatMap(({ fields }) => fields.sessionId ?? []);
  return fitting([...new Set([...ids, ...sessions])]);
}

/** Matching scores, newest first. Ids and owners are found by index; else lately touched owners are asked. */
async function listScores(scope: Scope, filter: ScoreFilter): Promise<StoredScore[]> {
  const owners = filter.traceIds ?? filter.sessionIds;
  const found = filter.ids
    ? await scoresByIds(scope, filter.ids)
    : await scoresOf(scope, owners ?? (await recentOwners(scope)));
  return found.filter((stored) => matchesScore(stored, filter)).sort(byNewest);
}

type Common = Pick<
  z.infer<typeof ScoresV3Query>,
  | "traceId"
  | "sessionId"
  | "observationId"
  | "source"
  | "dataType"
  | "configId"
  | "queueId"
  | "fromTimestamp"
  | "toTimestamp"
>;

const commonFilter = (query: Common): ScoreFilter => ({
  traceIds: query.traceId,
  sessionIds: query.sessionId,
  observationIds: query.observationId,
  sources: query.source,
  dataTypes: query.dataType,
  configIds: query.configId,
  queueIds: query.queueId,
  fromUs: query.fromTimestamp,
  toUs: query.toTimestamp,
});

const looked = `scoreIds, traceId and sessionId are found by index; else the scores of the ${WINDOW} most recently touched traces and of their sessions are looked at.`;

export const scoreListEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/v2/scores",
    access: "read",
    tag: "Scores",
    summary: `Scores, newest first; \`environment\` may be repeated. ${looked} meta.totalItems counts the matches among these.`,
    query: ScoresQuery,
    answers: { 200: ScorePage },
    async handle(scope, { query }, c) {
      const environments = c.req.queries("environment");
      const found = await listScores(scope, {
        ...commonFilter(query),
        ids: query.scoreIds,
        names: query.name === undefined ? undefined : [query.name],
        environments: environments?.length ? environments : undefined,
      });
      const { data, meta } = pageOf(found, query);
      const { scoreConfigs } = await settingsOf(scope);
      return json({ data: data.map((stored) => scoreView(stored, scoreConfigs)), meta });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/v3/scores",
    access: "read",
    tag: "Scores",
    summary: `Scores, newest first, with one \`value\` of the type's own kind; filters take comma-separated lists. ${looked}`,
    query: ScoresV3Query,
    answers: { 200: ScorePageV3 },
    async handle(scope, { query }) {
      const found = await listScores(scope, {
        ...commonFilter(query),
        ids: query.id,
        names: query.name,
        environments: query.environment,
        values: query.value,
        valueMin: query.valueMin,
        valueMax: query.valueMax,
      });
      const { limit } = query;
      const placeOf = ({ score }: StoredScore) => score;
      const { data, cursor } = pageAfter(found, { place: query.cursor, limit, placeOf });
      const view = { projectId: scope.projectId, groups: query.fields };
      return json({
        data: data.map((stored) => scoreViewV3(stored, view)),
        meta: { limit, cursor },
      });
    },
  }),
];
