import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Where the reconcile job goes on, one row per side that it walks. WITHOUT ROWID. */
export const reconcileCursors = sqliteTable("reconcile_cursor", {
  side: text().$type<"registry" | "edge">().primaryKey(),
  /** "" begins a new round. */
  cursor: text().notNull(),
  ranAt: integer("ran_at", { mode: "timestamp_ms" }).notNull(),
});

/** What draining and reconciling did since the deployment began. WITHOUT ROWID. */
export const deliveryCounts = sqliteTable(
  "delivery_count",
  {
    job: text().$type<"drain" | "reconcile">().notNull(),
    what: text().notNull(),
    count: integer().notNull(),
    lastAt: integer("last_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.job, t.what] })],
);
