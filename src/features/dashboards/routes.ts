import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import {
  changeDashboard,
  createDashboard,
  deleteDashboard,
  listDashboards,
  readDashboard,
} from "./actions.ts";
import {
  ChangeDashboard,
  CreateDashboard,
  Dashboard,
  DashboardList,
  DashboardPage,
  DashboardPath,
} from "./contract.ts";

const path = "/api/public/dashboards";
const tag = "Dashboards";
const CREATED = 201;
const absent = "There is no such dashboard";

export const dashboardEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path,
    access: "write",
    tag,
    summary: "Save charts of prompts under a name",
    body: CreateDashboard,
    answers: { 201: Dashboard, 409: "The project has too many dashboards" },
    handle: async (scope, { body }) => json(await createDashboard(scope, body), CREATED),
  }),
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "The project's dashboards, oldest first",
    query: DashboardPage,
    answers: { 200: DashboardList },
    handle: async (scope, { query }) => json(await listDashboards(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access: "read",
    tag,
    summary: "One dashboard with its panels",
    params: DashboardPath,
    answers: { 200: Dashboard, 404: absent },
    handle: async (scope, { params }) => json(await readDashboard(scope, params.id)),
  }),
  endpoint({
    method: "PATCH",
    path: `${path}/:id`,
    access: "write",
    tag,
    summary: "Rename a dashboard, change its window or arrange its panels anew",
    params: DashboardPath,
    body: ChangeDashboard,
    answers: { 200: Dashboard, 404: absent, 409: "It was changed meanwhile" },
    handle: async (scope, { params, body }) => json(await changeDashboard(scope, params.id, body)),
  }),
  endpoint({
    method: "DELETE",
    path: `${path}/:id`,
    access: "write",
    tag,
    summary: "Delete a dashboard",
    params: DashboardPath,
    answers: { 204: "Deleted", 404: absent },
    handle: async (scope, { params }) => {
      await deleteDashboard(scope, params.id);
      return new Response(null, { status: 204 });
    },
  }),
];
