import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const reportsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "reports",
  component: lazyRouteComponent(() => import("./screen.tsx"), "ReportsScreen"),
});
