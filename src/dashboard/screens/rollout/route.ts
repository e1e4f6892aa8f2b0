import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const rolloutRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "rollouts/$rolloutId",
  component: lazyRouteComponent(() => import("./screen.tsx"), "RolloutScreen"),
});
