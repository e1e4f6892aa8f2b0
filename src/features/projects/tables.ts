import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { Grant, KeyKind, Settings } from "./model.ts";

/** Tenants. `num` is `Scope.tenant`: four bytes in every row of the events shards instead of thirty. */
export const projects = sqliteTable("project", {
  num: integer().primaryKey({ autoIncrement: true }),
  id: text().notNull().unique(),
  name: text().notNull(),
  /** What differs from the defaults. */
  settings: text({ mode: "json" }).$type<Partial<Settings>>().notNull(),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
});

/** Credentials, as SHA-256 only. A pair is two rows with one id: public and secret. */
export const apiKeys = sqliteTable(
  "api_key",
  {
    /** SHA-256 of the credential, 64 hexadecimal digits. */
    hash: text().primaryKey(),
    id: text().notNull(),
    project: integer()
      .notNull()
      .references(() => projects.num),
    kind: text().$type<KeyKind>().notNull(),
    /** The public half of the pair, in clear; null for a Bearer key. */
    publicKey: text("public_key"),
    /** JSON list of what it may do. */
    grants: text({ mode: "json" }).$type<Grant[]>().notNull(),
    label: text().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    revokedAt: integer("revoked_at", { mode: "timestamp_ms" }),
  },
  (t) => [index("api_key_id").on(t.project, t.id)],
);

/** KV documents of this slice that are to be renewed from D1: a key record or a settings document. */
export const edgeOutbox = sqliteTable("edge_outbox", {
  /** The document's name in KV. */
  document: text().primaryKey(),
  /** Grows with every request to renew; the row goes only if it did not grow meanwhile. */
  rev: integer().notNull(),
  /** Milliseconds since 1970 until which one drainer has the document to itself. */
  leasedUntil: integer("leased_until").notNull(),
});

/** Browsers that signed in with a key, which says what they may do. WITHOUT ROWID. */
export const dashboardSessions = sqliteTable("dashboard_session", {
  /** SHA-256 of the cookie, 64 hexadecimal digits. */
  hash: text().primaryKey(),
  project: integer()
    .notNull()
    .references(() => projects.num),
  keyId: text("key_id").notNull(),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
});

/** Who did what to keys, settings, labels and rules. Append only. */
export const audit = sqliteTable(
  "audit",
  {
    project: integer().notNull(),
    /** Sorts by time. */
    id: text().notNull(),
    actor: text().notNull(),
    action: text().notNull(),
    target: text().notNull(),
    detail: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.id] })],
);
