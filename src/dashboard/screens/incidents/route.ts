import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

type IncidentsSearch = {
  /** Absent: those that are not resolved. */
  show?: "all" | undefined;
  prompt?: string | undefined;
  monitor?: string | undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const incidentsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "incidents",
  validateSearch: (search: Record<string, unknown>): IncidentsSearch => ({
    show: search["show"] === "all" ? "all" : undefined,
    prompt: textOf(search["prompt"]),
    monitor: textOf(search["monitor"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "IncidentsScreen"),
});
