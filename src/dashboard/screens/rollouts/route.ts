import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

type RolloutsSearch = {
  /** Absent: the live ones. */
  show?: "all" | undefined;
  prompt?: string | undefined;
  /** The dialog that starts one is open, for this prompt if it is named. */
  start?: string | undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

export const rolloutsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "rollouts",
  validateSearch: (search: Record<string, unknown>): RolloutsSearch => ({
    show: search["show"] === "all" ? "all" : undefined,
    prompt: textOf(search["prompt"]) || undefined,
    start: textOf(search["start"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "RolloutsScreen"),
});
