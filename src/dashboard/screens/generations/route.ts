import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { textOf } from "../metrics/search.ts";
import { readGenerationsSearch } from "./search.ts";
import { startGenerations, startTrace } from "./start.ts";

export const generationsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "generations",
  validateSearch: readGenerationsSearch,
  loader: startGenerations,
  component: lazyRouteComponent(() => import("./screen.tsx"), "GenerationsScreen"),
});

export const traceRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "traces/$traceId",
  /** The observation that is looked at; absent is the root. */
  validateSearch: (search: Record<string, unknown>): { observation?: string | undefined } => ({
    observation: textOf(search["observation"]),
  }),
  loader: startTrace,
  component: lazyRouteComponent(() => import("./trace-screen.tsx"), "TraceScreen"),
});
