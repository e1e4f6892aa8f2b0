import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { SecretRecord, SourceAuth, SourceKind } from "./model.ts";

/** Where events may come from over webhooks. A deleted source stays, without its secrets, so that its id stays refused. WITHOUT ROWID. */
export const sources = sqliteTable(
  "source",
  {
    /** Unguessable; part of the address that the sender is given. */
    id: text().primaryKey(),
    /** The project's number (Scope.tenant), and its id, which KV documents are named by. */
    project: integer().notNull(),
    projectId: text("project_id").notNull(),
    name: text().notNull(),
    kind: text().$type<SourceKind>().notNull(),
    auth: text().$type<SourceAuth>().notNull(),
    /** JMESPath of a `mapped` source; null for all others. */
    mapping: text(),
    /** Sealed or hashed, newest first; none once deleted. */
    secrets: text({ mode: "json" }).$type<SecretRecord[]>().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    deletedAt: integer("deleted_at", { mode: "timestamp_ms" }),
    /** Counts changes; KV holds the source as it was at `published`. */
    rev: integer().notNull(),
    published: integer().notNull(),
  },
  (t) => [index("source_project").on(t.project, t.id)],
);

/** Ids of signed deliveries that were accepted, for as long as their timestamp would be. WITHOUT ROWID. */
export const hookDeliveries = sqliteTable(
  "hook_delivery",
  {
    source: text().notNull(),
    id: text().notNull(),
    /** Milliseconds since 1970 of the acceptance. */
    at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.id] }), index("hook_delivery_at").on(t.at)],
);
