import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { Run } from "../../../lib/split/runs.ts";
import type { Arm } from "./table.ts";

/** Labels that serve several versions at once. The name's `prompt.rev` guards every change of a row. WITHOUT ROWID. */
export const promptSplits = sqliteTable(
  "prompt_split",
  {
    project: text().notNull(),
    name: text().notNull(),
    label: text().notNull(),
    /** New with every split, the same while its weights change: it is hashed with each targeting key. */
    id: text().notNull(),
    arms: text({ mode: "json" }).$type<Arm[]>().notNull(),
    /** Whose slots they are, from slot 0 on. */
    runs: text({ mode: "json" }).$type<Run[]>().notNull(),
    startedAt: integer("started_at", { mode: "timestamp_ms" }).notNull(),
    changedAt: integer("changed_at", { mode: "timestamp_ms" }).notNull(),
    /** The rollout that steers it; null for a person's. */
    owner: text(),
  },
  (t) => [primaryKey({ columns: [t.project, t.name, t.label] })],
);
