import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

import type { DeploymentCause, DocumentKind, PromptContent, PromptType } from "./model.ts";

/*
 * The registry of prompts. `project` is the project's id: it is part of every document's name in
 * KV, which a drainer must know without asking for the project's row.
 */

/** One row per name, kept when its last version is deleted, so that no number is used twice. WITHOUT ROWID. */
export const prompts = sqliteTable(
  "prompt",
  {
    project: text().notNull(),
    name: text().notNull(),
    /** Counts changes of the name, and guards load-decide-save: a batch that lost the race writes null here and rolls back. */
    rev: integer().notNull(),
    type: text().$type<PromptType>().notNull(),
    tags: text({ mode: "json" }).$type<string[]>().notNull(),
    /** The highest version there ever was. */
    lastVersion: integer("last_version").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** Never goes back, so the ledger of a name is in order of time. */
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.name] })],
);

/** What a version says never changes. `prompt` comes last: lists then never read its overflow pages. */
export const promptVersions = sqliteTable(
  "prompt_version",
  {
    project: text().notNull(),
    name: text().notNull(),
    version: integer().notNull(),
    id: text().notNull(),
    commitMessage: text("commit_message"),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** When its labels or the name's tags last changed. */
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
    config: text({ mode: "json" }).$type<unknown>().notNull(),
    prompt: text({ mode: "json" }).$type<PromptContent>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.name, t.version] }),
    uniqueIndex("prompt_version_id").on(t.project, t.id),
  ],
);

/** Where each label points now, `latest` included. WITHOUT ROWID. */
export const promptLabels = sqliteTable(
  "prompt_label",
  {
    project: text().notNull(),
    name: text().notNull(),
    label: text().notNull(),
    version: integer().notNull(),
    movedAt: integer("moved_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.name, t.label] }),
    index("prompt_label_label").on(t.project, t.label),
  ],
);

/** The ledger: every move of every label. Moves of `latest` are in it too, so that any label can be resolved at any instant. */
export const deployments = sqliteTable(
  "deployment",
  {
    /** Order of the moves that happened in the same millisecond. */
    seq: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    label: text().notNull(),
    /** null: the label did not exist. */
    from: integer("from_version"),
    /** null: the label was taken away. */
    to: integer("to_version"),
    actorKind: text("actor_kind").$type<"key" | "person" | "system">().notNull(),
    actorId: text("actor_id").notNull(),
    reason: text(),
    at: integer({ mode: "timestamp_ms" }).notNull(),
    /** Not null: the label stayed (`from` is `to`), but what it serves changed with a prompt it refers to, or with its split. */
    cause: text({ mode: "json" }).$type<DeploymentCause>(),
  },
  (t) => [index("deployment_name").on(t.project, t.name, t.at)],
);

/** What each version refers to, written when it is created and gone with it. WITHOUT ROWID. */
export const promptReferences = sqliteTable(
  "prompt_reference",
  {
    project: text().notNull(),
    /** The prompt that is referred to, by label or by number as a document is. */
    child: text().notNull(),
    kind: text().$type<DocumentKind>().notNull(),
    selector: text().notNull(),
    parent: text().notNull(),
    parentVersion: integer("parent_version").notNull(),
  },
  (t) => [
    primaryKey({
      columns: [t.project, t.child, t.kind, t.selector, t.parent, t.parentVersion],
    }),
    index("prompt_reference_parent").on(t.project, t.parent, t.parentVersion),
  ],
);

/**
 * Documents that KV must hold as D1 has them: the message from the registry to delivery.
 * A row is pending while `revision` differs from `published`; it outlives its publication for some
 * minutes, because KV takes one write per second and key. WITHOUT ROWID.
 */
export const outbox = sqliteTable(
  "outbox",
  {
    project: text().notNull(),
    kind: text().$type<DocumentKind>().notNull(),
    /** The label, or the version's digits. */
    selector: text().notNull(),
    name: text().notNull(),
    /** Grows with every change of what the document says. */
    revision: integer().notNull(),
    /** The revision that KV holds; 0 for none. */
    published: integer().notNull(),
    /** Milliseconds since 1970 of the last write to KV, whatever came of it. */
    putAt: integer("put_at").notNull(),
    /** The drainer that has the row to itself, until `leased_until`; "" for none, then it is a back-off. */
    lease: text().notNull(),
    leasedUntil: integer("leased_until").notNull(),
    /** Writes that failed since the last that did not. */
    attempts: integer().notNull(),
    askedAt: integer("asked_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.kind, t.selector, t.name] }),
    index("outbox_pending")
      .on(t.project, t.askedAt)
      .where(sql`revision <> published`),
  ],
);
