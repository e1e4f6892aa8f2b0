import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const keysRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "keys",
  validateSearch: (search: Record<string, unknown>): { view?: "sources" | undefined } => ({
    view: search["view"] === "sources" ? "sources" : undefined,
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "KeysScreen"),
});
