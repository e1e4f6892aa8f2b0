import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

import type { ReportKind, ReportState } from "./model.ts";
import type { Aside, Section, VersionPlace } from "./section/model.ts";

/** `project` is the project's number (Scope.tenant) in all these tables. */

/** Reports, made and in the making. A page is asked for by id alone, so that is unique by itself. WITHOUT ROWID. */
export const reports = sqliteTable(
  "report",
  {
    /** Sorts by time. */
    id: text().primaryKey(),
    project: integer().notNull(),
    kind: text().$type<ReportKind>().notNull(),
    /** Dates in `timeZone`, both inclusive. */
    firstDay: text("first_day").notNull(),
    lastDay: text("last_day").notNull(),
    timeZone: text("time_zone").notNull(),
    state: text().$type<ReportState>().notNull(),
    /** Whether destinations are told. */
    notify: integer({ mode: "boolean" }).notNull(),
    /** When the prompts to report on were written down; null before. */
    plannedAt: integer("planned_at", { mode: "timestamp_ms" }),
    /** What is said beside the prompts' sections; written down with them. */
    aside: text({ mode: "json" }).$type<Aside>(),
    /** Milliseconds since 1970 until which one run has the report to itself. */
    leasedUntil: integer("leased_until").notNull(),
    /** Runs that began since a prompt was last done: of those that come to nothing there are a few. */
    tries: integer().notNull(),
    error: text(),
    highlights: text({ mode: "json" }).$type<string[]>().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    readyAt: integer("ready_at", { mode: "timestamp_ms" }),
  },
  (t) => [
    index("report_list").on(t.project, t.id),
    // A period is reported once; whoever asks for a range may ask again.
    uniqueIndex("report_once")
      .on(t.project, t.kind, t.firstDay)
      .where(sql`kind <> 'custom'`),
    index("report_running")
      .on(t.leasedUntil)
      .where(sql`state = 'running'`),
  ],
);

/** What a report says of one prompt; null until that is worked out. WITHOUT ROWID. */
export const sections = sqliteTable(
  "report_section",
  {
    report: text().notNull(),
    prompt: text().notNull(),
    data: text({ mode: "json" }).$type<Section>(),
  },
  (t) => [primaryKey({ columns: [t.report, t.prompt] })],
);

/** A local day of a project whose sums are kept, or are being written. WITHOUT ROWID. */
export const localDays = sqliteTable(
  "report_day",
  {
    project: integer().notNull(),
    /** First instant and end, in milliseconds since 1970. */
    start: integer().notNull(),
    stop: integer().notNull(),
    /** How often all of its sums were written: soon after its end, and again before the 5-minute buckets go. */
    passes: integer().notNull(),
    /** The last version that a pass in the making has written; null between passes. */
    after: text({ mode: "json" }).$type<VersionPlace>(),
  },
  (t) => [primaryKey({ columns: [t.project, t.start, t.stop] })],
);

/** What a version did on a local day, over all environments and models, as a bucket is written. WITHOUT ROWID. */
export const daySums = sqliteTable(
  "report_day_sum",
  {
    project: integer().notNull(),
    start: integer().notNull(),
    stop: integer().notNull(),
    prompt: text().notNull(),
    /** As buckets are kept by. */
    version: integer().notNull(),
    data: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.start, t.stop, t.prompt, t.version] })],
);
