import type { z } from "zod";

import { diffJson } from "../../../lib/json-diff.ts";
import { offer } from "../../../platform/exchange.ts";
import type { Scope } from "../../../platform/scope.ts";
import { changeDashboard, createDashboard } from "../actions.ts";
import { CreateDashboard, DashboardPath } from "../contract.ts";
import { findDashboard, selectWholeDashboards } from "../store.ts";

const DashboardLine = CreateDashboard.extend(DashboardPath.shape);

/** Rows that are read at once; each has up to 24 panels. */
const PAGE = 50;

async function* lines(scope: Scope): AsyncGenerator<z.input<typeof DashboardLine>> {
  for (let last: string | undefined = ""; last !== undefined;) {
    const page: Awaited<ReturnType<typeof selectWholeDashboards>> = await selectWholeDashboards(
      scope,
      last,
      PAGE,
    );
    for (const { id, name, window, panels } of page) yield { id, name, window, panels };
    last = page.length < PAGE ? undefined : page.at(-1)?.id;
  }
}

/** Saved dashboards as a project's export holds them; a file's takes the place of the one of its id. */
export const dashboardOffer = offer({
  kind: "dashboard",
  reads: "read",
  writes: "write",
  lines,
  schema: DashboardLine,
  take: async (scope, { id, ...wanted }) => {
    const here = await findDashboard(scope, id);
    if (!here) {
      await createDashboard(scope, wanted, id);
      return { changed: true };
    }
    const { rev, name, window, panels } = here;
    if (diffJson({ name, window, panels }, wanted).length === 0) return { changed: false };
    await changeDashboard(scope, id, { rev, ...wanted });
    return { changed: true };
  },
});
