import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/*
 * Tables of an events shard. `project` is the project's number (Scope.tenant). Instants are integer
 * microseconds since 1970, money integer nano-USD, so that sums are exact. The migration makes the
 * tables without an integer key WITHOUT ROWID: a row then costs one write, plus one per index.
 *
 * `doc` holds what the events said (see merge.ts); the other columns are derived from it and exist
 * to be queried and folded. `rev` counts writes of the row and guards read-merge-write.
 */

export const observations = sqliteTable(
  "obs",
  {
    project: integer().notNull(),
    trace: text().notNull(),
    id: text().notNull(),
    type: text().notNull(),
    /** null until an event says it. */
    start: integer(),
    stop: integer(),
    /** First token. */
    first: integer(),
    env: text().notNull(),
    model: text(),
    /** The link; null on everything that is not a generation. */
    prompt: text(),
    /** 1 and up, or what `model.ts` says of 0 and below: a fallback, an unresolved label, a version found through one. */
    version: integer(),
    /** Id of the split that chose the version, where the generation says so. */
    split: text(),
    /** Which cell of a cohort its user or session falls into; null when neither is said. */
    userCell: integer("user_cell"),
    err: integer().notNull(),
    tin: integer(),
    tout: integer(),
    ttot: integer(),
    cost: integer(),
    costIn: integer("cost_in"),
    costOut: integer("cost_out"),
    /** Of the input's cost, what was read from a cache; null when nothing says so. */
    costCached: integer("cost_cached"),
    dead: integer().notNull(),
    /** The newest event time of the row: what retention looks at. */
    at: integer().notNull(),
    rev: integer().notNull(),
    doc: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.trace, t.id] }),
    index("obs_id").on(t.project, t.id),
    index("obs_version")
      .on(t.project, t.prompt, t.version, t.start)
      .where(sql`prompt IS NOT NULL`),
  ],
);

export const traces = sqliteTable(
  "trace",
  {
    project: integer().notNull(),
    id: text().notNull(),
    session: text(),
    /** A parentless span that is no generation lives in its trace's row: one write instead of two. */
    rootId: text("root_id"),
    root: text(),
    dead: integer().notNull(),
    at: integer().notNull(),
    rev: integer().notNull(),
    doc: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    index("trace_session")
      .on(t.project, t.session)
      .where(sql`session IS NOT NULL`),
    index("trace_root")
      .on(t.project, t.rootId)
      .where(sql`root_id IS NOT NULL`),
  ],
);

/** One row per ingest batch: what the touched rows contributed before and after it (fold). */
export const changes = sqliteTable("change", {
  seq: integer().primaryKey({ autoIncrement: true }),
  /** NOT NULL is the guard: a batch whose rows moved under it inserts null here and rolls back. */
  before: text().notNull(),
  after: text(),
});

/** Accepted objects that are in D1. Newest first, it is also the list of what arrived lately. */
export const objects = sqliteTable(
  "object",
  {
    project: integer().notNull(),
    name: text().notNull(),
    /** JSON list of the trace ids that the object touched, and of the sessions it scored. */
    traces: text().notNull(),
    /** Why the object could not be processed; null when it was. */
    error: text(),
  },
  (t) => [primaryKey({ columns: [t.project, t.name] })],
);

/** Where a bounded job stopped: the sweep's watermark, retention's place. WITHOUT ROWID. */
export const cursors = sqliteTable("cursor", {
  name: text().primaryKey(),
  value: text().notNull(),
});
