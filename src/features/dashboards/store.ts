import { and, asc, eq, gt, sql } from "drizzle-orm";

import type { Scope } from "../../platform/scope.ts";
import { auditing } from "../projects/index.ts";
import { dashboards } from "./tables.ts";

export type DashboardRow = typeof dashboards.$inferSelect;

const own = ({ tenant }: Scope, id: string) =>
  and(eq(dashboards.project, tenant), eq(dashboards.id, id));

export const findDashboard = (scope: Scope, id: string) =>
  scope.db.select().from(dashboards).where(own(scope, id)).get();

/** Oldest first, after the id `cursor`. */
export const selectDashboards = ({ db, tenant }: Scope, cursor: string, limit: number) =>
  db
    .select({
      id: dashboards.id,
      name: dashboards.name,
      panelCount: sql<number>`json_array_length(${dashboards.panels})`,
      updatedAt: dashboards.updatedAt,
    })
    .from(dashboards)
    .where(and(eq(dashboards.project, tenant), gt(dashboards.id, cursor)))
    .orderBy(asc(dashboards.id))
    .limit(limit);

/** As `selectDashboards`, with all that they hold. */
export const selectWholeDashboards = ({ db, tenant }: Scope, cursor: string, limit: number) =>
  db
    .select()
    .from(dashboards)
    .where(and(eq(dashboards.project, tenant), gt(dashboards.id, cursor)))
    .orderBy(asc(dashboards.id))
    .limit(limit);

export const countDashboards = ({ db, tenant }: Scope): Promise<number> =>
  db.$count(dashboards, eq(dashboards.project, tenant));

export const insertDashboard = async (scope: Scope, row: DashboardRow): Promise<void> => {
  const { id, name } = row;
  await scope.db.batch([
    scope.db.insert(dashboards).values(row),
    auditing(scope, { action: "dashboard.create", target: id, detail: { name } }),
  ]);
};

type Change = Partial<Pick<DashboardRow, "name" | "window" | "panels">>;

/** Changes a dashboard that is still the one with `rev`. @returns it, or undefined when it is not */
export async function updateDashboard(
  scope: Scope,
  { id, rev }: { id: string; rev: number },
  change: Change,
): Promise<DashboardRow | undefined> {
  const [changed] = await scope.db
    .update(dashboards)
    .set({ ...change, updatedAt: scope.now, rev: sql`${dashboards.rev} + 1` })
    .where(and(own(scope, id), eq(dashboards.rev, rev)))
    .returning();
  if (!changed) return undefined;
  const detail = { name: changed.name, fields: Object.keys(change) };
  await auditing(scope, { action: "dashboard.change", target: id, detail });
  return changed;
}

export const deleteDashboardRow = async (
  scope: Scope,
  { id, name }: Pick<DashboardRow, "id" | "name">,
): Promise<void> => {
  await scope.db.batch([
    scope.db.delete(dashboards).where(own(scope, id)),
    auditing(scope, { action: "dashboard.delete", target: id, detail: { name } }),
  ]);
};
