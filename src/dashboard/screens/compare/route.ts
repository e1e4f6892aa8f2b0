import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";
import { numberOf, textOf } from "../metrics/search.ts";

export type CompareSearch = {
  prompt?: string | undefined;
  control?: number | undefined;
  candidate?: number | undefined;
};

export const compareRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "compare",
  validateSearch: (search: Record<string, unknown>): CompareSearch => ({
    prompt: textOf(search["prompt"]),
    control: numberOf(search["control"]),
    candidate: numberOf(search["candidate"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "CompareScreen"),
});
