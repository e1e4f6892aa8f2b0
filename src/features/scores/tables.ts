import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Scores of an events shard; see `ingest/tables.ts` for the conventions. WITHOUT ROWID. */
export const scores = sqliteTable(
  "score",
  {
    project: integer().notNull(),
    /** The trace id, or the session id for level S. The same score id under another owner is another score. */
    owner: text().notNull(),
    id: text().notNull(),
    /** O observation, T trace, S session. */
    level: text().notNull(),
    /** The observation, at level O. */
    obs: text(),
    name: text().notNull(),
    source: text().notNull(),
    type: text().notNull(),
    /** NUMERIC: millionths of the value. */
    num: integer(),
    /** BOOLEAN and CATEGORICAL: the category. */
    cat: text(),
    dead: integer().notNull(),
    at: integer().notNull(),
    rev: integer().notNull(),
    doc: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.owner, t.id] }),
    index("score_id").on(t.project, t.id),
  ],
);
