import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

type PromptsSearch = {
  q?: string | undefined;
  folder?: string | undefined;
  tag?: string | undefined;
  label?: string | undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const promptsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "prompts",
  validateSearch: (search: Record<string, unknown>): PromptsSearch => ({
    q: textOf(search["q"]),
    folder: textOf(search["folder"]),
    tag: textOf(search["tag"]),
    label: textOf(search["label"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "PromptsScreen"),
});
