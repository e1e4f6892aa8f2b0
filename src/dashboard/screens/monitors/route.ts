import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { textOf } from "../metrics/search.ts";

export const monitorsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "monitors",
  validateSearch: (search: Record<string, unknown>): { prompt?: string | undefined } => ({
    prompt: textOf(search["prompt"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "MonitorsScreen"),
});
