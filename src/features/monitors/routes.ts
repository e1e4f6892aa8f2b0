import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import {
  changeMonitor,
  createMonitor,
  listMonitors,
  muteMonitor,
  readMonitor,
  removeMonitor,
  unmuteMonitor,
} from "./actions.ts";
import {
  IdPath,
  Monitor,
  MonitorList,
  MonitorQuery,
  Mute,
  Nothing,
  PatchMonitor,
  Preview,
  PreviewQuery,
  Rule,
} from "./contract.ts";
import { incidentEndpoints } from "./incidents/routes.ts";
import { previewRule } from "./preview/actions.ts";

const tag = "Monitors";

export const monitorEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/monitors/preview",
    access: "read",
    tag,
    summary: "Look at the past with a rule: when it would have fired, what it would have seen",
    query: PreviewQuery,
    body: Rule,
    answers: { 200: Preview },
    handle: async (scope, { query, body }) => json(await previewRule(scope, body, query.days)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/monitors",
    access: "write",
    tag,
    summary: "Create a rule that watches a prompt",
    body: Rule,
    answers: { 201: Monitor },
    handle: async (scope, { body }) => json(await createMonitor(scope, body), 201),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/monitors",
    access: "read",
    tag,
    summary: "List the project's monitors with what they see",
    query: MonitorQuery,
    answers: { 200: MonitorList },
    handle: async (scope, { query }) => json(await listMonitors(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/monitors/:id",
    access: "read",
    tag,
    summary: "Read a monitor",
    params: IdPath,
    answers: { 200: Monitor },
    handle: async (scope, { params }) => json(await readMonitor(scope, params.id)),
  }),
  endpoint({
    method: "PATCH",
    path: "/api/public/monitors/:id",
    access: "write",
    tag,
    summary: "Change a monitor; with another rule it ends its incidents and begins anew",
    params: IdPath,
    body: PatchMonitor,
    answers: { 200: Monitor, 409: "somebody else changed it" },
    handle: async (scope, { params, body }) => json(await changeMonitor(scope, params.id, body)),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/public/monitors/:id",
    access: "write",
    tag,
    summary: "Delete a monitor; its incidents end and stay",
    params: IdPath,
    answers: { 200: Nothing, 409: "it is the one that every project has" },
    handle: async (scope, { params }) => {
      await removeMonitor(scope, params.id);
      return json({});
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/public/monitors/:id/mute",
    access: "write",
    tag,
    summary: "Tell nobody for a while; incidents are still opened and resolved",
    params: IdPath,
    body: Mute,
    emptyBody: {},
    answers: { 200: Monitor },
    handle: async (scope, { params, body }) => json(await muteMonitor(scope, params.id, body)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/monitors/:id/unmute",
    access: "write",
    tag,
    summary: "Tell again",
    params: IdPath,
    body: Nothing,
    emptyBody: {},
    answers: { 200: Monitor },
    handle: async (scope, { params }) => json(await unmuteMonitor(scope, params.id)),
  }),
  ...incidentEndpoints,
];
