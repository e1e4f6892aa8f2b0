import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { IdPath } from "../contract.ts";
import { acknowledge, comment, listIncidents, readIncident, resolve, rollBack } from "./actions.ts";
import {
  Comment,
  Incident,
  IncidentDetail,
  IncidentList,
  IncidentQuery,
  Resolve,
  RollBackIncident,
  RolledBack,
} from "./contract.ts";

const tag = "Monitors";

export const incidentEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/incidents",
    access: "read",
    tag,
    summary: "List incidents, newest first",
    query: IncidentQuery,
    answers: { 200: IncidentList },
    handle: async (scope, { query }) => json(await listIncidents(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/incidents/:id",
    access: "read",
    tag,
    summary: "Read an incident with its evidence, history, deployment, diff and links",
    params: IdPath,
    answers: { 200: IncidentDetail },
    handle: async (scope, { params }) => json(await readIncident(scope, params.id)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/incidents/:id/acknowledge",
    access: "write",
    tag,
    summary: "Say that somebody knows: it is not told again",
    params: IdPath,
    body: Resolve,
    emptyBody: {},
    answers: { 200: Incident, 409: "it is resolved" },
    handle: async (scope, { params, body }) =>
      json(await acknowledge(scope, params.id, body.comment ?? null)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/incidents/:id/resolve",
    access: "write",
    tag,
    summary: "End an incident by hand; what is still beyond its limit opens another",
    params: IdPath,
    body: Resolve,
    emptyBody: {},
    answers: { 200: Incident },
    handle: async (scope, { params, body }) =>
      json(await resolve(scope, params.id, body.comment ?? null)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/incidents/:id/comment",
    access: "write",
    tag,
    summary: "Write into an incident's history",
    params: IdPath,
    body: Comment,
    answers: { 200: Incident },
    handle: async (scope, { params, body }) => json(await comment(scope, params.id, body.text)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/incidents/:id/rollback",
    access: "write",
    tag,
    summary: "Return the incident's label to where it was before, and end the incident",
    params: IdPath,
    body: RollBackIncident,
    emptyBody: {},
    answers: { 200: RolledBack, 409: "it is about no label, or somebody moved it since" },
    handle: async (scope, { params, body }) => json(await rollBack(scope, params.id, body)),
  }),
];
