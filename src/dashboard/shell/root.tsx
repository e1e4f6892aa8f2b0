import {
  createRootRoute,
  createRoute,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";

import { queries } from "../api/queries.ts";
import { sessions } from "../api/session.ts";
import { start } from "../api/start.ts";
import { ErrorPanel } from "../parts/error-panel.tsx";
import { readWindow } from "../window.ts";
import { chosenProject } from "./chosen-project.ts";
import { NotFound } from "./not-found.tsx";
import { settingsQuery } from "./project.ts";
import { Shell } from "./shell.tsx";

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => <ErrorPanel error={error} retry={reset} />,
  notFoundComponent: NotFound,
});

/** `/` leads to the project that was looked at last. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async () => {
    const { data } = await queries.ensureQueryData(sessions);
    const known = chosenProject(data);
    if (known === undefined) throw redirect({ to: "/sign-in" });
    throw redirect({ to: "/projects/$projectId/prompts", params: { projectId: known } });
  },
});

const isOwnPath = (value: unknown): value is string =>
  typeof value === "string" && /^\/(?![/\\])/.test(value);

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  /** `next`: where the person wanted to go; only ever a path of this dashboard. */
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: isOwnPath(search["next"]) ? search["next"] : undefined,
  }),
  component: lazyRouteComponent(() => import("../screens/sign-in/screen.tsx"), "SignInScreen"),
});

/** Every screen of a project hangs below this one, which knows who looks and at which window of time. */
export const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$projectId",
  validateSearch: readWindow,
  search: { middlewares: [retainSearchParams(["range", "from", "to", "environment"])] },
  beforeLoad: async ({ params, location }) => {
    const { data } = await queries.ensureQueryData(sessions);
    const session = data.find(({ project }) => project.id === params.projectId);
    if (!session) throw redirect({ to: "/sign-in", search: { next: location.href } });
    return { session };
  },
  // Every screen shows instants in the project's time zone.
  loader: ({ params, preload }) => {
    if (!preload) void start(settingsQuery(params.projectId));
  },
  component: Shell,
  errorComponent: ({ error, reset }) => <ErrorPanel error={error} retry={reset} />,
  notFoundComponent: NotFound,
});
