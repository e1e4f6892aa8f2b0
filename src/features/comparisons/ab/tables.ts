import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { AbDefinition, AbOutcome } from "./model.ts";

/** A/B tests. What a test is was said before it started and never changes after. WITHOUT ROWID. */
export const abTests = sqliteTable(
  "ab_test",
  {
    project: text().notNull(),
    prompt: text().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    definition: text({ mode: "json" }).$type<AbDefinition>().notNull(),
    /** The split it began; null for labels that the app chooses, and while none began. */
    split: text(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** null until it is promoted. */
    endedAt: integer("ended_at", { mode: "timestamp_ms" }),
    /** What was decided, by whom, and all that it was decided from. */
    outcome: text({ mode: "json" }).$type<AbOutcome>(),
  },
  (t) => [primaryKey({ columns: [t.project, t.prompt, t.id] })],
);
