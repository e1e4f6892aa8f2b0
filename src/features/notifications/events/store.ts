import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { StoredEvent } from "../model.ts";
import { deliveries, destinations, events } from "../tables.ts";

export type EventRow = typeof events.$inferSelect;

/**
 * The statement that writes events; none are written for a project that nobody listens to, and none
 * twice under the same id.
 */
export const insertEvents = (scope: Scope, happened: readonly StoredEvent[]): BatchItem<"sqlite"> =>
  scope.db
    .insert(events)
    .select(
      sql`SELECT ${scope.tenant}, value->>'id', value->>'projectId', value->>'type', value->>'prompt',
          nullif(value->'labels', 'null'), value->'data', value->>'at', NULL
        FROM json_each(${JSON.stringify(
          happened.map((event) => ({ ...event, at: event.at.getTime() })),
        )})
        WHERE EXISTS (SELECT 1 FROM ${destinations}
          WHERE project = ${scope.tenant} AND status = 'active')`,
    )
    .onConflictDoNothing();

const pending = ({ tenant }: Scope) => and(eq(events.project, tenant), isNull(events.fannedAt));

/** Events whose deliveries are not written yet, oldest first. */
export const selectPending = (scope: Scope, limit: number) =>
  scope.db.select().from(events).where(pending(scope)).orderBy(events.at).limit(limit);

export const selectActive = ({ db, tenant }: Scope) =>
  db
    .select({
      id: destinations.id,
      filter: destinations.filter,
      createdAt: destinations.createdAt,
    })
    .from(destinations)
    .where(and(eq(destinations.project, tenant), eq(destinations.status, "active")));

export type NewDelivery = { id: string; destination: string; event: string };

/**
 * Writes deliveries of events and marks the events, in one batch.
 *
 * @returns ids of those written: somebody else may have been faster with some
 */
export async function fanOutRows(
  { db, tenant, now }: Scope,
  done: readonly EventRow[],
  wanted: readonly NewDelivery[],
): Promise<string[]> {
  const instant = now.getTime();
  const ids = sql`(SELECT value FROM json_each(${JSON.stringify(done.map(({ id }) => id))}))`;
  const [written] = await db.batch([
    db
      .insert(deliveries)
      .select(
        sql`SELECT ${tenant}, value->>'id', value->>'destination', value->>'event', 'pending', 0, 0,
            ${instant}, NULL, ${instant}, NULL
          FROM json_each(${JSON.stringify(wanted)}) WHERE true`,
      )
      .onConflictDoNothing()
      .returning({ id: deliveries.id }),
    db
      .update(events)
      .set({ fannedAt: now })
      .where(and(eq(events.project, tenant), inArray(events.id, ids))),
  ]);
  return written.map(({ id }) => id);
}

/** Projects, by number, with events that have waited since before an instant. */
export async function projectsWaiting(
  db: RegistryDb,
  before: Date,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .selectDistinct({ project: events.project })
    .from(events)
    .where(and(isNull(events.fannedAt), lt(events.at, before)))
    .limit(limit);
  return rows.map(({ project }) => project);
}
