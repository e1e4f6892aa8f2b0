import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The kinds of scores that a project uses: what bounds the metrics of a bucket. WITHOUT ROWID. */
export const scoreKinds = sqliteTable(
  "score_kind",
  {
    /** The project's number (Scope.tenant). */
    project: integer().notNull(),
    /** Name, source and data type, see `kind.ts`. */
    kind: text().notNull(),
    /** Days since 1970; a kind that nobody used for a while makes room. */
    usedOn: integer("used_on").notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.kind] })],
);
