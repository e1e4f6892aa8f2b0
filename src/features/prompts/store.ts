import { and, eq, inArray, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../lib/ids.ts";
import type { Scope } from "../../platform/scope.ts";
import { announce, emitting } from "../notifications/index.ts";
import { auditChange } from "./audit/store.ts";
import { documentsBetween, type Move, movesBetween, versionsTouched } from "./change.ts";
import type { PromptState } from "./change.ts";
import { emissionsOf } from "./events/emissions.ts";
import { labelDocument, type DeploymentCause, type PromptContent } from "./model.ts";
import { askDocuments } from "./outbox/store.ts";
import {
  guardGone,
  guardRead,
  renewDependants,
  selectorsGone,
  writeReferences,
} from "./references/store.ts";
import type { SplitChange, Splits } from "./splits/decide.ts";
import { selectSplits, splitsOf, writeSplits } from "./splits/store.ts";
import { deployments, promptLabels, prompts, promptVersions } from "./tables.ts";

/** A name's state with what guards its change. */
export type LoadedState = { rev: number; updatedAt: Date; state: PromptState; splits: Splits };

/** Undefined when the name was never used; a name whose versions are all deleted has a state. */
export async function loadState(scope: Scope, name: string): Promise<LoadedState | undefined> {
  const { db, projectId } = scope;
  const [[row], versions, labels, splits] = await db.batch([
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
    selectSplits(scope, name),
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
    splits: splitsOf(splits),
  };
}

/** What a version brings that is never changed again. */
export type NewContent = {
  version: number;
  content: PromptContent;
  config: unknown;
  commitMessage: string | null;
  /** When it was made, where that was elsewhere; else now. */
  createdAt?: Date | undefined;
  /** Who made it there. */
  createdBy?: string | undefined;
};

/** Moves as another ledger told them. */
export type ToldMove = Move & {
  id: string;
  reason: string | null;
  actorKind: "key" | "person" | "system";
  actorId: string;
  at: Date;
  cause: DeploymentCause | null;
};

export type Change = {
  name: string;
  before: LoadedState | undefined;
  after: PromptState;
  /** Versions that are new, in order of their numbers. */
  added?: readonly NewContent[];
  /** Names that the decision rests on beside this one. */
  read?: readonly { name: string; rev: number }[];
  /** What the ledger shall say instead of the moves of this instant: an import brings its own. */
  history?: readonly ToldMove[];
  /** Splits that begin, change or end with it. */
  splits?: readonly SplitChange[];
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
  scope: Scope,
  { name, before, after, added = [] }: Change,
  at: Date,
): BatchItem<"sqlite">[] {
  const { db, projectId, actor } = scope;
  const statements: BatchItem<"sqlite">[] = [];
  const versions = and(eq(promptVersions.project, projectId), eq(promptVersions.name, name));
  const gone = (before?.state.versions ?? []).filter((v) => !after.versions.includes(v));
  statements.push(...writeReferences(scope, name, { gone, added }));
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
  for (const { version, content, config, commitMessage, createdAt = at, createdBy } of added) {
    statements.push(
      db.insert(promptVersions).values({
        project: projectId,
        name,
        version,
        id: newId("pv", at),
        commitMessage,
        createdBy: createdBy ?? actor.id,
        createdAt,
        updatedAt: at,
        config,
        prompt: content,
      }),
    );
  }
  return statements;
}

/** @param moves as JSON: label, from, to and id */
function writeLedger(
  scope: Scope,
  { name, reason, history }: Change,
  moves: string,
  at: Date,
): BatchItem<"sqlite">[] {
  const { db, projectId, actor } = scope;
  if (history) {
    const told = JSON.stringify(history.map((move) => ({ ...move, at: move.at.getTime() })));
    return [
      db.insert(deployments).select(
        sql`SELECT NULL, ${projectId}, value->>'id', ${name}, value->>'label', value->>'from',
            value->>'to', value->>'actorKind', value->>'actorId', value->>'reason', value->>'at',
            nullif(value->'cause', 'null')
          FROM json_each(${told}) WHERE true ORDER BY key`,
      ),
    ];
  }
  return [
    db.insert(deployments).select(
      sql`SELECT NULL, ${projectId}, value->>'id', ${name}, value->>'label', value->>'from',
          value->>'to', ${actor.kind}, ${actor.id}, ${reason}, ${at.getTime()}, NULL
        FROM json_each(${moves}) WHERE true ORDER BY key`,
    ),
  ];
}

/** Points the labels where the moves say, and writes each move into the ledger. */
function writeMoves(
  scope: Scope,
  change: Change,
  moves: readonly Move[],
  at: Date,
): BatchItem<"sqlite">[] {
  if (moves.length === 0) return [];
  const { db, projectId } = scope;
  const { name } = change;
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
    ...writeLedger(scope, change, list, at),
  ];
}

function isLostRace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes("NOT NULL constraint failed: prompt.rev")) return true;
  }
  return false;
}

/**
 * Saves a change of one name: versions, labels, references, ledger, audit, outbox and the events
 * that tell of it in one batch.
 *
 * @returns false, and nothing is written, when the name changed since `before` was loaded, or what
 *   the decision rests on beside it
 */
export async function saveChange(scope: Scope, change: Change): Promise<boolean> {
  const { name, before, after, reason, splits = [] } = change;
  const at = new Date(Math.max(scope.now.getTime(), before?.updatedAt.getTime() ?? 0));
  const moves = movesBetween(before?.state, after);
  const emissions = emissionsOf(change, moves, scope.actor);
  const [ended, living] = [
    splits.filter(({ event }) => event === "ended"),
    splits.filter(({ event }) => event !== "ended"),
  ];
  try {
    await scope.db.batch([
      guardName(scope, change, at),
      ...guardRead(scope, change.read ?? []),
      ...guardGone(scope, name, selectorsGone(before?.state, after)),
      ...writeVersions(scope, change, at),
      // The ledger's order: a split ends before its label moves, and begins where it went.
      ...writeSplits(scope, { name, reason, at }, ended),
      ...writeMoves(scope, change, moves, at),
      ...writeSplits(scope, { name, reason, at }, living),
      ...renewDependants(scope, change, moves, at),
      ...auditChange(scope, { name, before: before?.state, after, reason }, moves),
      askDocuments(scope, [
        ...documentsBetween(name, before?.state, after),
        ...splits.map(({ label }) => labelDocument(name, label)),
      ]),
      ...emitting(scope, emissions),
    ]);
    if (emissions.length > 0) announce(scope);
    return true;
  } catch (error) {
    if (isLostRace(error)) return false;
    throw error;
  }
}
