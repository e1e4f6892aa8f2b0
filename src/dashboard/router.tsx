import { type AnyRoute, createRouter } from "@tanstack/react-router";

import { queries } from "./api/queries.ts";
import { sessions } from "./api/session.ts";
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

/** Who looks, and the code of the first screen, are asked for at once; the router asks one after the other. */
export function startFirstScreen(): void {
  const routes: AnyRoute[] = router
    .matchRoutes(router.latestLocation)
    .map(({ routeId }) => (router.routesById as Record<string, AnyRoute>)[routeId] ?? rootRoute);
  if (routes.some(({ id }) => id === projectRoute.id)) void queries.prefetchQuery(sessions);
  for (const route of routes) {
    // What fails, the router asks again and says so.
    void router.loadRouteChunk(route)?.catch(() => undefined);
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
