import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { Evidence } from "./incidents/contract.ts";
import type { IncidentEvent, IncidentState, MonitorKind, Severity } from "./model.ts";
import type { Rule } from "./rules/contract.ts";
import type { WatchMemory } from "./rules/state.ts";

/** Rules. `project` is the project's number (Scope.tenant) in all these tables. WITHOUT ROWID. */
export const monitors = sqliteTable(
  "monitor",
  {
    project: integer().notNull(),
    /** Sorts by time; `regressions` for the one that every project has. */
    id: text().notNull(),
    kind: text().$type<MonitorKind>().notNull(),
    /** null: all prompts. */
    prompt: text(),
    rule: text({ mode: "json" }).$type<Rule>().notNull(),
    enabled: integer({ mode: "boolean" }).notNull(),
    /** `untilMs` null: until it is unmuted. null: it is not muted. */
    mute: text({ mode: "json" }).$type<{ untilMs: number | null; reason: string | null }>(),
    /** End of the last window that was looked at, in milliseconds since 1970. */
    evaluatedTo: integer("evaluated_to").notNull(),
    /** When the next window can be looked at; before `leased_until` somebody was told so. */
    dueAt: integer("due_at").notNull(),
    leasedUntil: integer("leased_until").notNull(),
    /** Counts changes of the rule: what was judged by another rule is not written. */
    rev: integer().notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    index("monitor_due")
      .on(t.dueAt)
      .where(sql`enabled = 1`),
  ],
);

/** What monitors remember of each thing that they watch. WITHOUT ROWID. */
export const watches = sqliteTable(
  "monitor_watch",
  {
    project: integer().notNull(),
    monitor: text().notNull(),
    /** `v3`, a deployment's id, or `all`. */
    watch: text().notNull(),
    version: integer(),
    deployment: text(),
    memory: text({ mode: "json" }).$type<WatchMemory>().notNull(),
    /** The incident of its firing; null while it does not fire. */
    incident: text(),
  },
  (t) => [primaryKey({ columns: [t.project, t.monitor, t.watch] })],
);

/** Stretches of time in which a monitor fired. `evidence` comes last: lists then never read its overflow pages. */
export const incidents = sqliteTable(
  "incident",
  {
    project: integer().notNull(),
    /** Sorts by time. */
    id: text().notNull(),
    monitor: text().notNull(),
    monitorName: text("monitor_name").notNull(),
    kind: text().$type<MonitorKind>().notNull(),
    state: text().$type<IncidentState>().notNull(),
    severity: text().$type<Severity>().notNull(),
    prompt: text(),
    label: text(),
    version: integer(),
    deployment: text(),
    summary: text().notNull(),
    muted: integer({ mode: "boolean" }).notNull(),
    openedAt: integer("opened_at", { mode: "timestamp_ms" }).notNull(),
    acknowledgedAt: integer("acknowledged_at", { mode: "timestamp_ms" }),
    resolvedAt: integer("resolved_at", { mode: "timestamp_ms" }),
    resolution: text(),
    evidence: text({ mode: "json" }).$type<Evidence>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.id] }),
    index("incident_state").on(t.project, t.state, t.id),
    index("incident_prompt").on(t.project, t.prompt, t.id),
    index("incident_monitor").on(t.project, t.monitor, t.id),
  ],
);

/** What happened to an incident, in order. */
export const incidentEvents = sqliteTable(
  "incident_event",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    project: integer().notNull(),
    incident: text().notNull(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    event: text().$type<IncidentEvent>().notNull(),
    actorKind: text("actor_kind").$type<"key" | "person" | "system">().notNull(),
    actorId: text("actor_id").notNull(),
    text: text(),
  },
  (t) => [index("incident_event_of").on(t.project, t.incident)],
);
