import { newId } from "../../lib/ids.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import type { ChangeDashboard, CreateDashboard, Dashboard, DashboardList } from "./contract.ts";
import {
  countDashboards,
  type DashboardRow,
  deleteDashboardRow,
  findDashboard,
  insertDashboard,
  selectDashboards,
  updateDashboard,
} from "./store.ts";

const MAX_DASHBOARDS = 200;

const viewOf = (row: DashboardRow): Dashboard => ({
  id: row.id,
  name: row.name,
  window: row.window,
  panels: row.panels,
  rev: row.rev,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/** @throws Refusal conflict beyond 200 */
export async function createDashboard(
  scope: Scope,
  wanted: CreateDashboard,
  id: string = newId("dsh", scope.now),
): Promise<Dashboard> {
  const { actor, now, tenant: project } = scope;
  if ((await countDashboards(scope)) >= MAX_DASHBOARDS) {
    throw new Refusal("conflict", `a project may have at most ${MAX_DASHBOARDS} dashboards`);
  }
  const row: DashboardRow = {
    project,
    id,
    ...wanted,
    rev: 1,
    createdBy: `${actor.kind}:${actor.id}`,
    createdAt: now,
    updatedAt: now,
  };
  await insertDashboard(scope, row);
  return viewOf(row);
}

export async function listDashboards(
  scope: Scope,
  { cursor = "", limit }: { cursor?: string | undefined; limit: number },
): Promise<DashboardList> {
  const rows = await selectDashboards(scope, cursor, limit + 1);
  const page = rows.slice(0, limit);
  return {
    data: page.map(({ updatedAt, ...row }) => ({ ...row, updatedAt: updatedAt.toISOString() })),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

async function load(scope: Scope, id: string): Promise<DashboardRow> {
  const row = await findDashboard(scope, id);
  if (!row) throw new Refusal("not_found", `there is no dashboard ${id}`);
  return row;
}

/** @throws Refusal not_found */
export const readDashboard = async (scope: Scope, id: string): Promise<Dashboard> =>
  viewOf(await load(scope, id));

/** @throws Refusal not_found, conflict when it is not any more what the caller read */
export async function changeDashboard(
  scope: Scope,
  id: string,
  { rev, name, window, panels }: ChangeDashboard,
): Promise<Dashboard> {
  await load(scope, id);
  const changed = await updateDashboard(
    scope,
    { id, rev },
    {
      ...(name === undefined ? {} : { name }),
      ...(window === undefined ? {} : { window }),
      ...(panels === undefined ? {} : { panels }),
    },
  );
  if (!changed) {
    throw new Refusal("conflict", `the dashboard ${id} was changed meanwhile; read it again`);
  }
  return viewOf(changed);
}

/** @throws Refusal not_found */
export const deleteDashboard = async (scope: Scope, id: string): Promise<void> =>
  deleteDashboardRow(scope, await load(scope, id));
