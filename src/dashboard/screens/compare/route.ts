import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { readCompareSearch } from "./search.ts";
import { startCompare } from "./start.ts";

export const compareRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "compare",
  validateSearch: readCompareSearch,
  loader: startCompare,
  component: lazyRouteComponent(() => import("./screen.tsx"), "CompareScreen"),
});
