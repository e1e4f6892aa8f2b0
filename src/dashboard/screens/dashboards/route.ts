import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { startDashboard, startDashboards } from "./start.ts";

export const dashboardsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "dashboards",
  loader: startDashboards,
  component: lazyRouteComponent(() => import("./list-screen.tsx"), "DashboardsScreen"),
});

export const dashboardRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "dashboards/$dashboardId",
  loader: startDashboard,
  component: lazyRouteComponent(() => import("./screen.tsx"), "DashboardScreen"),
});
