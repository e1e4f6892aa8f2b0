import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { changeConfig, createConfig, findConfig, listConfigs } from "./actions.ts";
import { configView } from "./config.ts";
import {
  ConfigPage,
  ConfigPath,
  NewScoreConfig,
  ScoreConfigChange,
  ScoreConfigList,
  ScoreConfigView,
} from "./contract.ts";

const tag = "Score configs";

export const scoreConfigEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/score-configs",
    access: "write",
    tag,
    summary:
      "Agree on what a score may be: a range, or at most 50 categories. A score that names it with configId is checked against it.",
    body: NewScoreConfig,
    answers: { 200: ScoreConfigView },
    handle: async (scope, { body }) =>
      json(configView(await createConfig(scope, body), scope.projectId)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/score-configs",
    access: "read",
    tag,
    summary: "Score configs, newest first, archived ones included.",
    query: ConfigPage,
    answers: { 200: ScoreConfigList },
    async handle(scope, { query: { page, limit } }) {
      const all = await listConfigs(scope);
      const shown = all.slice((page - 1) * limit, page * limit);
      const totalItems = all.length;
      const meta = { page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) };
      return json({ data: shown.map((config) => configView(config, scope.projectId)), meta });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/score-configs/:id",
    access: "read",
    tag,
    summary: "One score config.",
    params: ConfigPath,
    answers: { 200: ScoreConfigView },
    handle: async (scope, { params }) =>
      json(configView(await findConfig(scope, params.id), scope.projectId)),
  }),
  endpoint({
    method: "PATCH",
    path: "/api/public/score-configs/:id",
    access: "write",
    tag,
    summary:
      "Change a score config, or archive it: no new scores are taken under it then. Its data type stays.",
    params: ConfigPath,
    body: ScoreConfigChange,
    answers: { 200: ScoreConfigView },
    handle: async (scope, { params, body }) =>
      json(configView(await changeConfig(scope, params.id, body), scope.projectId)),
  }),
];
