import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { readMetricsSearch } from "./search.ts";
import { startMetrics } from "./start.ts";

export const metricsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "metrics",
  validateSearch: readMetricsSearch,
  loader: startMetrics,
  component: lazyRouteComponent(() => import("./screen.tsx"), "MetricsScreen"),
});
