import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

const versionOf = (value: unknown): number | undefined => {
  const version = Number(value);
  return Number.isInteger(version) && version > 0 ? version : undefined;
};

export const promptRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "prompts/$name",
  validateSearch: (search: Record<string, unknown>): { version?: number | undefined } => ({
    version: versionOf(search["version"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "PromptScreen"),
});
