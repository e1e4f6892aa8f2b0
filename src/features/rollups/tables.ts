import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Aggregates of one version in one time slice, environment and model. Only the fold writes them. WITHOUT ROWID. */
export const buckets = sqliteTable(
  "bucket",
  {
    /** 0: 5 minutes, 1: hour, 2: day. */
    level: integer().notNull(),
    project: integer().notNull(),
    prompt: text().notNull(),
    version: integer().notNull(),
    /** Start of the slice, in slices since 1970. */
    slot: integer().notNull(),
    env: text().notNull(),
    /** "" when unknown. */
    model: text().notNull(),
    data: text().notNull(),
  },
  (t) => [
    primaryKey({
      columns: [t.level, t.project, t.prompt, t.version, t.slot, t.env, t.model],
    }),
  ],
);

/** What a stage of a rollout counts, and what it counted so far in this shard. WITHOUT ROWID. */
export const cohorts = sqliteTable(
  "cohort",
  {
    project: integer().notNull(),
    prompt: text().notNull(),
    rollout: text().notNull(),
    stage: integer().notNull(),
    /** Between which instants anything may count, in µs; `stop` is exclusive. */
    start: integer().notNull(),
    stop: integer().notNull(),
    plan: text().notNull(),
    data: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.prompt, t.rollout, t.stage] })],
);

/** A session whose scores must be settled again. */
export const marks = sqliteTable("mark", {
  seq: integer().primaryKey({ autoIncrement: true }),
  project: integer().notNull(),
  session: text().notNull(),
});

/** What a session's scores contribute at present, in the session's home shard. WITHOUT ROWID. */
export const sessionUses = sqliteTable(
  "session_use",
  {
    project: integer().notNull(),
    session: text().notNull(),
    score: text().notNull(),
    prompt: text().notNull(),
    version: integer().notNull(),
    env: text().notNull(),
    model: text().notNull(),
    start: integer().notNull(),
    name: text().notNull(),
    source: text().notNull(),
    type: text().notNull(),
    num: integer(),
    cat: text(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.session, t.score, t.prompt, t.version] }),
    index("session_use_version").on(t.project, t.prompt, t.version, t.start),
  ],
);
