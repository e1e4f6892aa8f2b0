import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { projectRoute } from "../../shell/root.tsx";

export const auditRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "audit",
  validateSearch: (search: Record<string, unknown>): { action?: string | undefined } => {
    const action = search["action"];
    return {
      action: typeof action === "string" && /^[a-z.]{1,50}$/.test(action) ? action : undefined,
    };
  },
  component: lazyRouteComponent(() => import("./screen.tsx"), "AuditScreen"),
});
