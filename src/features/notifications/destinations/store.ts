import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import { deliveries, destinations } from "../tables.ts";

export type DestinationRow = typeof destinations.$inferSelect;

const own = ({ tenant }: Scope, id: string) =>
  and(eq(destinations.project, tenant), eq(destinations.id, id));

export const findDestination = (scope: Scope, id: string) =>
  scope.db.select().from(destinations).where(own(scope, id)).get();

export const selectDestinations = ({ db, tenant }: Scope, cursor: string, limit: number) =>
  db
    .select()
    .from(destinations)
    .where(and(eq(destinations.project, tenant), gt(destinations.id, cursor)))
    .orderBy(asc(destinations.id))
    .limit(limit);

export const countDestinations = ({ db, tenant }: Scope): Promise<number> =>
  db.$count(destinations, eq(destinations.project, tenant));

export const insertDestination = async (scope: Scope, row: DestinationRow): Promise<void> => {
  const { id, name, kind, address } = row;
  await scope.db.batch([
    scope.db.insert(destinations).values(row),
    auditing(scope, { action: "destination.create", target: id, detail: { name, kind, address } }),
  ]);
};

/** What never reaches its destination any more; the log stays. */
const failPending = (
  { db, tenant, now }: Scope,
  id: string,
  outcome: string,
): BatchItem<"sqlite"> =>
  db
    .update(deliveries)
    .set({ state: "failed", finishedAt: now, outcome })
    .where(
      and(
        eq(deliveries.project, tenant),
        eq(deliveries.destination, id),
        eq(deliveries.state, "pending"),
      ),
    );

type Change = Partial<Omit<DestinationRow, "project" | "id" | "rev" | "createdAt">>;

/** Changes a destination that is still as it was read. @returns false when it is not */
export async function updateDestination(
  scope: Scope,
  { id, rev }: Pick<DestinationRow, "id" | "rev">,
  change: Change,
  action: string,
): Promise<boolean> {
  const changed = await scope.db
    .update(destinations)
    .set({ ...change, updatedAt: scope.now, rev: sql`${destinations.rev} + 1` })
    .where(and(own(scope, id), eq(destinations.rev, rev)))
    .returning({ id: destinations.id });
  if (changed.length === 0) return false;
  const detail = { fields: Object.keys(change) };
  await scope.db.batch([
    auditing(scope, { action, target: id, detail }),
    ...(change.status === "paused" ? [failPending(scope, id, "the destination was paused")] : []),
  ]);
  return true;
}

export const deleteDestinationRow = async (
  scope: Scope,
  { id, name }: Pick<DestinationRow, "id" | "name">,
): Promise<void> => {
  await scope.db.batch([
    scope.db.delete(destinations).where(own(scope, id)),
    failPending(scope, id, "the destination was deleted"),
    auditing(scope, { action: "destination.delete", target: id, detail: { name } }),
  ]);
};

/** The statements that write what an attempt told of a destination. */
export function healthRows(
  scope: Scope,
  { id, name }: Pick<DestinationRow, "id" | "name">,
  health: Pick<DestinationRow, "status" | "statusReason" | "failingSince">,
): BatchItem<"sqlite">[] {
  const { failingSince, status, statusReason } = health;
  const update = scope.db.update(destinations);
  if (status !== "disabled") {
    // Of two failures at once the first counts.
    const since = failingSince && sql`coalesce(failing_since, ${failingSince.getTime()})`;
    return [update.set({ failingSince: since }).where(own(scope, id))];
  }
  return [
    update.set({ status, statusReason, failingSince, updatedAt: scope.now }).where(own(scope, id)),
    failPending(scope, id, "the destination was disabled"),
    auditing(scope, {
      action: "destination.disable",
      target: id,
      detail: { name, reason: statusReason },
    }),
  ];
}
