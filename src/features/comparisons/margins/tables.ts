import { primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Margins that people set: of a prompt, or of the whole project for prompt "". WITHOUT ROWID. */
export const margins = sqliteTable(
  "margin",
  {
    project: text().notNull(),
    prompt: text().notNull(),
    /** By metric, on the scale that its verdicts use. */
    byMetric: text("by_metric", { mode: "json" }).$type<Record<string, number>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.prompt] })],
);
