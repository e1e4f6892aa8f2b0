import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const incidentRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "incidents/$incidentId",
  component: lazyRouteComponent(() => import("./screen.tsx"), "IncidentScreen"),
});
