import { and, eq, inArray, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../lib/ids.ts";
import type { RegistryDb } from "../../platform/db.ts";
import type { Scope } from "../../platform/scope.ts";
import { documentsBetween, type Move, movesBetween, versionsTouched } from "./change.ts";
import type { PromptState } from "./change.ts";
import type { DocumentRef, PromptContent, StoredVersion } from "./model.ts";
import { askDocuments } from "./outbox/store.ts";
import { deployments, promptLabels, prompts, promptVersions } from "./tables.ts";

/** A name's state with what guards its change. */
export type LoadedState = { rev: number; updatedAt: Date; state: PromptState };

/** Undefined when the name was never used; a name whose versions are all deleted has a state. */
export async function loadState(
  { db, projectId }: Scope,
  name: string,
): Promise<LoadedState | undefined> {
  const [[row], versions, labels] = await db.batch([
    db
      .select()
      .from(prompts)
      .where(and(eq(prompts.project, projectId), eq(prompts.name, name))),
    db
      .select({ version: promptVersions.version })
      .from(promptVersions)
      .where(and(eq(promptVersions.project, projectId), eq(promptVersions.name, name)))
      .orderBy(promptVersions.version),
    db
      .select({ label: promptLabels.label, version: promptLabels.version })
      .from(promptLabels)
      .where(and(eq(promptLabels.project, projectId), eq(promptLabels.name, name))),
  ]);
  if (!row) return undefined;
  return {
    rev: row.rev,
    updatedAt: row.updatedAt,
    state: {
      type: row.type,
      tags: row.tags,
      lastVersion: row.lastVersion,
      versions: versions.map(({ version }) => version),
      labels: new Map(labels.map(({ label, version }) => [label, version])),
    },
  };
}

const labelsOfVersion = sql<string>`(
  SELECT json_group_array(label) FROM (
    SELECT label FROM ${promptLabels} l
    WHERE l.project = ${promptVersions.project} AND l.name = ${promptVersions.name}
      AND l.version = ${promptVersions.version}
    ORDER BY label))`;

const chosen = (projectId: string, { kind, name, selector }: DocumentRef) =>
  kind === "version"
    ? sql`CAST(${selector} AS INTEGER)`
    : sql`(SELECT l.version FROM ${promptLabels} l
        WHERE l.project = ${projectId} AND l.name = ${name} AND l.label = ${selector})`;

const selectVersion = (db: RegistryDb, projectId: string, ref: DocumentRef) =>
  db
    .select({
      id: promptVersions.id,
      name: promptVersions.name,
      version: promptVersions.version,
      type: prompts.type,
      prompt: promptVersions.prompt,
      config: promptVersions.config,
      labels: labelsOfVersion,
      tags: prompts.tags,
      commitMessage: promptVersions.commitMessage,
      createdBy: promptVersions.createdBy,
      createdAt: promptVersions.createdAt,
      updatedAt: promptVersions.updatedAt,
    })
    .from(promptVersions)
    .innerJoin(
      prompts,
      and(eq(prompts.project, promptVersions.project), eq(prompts.name, promptVersions.name)),
    )
    .where(
      and(
        eq(promptVersions.project, projectId),
        eq(promptVersions.name, ref.name),
        eq(promptVersions.version, chosen(projectId, ref)),
      ),
    );

type VersionRow = Awaited<ReturnType<typeof selectVersion>>[number];

const stored = (row: VersionRow | undefined): StoredVersion | undefined =>
  row && { ...row, labels: JSON.parse(row.labels) as string[] };

/** What a document must say now; undefined when its label or version does not exist. */
export const readVersion = async (
  { db, projectId }: Scope,
  ref: DocumentRef,
): Promise<StoredVersion | undefined> => stored(await selectVersion(db, projectId, ref).get());

/** The same for many documents, of any project, in the order given: one query each, all at one instant. */
export async function readVersions(
  db: RegistryDb,
  refs: readonly (DocumentRef & { project: string })[],
): Promise<(StoredVersion | undefined)[]> {
  const [first, ...rest] = refs.map((ref) => selectVersion(db, ref.project, ref));
  if (!first) return [];
  const answers = await db.batch([first, ...rest]);
  return answers.map(([row]) => stored(row));
}

/** What a version brings that is never changed again. */
export type NewContent = {
  version: number;
  content: PromptContent;
  config: unknown;
  commitMessage: string | null;
};

type Change = {
  name: string;
  before: LoadedState | undefined;
  after: PromptState;
  added?: NewContent;
  reason: string | null;
};

/** Writes the row of the name; null for `rev`, and so no change at all, if somebody was faster. */
function guardName(
  { db, projectId }: Scope,
  { name, before, after }: Change,
  at: Date,
): BatchItem<"sqlite"> {
  const { type, tags, lastVersion } = after;
  const written = { type, tags, lastVersion, updatedAt: at };
  return db
    .insert(prompts)
    .values({ project: projectId, name, rev: 1, createdAt: at, ...written })
    .onConflictDoUpdate({
      target: [prompts.project, prompts.name],
      set: {
        ...written,
        rev: sql`CASE WHEN ${prompts.rev} = ${before?.rev ?? 0} THEN ${prompts.rev} + 1 END`,
      },
    });
}

function writeVersions(
  { db, projectId, actor }: Scope,
  { name, before, after, added }: Change,
  at: Date,
): BatchItem<"sqlite">[] {
  const statements: BatchItem<"sqlite">[] = [];
  const versions = and(eq(promptVersions.project, projectId), eq(promptVersions.name, name));
  const gone = (before?.state.versions ?? []).filter((v) => !after.versions.includes(v));
  if (gone.length > 0) {
    const list = sql`(SELECT value FROM json_each(${JSON.stringify(gone)}))`;
    statements.push(
      db.delete(promptVersions).where(and(versions, inArray(promptVersions.version, list))),
    );
  }
  const touched = versionsTouched(before?.state, after);
  const touchedList = sql`(SELECT value FROM json_each(${JSON.stringify(touched)}))`;
  statements.push(
    db
      .update(promptVersions)
      .set({ updatedAt: at })
      .where(and(versions, inArray(promptVersions.version, touchedList))),
  );
  if (added) {
    const { version, content, config, commitMessage } = added;
    statements.push(
      db.insert(promptVersions).values({
        project: projectId,
        name,
        version,
        id: newId("pv", at),
        commitMessage,
        createdBy: actor.id,
        createdAt: at,
        updatedAt: at,
        config,
        prompt: content,
      }),
    );
  }
  return statements;
}

/** Points the labels where the moves say, and writes each move into the ledger. */
function writeMoves(
  { db, projectId, actor }: Scope,
  { name, reason }: Change,
  moves: readonly Move[],
  at: Date,
): BatchItem<"sqlite">[] {
  if (moves.length === 0) return [];
  const list = JSON.stringify(moves.map((move) => ({ ...move, id: newId("dep", at) })));
  const instant = at.getTime();
  const taken = sql`(SELECT value->>'label' FROM json_each(${list}) WHERE value->>'to' IS NULL)`;
  return [
    db
      .delete(promptLabels)
      .where(
        and(
          eq(promptLabels.project, projectId),
          eq(promptLabels.name, name),
          inArray(promptLabels.label, taken),
        ),
      ),
    db
      .insert(promptLabels)
      .select(
        sql`SELECT ${projectId}, ${name}, value->>'label', value->>'to', ${instant}
          FROM json_each(${list}) WHERE value->>'to' IS NOT NULL`,
      )
      .onConflictDoUpdate({
        target: [promptLabels.project, promptLabels.name, promptLabels.label],
        set: { version: sql`excluded.version`, movedAt: sql`excluded.moved_at` },
      }),
    db.insert(deployments).select(
      sql`SELECT NULL, ${projectId}, value->>'id', ${name}, value->>'label', value->>'from',
          value->>'to', ${actor.kind}, ${actor.id}, ${reason}, ${instant}
        FROM json_each(${list}) WHERE true ORDER BY key`,
    ),
  ];
}

function isLostRace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes("NOT NULL constraint failed: prompt.rev")) return true;
  }
  return false;
}

/**
 * Saves a change of one name: versions, labels, ledger and outbox in one batch.
 *
 * @returns false, and nothing is written, when the name changed since `before` was loaded
 */
export async function saveChange(scope: Scope, change: Change): Promise<boolean> {
  const { name, before, after } = change;
  const at = new Date(Math.max(scope.now.getTime(), before?.updatedAt.getTime() ?? 0));
  const moves = movesBetween(before?.state, after);
  try {
    await scope.db.batch([
      guardName(scope, change, at),
      ...writeVersions(scope, change, at),
      ...writeMoves(scope, change, moves, at),
      askDocuments(scope, documentsBetween(name, before?.state, after)),
    ]);
    return true;
  } catch (error) {
    if (isLostRace(error)) return false;
    throw error;
  }
}
