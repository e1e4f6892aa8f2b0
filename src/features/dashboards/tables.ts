import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { Panel, Window } from "./contract.ts";

/** Charts that people of a project arranged and named. WITHOUT ROWID. */
export const dashboards = sqliteTable(
  "dashboard",
  {
    /** The project's number. */
    project: integer().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    /** The time that all panels show, and for whom. */
    window: text({ mode: "json" }).$type<Window>().notNull(),
    /** In their order on the page. */
    panels: text({ mode: "json" }).$type<Panel[]>().notNull(),
    /** Grows with every change: who changes says which one was seen. */
    rev: integer().notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.id] })],
);
