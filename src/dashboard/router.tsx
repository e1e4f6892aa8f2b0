import { createRouter } from "@tanstack/react-router";

import { auditRoute } from "./screens/audit/route.ts";
import { compareRoute } from "./screens/compare/route.ts";
import { dashboardRoute, dashboardsRoute } from "./screens/dashboards/route.ts";
import { destinationsRoute } from "./screens/destinations/route.ts";
import { editorRoute } from "./screens/editor/route.ts";
import { generationsRoute, traceRoute } from "./screens/generations/route.ts";
import { incidentRoute } from "./screens/incident/route.ts";
import { incidentsRoute } from "./screens/incidents/route.ts";
import { keysRoute } from "./screens/keys/route.ts";
import { metricsRoute } from "./screens/metrics/route.ts";
import { monitorRoute } from "./screens/monitor/route.ts";
import { monitorsRoute } from "./screens/monitors/route.ts";
import { promptRoute } from "./screens/prompt/route.ts";
import { promptsRoute } from "./screens/prompts/route.ts";
import { reportRoute } from "./screens/report/route.ts";
import { reportsRoute } from "./screens/reports/route.ts";
import { rolloutRoute } from "./screens/rollout/route.ts";
import { rolloutsRoute } from "./screens/rollouts/route.ts";
import { settingsRoute } from "./screens/settings/route.ts";
import { homeRoute, projectRoute, rootRoute, signInRoute } from "./shell/root.tsx";

/** Every screen. A screen's code is loaded when it is first looked at. */
const tree = rootRoute.addChildren([
  homeRoute,
  signInRoute,
  projectRoute.addChildren([
    promptsRoute,
    promptRoute,
    editorRoute,
    keysRoute,
    auditRoute,
    settingsRoute,
    metricsRoute,
    compareRoute,
    generationsRoute,
    traceRoute,
    dashboardsRoute,
    dashboardRoute,
    destinationsRoute,
    rolloutsRoute,
    rolloutRoute,
    monitorsRoute,
    monitorRoute,
    incidentsRoute,
    incidentRoute,
    reportsRoute,
    reportRoute,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
