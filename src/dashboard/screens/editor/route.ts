import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

/** `name`: a new version of it, begun from version `base`. Else a new prompt, in `folder`. */
export type EditorSearch = {
  name?: string | undefined;
  base?: number | undefined;
  folder?: string | undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const versionOf = (value: unknown): number | undefined => {
  const version = Number(value);
  return Number.isInteger(version) && version > 0 ? version : undefined;
};

export const editorRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "edit",
  validateSearch: (search: Record<string, unknown>): EditorSearch => ({
    name: textOf(search["name"]),
    base: versionOf(search["base"]),
    folder: textOf(search["folder"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "EditorScreen"),
});
