import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

import type { CheckView } from "./check.ts";
import type { Inputs } from "./evidence.ts";
import type { RolloutState } from "./model.ts";
import type { Progress, RolloutEventType, Start } from "./record.ts";

/** Rollouts. What was said at the start never changes; `rev` guards the rest. WITHOUT ROWID. */
export const rollouts = sqliteTable(
  "rollout",
  {
    project: text().notNull(),
    /** Sorts by time. */
    id: text().notNull(),
    /** The project's number: jobs start from the row. */
    tenant: integer().notNull(),
    prompt: text().notNull(),
    label: text().notNull(),
    control: integer().notNull(),
    candidate: integer().notNull(),
    state: text().$type<RolloutState>().notNull(),
    /** null while a save that came too late must fail. */
    rev: integer().notNull(),
    startedAt: integer("started_at", { mode: "timestamp_ms" }).notNull(),
    checkedAt: integer("checked_at", { mode: "timestamp_ms" }),
    /** null while it splits the label, its holdback included. */
    endedAt: integer("ended_at", { mode: "timestamp_ms" }),
    start: text({ mode: "json" }).$type<Start>().notNull(),
    progress: text({ mode: "json" }).$type<Progress>().notNull(),
    /** What the last check saw; null before the first. */
    last: text({ mode: "json" }).$type<CheckView>(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    uniqueIndex("rollout_living")
      .on(t.project, t.prompt, t.label)
      .where(sql`ended_at IS NULL`),
    index("rollout_due")
      .on(t.startedAt)
      .where(sql`ended_at IS NULL`),
  ],
);

/** Every check that saw something new: what it saw, said, and rests on. WITHOUT ROWID. */
export const rolloutChecks = sqliteTable(
  "rollout_check",
  {
    project: text().notNull(),
    rollout: text().notNull(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    /** Whether it changed the rollout: such checks are kept for good. */
    turned: integer({ mode: "boolean" }).notNull(),
    view: text({ mode: "json" }).$type<CheckView>().notNull(),
    inputs: text({ mode: "json" }).$type<Inputs>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.rollout, t.at] })],
);

/** What happened to a rollout, in order. */
export const rolloutEvents = sqliteTable(
  "rollout_event",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    rollout: text().notNull(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    event: text().$type<RolloutEventType>().notNull(),
    stage: integer(),
    /** Of the candidate, as a fraction. */
    share: real(),
    reason: text(),
    actorKind: text("actor_kind").$type<"key" | "person" | "system">().notNull(),
    actorId: text("actor_id").notNull(),
  },
  (t) => [index("rollout_event_of").on(t.project, t.rollout)],
);
