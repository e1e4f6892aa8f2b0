import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { textOf } from "../metrics/search.ts";
import { readGenerationsSearch } from "./search.ts";

export const generationsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "generations",
  validateSearch: readGenerationsSearch,
  component: lazyRouteComponent(() => import("./screen.tsx"), "GenerationsScreen"),
});

export const traceRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "traces/$traceId",
  /** The observation that is looked at; absent is the root. */
  validateSearch: (search: Record<string, unknown>): { observation?: string | undefined } => ({
    observation: textOf(search["observation"]),
  }),
  component: lazyRouteComponent(() => import("./trace-screen.tsx"), "TraceScreen"),
});
