import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { preloadDrawing } from "../../charts/preload.ts";
import { projectRoute } from "../../shell/root.tsx";

export const dashboardsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "dashboards",
  component: lazyRouteComponent(() => import("./list-screen.tsx"), "DashboardsScreen"),
});

export const dashboardRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "dashboards/$dashboardId",
  loader: preloadDrawing,
  component: lazyRouteComponent(() => import("./screen.tsx"), "DashboardScreen"),
});
