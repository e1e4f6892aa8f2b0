import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const reportRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "reports/$reportId",
  component: lazyRouteComponent(() => import("./screen.tsx"), "ReportScreen"),
});
