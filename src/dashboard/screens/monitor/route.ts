import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { MONITOR_KINDS, type MonitorKind } from "../../../features/monitors/model.ts";
import { projectRoute } from "../../shell/root.tsx";
import { textOf } from "../metrics/search.ts";

/** What a new monitor begins with. */
type MonitorSearch = { prompt?: string | undefined; kind?: MonitorKind | undefined };

/** `new` is the id of the monitor that is not there yet. */
export const monitorRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "monitors/$monitorId",
  validateSearch: (search: Record<string, unknown>): MonitorSearch => ({
    prompt: textOf(search["prompt"]),
    kind: MONITOR_KINDS.find((kind) => kind === search["kind"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "MonitorScreen"),
});
