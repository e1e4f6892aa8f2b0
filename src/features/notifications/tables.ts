import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

import type { EventType } from "./events/contract.ts";
import type {
  DeliveryState,
  DestinationKind,
  DestinationStatus,
  Filter,
  LoggedRequest,
  LoggedResponse,
  SecretRecord,
} from "./model.ts";

/** Where notifications go. `project` is the project's number (Scope.tenant) in all these tables. WITHOUT ROWID. */
export const destinations = sqliteTable(
  "notification_destination",
  {
    project: integer().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    kind: text().$type<DestinationKind>().notNull(),
    /** What may be shown of where it is: an address, or what is left of one that is secret. */
    address: text().notNull(),
    /** The address, key or token, sealed, where that is a secret; null for a signed webhook. */
    credential: text(),
    /** What a signed webhook is signed with, sealed, newest first. */
    secrets: text({ mode: "json" }).$type<SecretRecord[]>().notNull(),
    filter: text({ mode: "json" }).$type<Filter>().notNull(),
    status: text().$type<DestinationStatus>().notNull(),
    /** Why it is disabled; null while it is not. */
    statusReason: text("status_reason"),
    /** The first failure since the last success; null when there is none. */
    failingSince: integer("failing_since", { mode: "timestamp_ms" }),
    /** Counts changes by people, so that two do not undo each other. */
    rev: integer().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.id] })],
);

/** What happened: the outbox that other slices write into with their own change. WITHOUT ROWID. */
export const events = sqliteTable(
  "notification_event",
  {
    project: integer().notNull(),
    id: text().notNull(),
    projectId: text("project_id").notNull(),
    type: text().$type<EventType>().notNull(),
    prompt: text(),
    labels: text({ mode: "json" }).$type<string[]>(),
    data: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    /** When its deliveries were written; null while they are to be. */
    fannedAt: integer("fanned_at", { mode: "timestamp_ms" }),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    index("notification_event_pending")
      .on(t.project, t.at)
      .where(sql`fanned_at IS NULL`),
    index("notification_event_at").on(t.at),
  ],
);

/** One event on its way to one destination. Its id is the `webhook-id`. WITHOUT ROWID. */
export const deliveries = sqliteTable(
  "notification_delivery",
  {
    project: integer().notNull(),
    /** Sorts by time. */
    id: text().notNull(),
    destination: text().notNull(),
    event: text().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** Attempts in all, and those since it was sent or sent again. */
    attempts: integer().notNull(),
    tries: integer().notNull(),
    /** Milliseconds since 1970 before which nobody attempts it: the back-off, or whoever attempts it now. */
    dueAt: integer("due_at").notNull(),
    /** How the last attempt ended, in a few words; null before the first. */
    outcome: text(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    finishedAt: integer("finished_at", { mode: "timestamp_ms" }),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    uniqueIndex("notification_delivery_once").on(t.project, t.destination, t.event),
    index("notification_delivery_due")
      .on(t.dueAt)
      .where(sql`state = 'pending'`),
    index("notification_delivery_at").on(t.createdAt),
  ],
);

/** The log: each attempt with what was sent and answered. WITHOUT ROWID. */
export const attempts = sqliteTable(
  "notification_attempt",
  {
    project: integer().notNull(),
    delivery: text().notNull(),
    number: integer().notNull(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    durationMs: integer("duration_ms").notNull(),
    request: text({ mode: "json" }).$type<LoggedRequest>(),
    /** null when there was no answer; then `error` says why. */
    response: text({ mode: "json" }).$type<LoggedResponse>(),
    error: text(),
  },
  (t) => [primaryKey({ columns: [t.project, t.delivery, t.number] })],
);
