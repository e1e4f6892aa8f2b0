import { and, asc, desc, eq, inArray, lt, lte, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { StoredEvent } from "../model.ts";
import { attempts, deliveries, events } from "../tables.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;
export type AttemptRow = typeof attempts.$inferSelect;

const own = ({ tenant }: Scope, id: string) =>
  and(eq(deliveries.project, tenant), eq(deliveries.id, id));

const withEvent = ({ db }: Scope) =>
  db
    .select({ delivery: deliveries, type: events.type, at: events.at })
    .from(deliveries)
    .innerJoin(
      events,
      and(eq(events.project, deliveries.project), eq(events.id, deliveries.event)),
    );

export type Listed = { delivery: DeliveryRow; type: string; at: Date };

export const findDelivery = (scope: Scope, id: string): Promise<Listed | undefined> =>
  withEvent(scope).where(own(scope, id)).get();

type Page = {
  destination: string | undefined;
  state: DeliveryRow["state"] | undefined;
  cursor: string | undefined;
  limit: number;
};

/** Newest first, older than the id `cursor`. */
export const selectDeliveries = (
  scope: Scope,
  { destination, state, cursor, limit }: Page,
): Promise<Listed[]> =>
  withEvent(scope)
    .where(
      and(
        eq(deliveries.project, scope.tenant),
        destination === undefined ? undefined : eq(deliveries.destination, destination),
        state && eq(deliveries.state, state),
        cursor === undefined ? undefined : lt(deliveries.id, cursor),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(limit)
    .all();

export const selectAttempts = ({ db, tenant }: Scope, delivery: string): Promise<AttemptRow[]> =>
  db
    .select()
    .from(attempts)
    .where(and(eq(attempts.project, tenant), eq(attempts.delivery, delivery)))
    .orderBy(asc(attempts.number))
    .all();

export const findEvent = (scope: Scope, id: string): Promise<StoredEvent | undefined> =>
  scope.db
    .select()
    .from(events)
    .where(and(eq(events.project, scope.tenant), eq(events.id, id)))
    .get();

/** Clocks of two machines differ: a message that comes so much early is not left to the sweep. */
const EARLY_MS = 2_000;

/**
 * Takes a delivery that is due, for so long that nobody else attempts it meanwhile.
 *
 * @returns undefined when it is not due, done, or somebody else's now
 */
export async function claim(
  scope: Scope,
  id: string,
  leaseMs: number,
): Promise<DeliveryRow | undefined> {
  const nowMs = scope.now.getTime();
  const [row] = await scope.db
    .update(deliveries)
    .set({
      dueAt: nowMs + leaseMs,
      attempts: sql`${deliveries.attempts} + 1`,
      tries: sql`${deliveries.tries} + 1`,
    })
    .where(
      and(own(scope, id), eq(deliveries.state, "pending"), lte(deliveries.dueAt, nowMs + EARLY_MS)),
    )
    .returning();
  return row;
}

type Finish = Pick<DeliveryRow, "state" | "dueAt" | "outcome">;

/** Writes how a claimed delivery's attempt ended, with what else follows from it, in one batch. */
export async function finish(
  scope: Scope,
  { id, attempts: number }: DeliveryRow,
  { state, dueAt, outcome }: Finish,
  rows: readonly BatchItem<"sqlite">[],
): Promise<void> {
  await scope.db.batch([
    scope.db
      .update(deliveries)
      .set({ state, dueAt, outcome, finishedAt: state === "pending" ? null : scope.now })
      .where(and(own(scope, id), eq(deliveries.attempts, number), eq(deliveries.state, "pending"))),
    ...rows,
  ]);
}

export const insertAttempt = (
  { db, tenant }: Scope,
  row: Omit<AttemptRow, "project">,
): BatchItem<"sqlite"> =>
  db
    .insert(attempts)
    .values({ ...row, project: tenant })
    .onConflictDoNothing();

/** Lets a delivery begin anew, with its id. */
export const reopen = async (scope: Scope, id: string): Promise<void> => {
  await scope.db
    .update(deliveries)
    .set({ state: "pending", tries: 0, dueAt: scope.now.getTime(), finishedAt: null })
    .where(own(scope, id));
};

/** Writes an event that one destination alone is sent, and its delivery. */
export const insertSingle = async (
  scope: Scope,
  event: StoredEvent,
  { id, destination }: { id: string; destination: string },
): Promise<void> => {
  const { db, tenant: project, now } = scope;
  await db.batch([
    db.insert(events).values({ ...event, project, fannedAt: now }),
    db.insert(deliveries).values({
      project,
      id,
      destination,
      event: event.id,
      state: "pending",
      attempts: 0,
      tries: 0,
      dueAt: now.getTime(),
      outcome: null,
      createdAt: now,
      finishedAt: null,
    }),
  ]);
};

/**
 * Deliveries that were due some time ago and nobody attempts: the queue lost them, or their wait
 * was too long for it. They become due now, so that the next call finds others.
 */
export const takeOverdue = (
  db: RegistryDb,
  { now, overdueMs, limit }: { now: Date; overdueMs: number; limit: number },
) =>
  db
    .update(deliveries)
    .set({ dueAt: now.getTime() })
    .where(
      inArray(
        sql`(${deliveries.project}, ${deliveries.id})`,
        sql`(SELECT project, id FROM ${deliveries}
          WHERE state = 'pending' AND due_at <= ${now.getTime() - overdueMs}
          ORDER BY due_at LIMIT ${limit})`,
      ),
    )
    .returning({ project: deliveries.project, id: deliveries.id });

/** Events outlive their deliveries by this: a delivery without its event could not be shown. */
const EVENTS_STAY_MS = 86_400_000;

/** Forgets the log before an instant, in bounded parts. @returns rows that went */
export async function forgetBefore(db: RegistryDb, before: Date, limit: number): Promise<number> {
  const at = before.getTime();
  const old = sql`(SELECT project, id FROM ${deliveries}
    WHERE created_at < ${at} AND state <> 'pending' ORDER BY created_at LIMIT ${limit})`;
  const unheard = sql`(SELECT project, id FROM ${events}
    WHERE at < ${at - EVENTS_STAY_MS} AND fanned_at IS NOT NULL ORDER BY at LIMIT ${limit})`;
  const [, gone, silent] = await db.batch([
    db.delete(attempts).where(inArray(sql`(${attempts.project}, ${attempts.delivery})`, old)),
    db.delete(deliveries).where(inArray(sql`(${deliveries.project}, ${deliveries.id})`, old)),
    db.delete(events).where(inArray(sql`(${events.project}, ${events.id})`, unheard)),
  ]);
  return gone.meta.changes + silent.meta.changes;
}
