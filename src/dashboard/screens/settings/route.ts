import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

/** Parts of the settings, the one that is shown first. */
const VIEWS = ["project", "scores", "prices", "margins"] as const;

type SettingsSearch = {
  view?: (typeof VIEWS)[number] | undefined;
  /** Whose margins, where not those of all prompts. */
  prompt?: string | undefined;
};

export const settingsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "settings",
  validateSearch: (search: Record<string, unknown>): SettingsSearch => ({
    view: VIEWS.find((view) => view === search["view"]),
    prompt: typeof search["prompt"] === "string" ? search["prompt"] : undefined,
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "SettingsScreen"),
});
