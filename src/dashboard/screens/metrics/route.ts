import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { preloadDrawing } from "../../charts/preload.ts";
import { projectRoute } from "../../shell/root.tsx";
import { readMetricsSearch } from "./search.ts";

export const metricsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "metrics",
  validateSearch: readMetricsSearch,
  loader: preloadDrawing,
  component: lazyRouteComponent(() => import("./screen.tsx"), "MetricsScreen"),
});
