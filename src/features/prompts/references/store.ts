import { and, eq, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../../lib/ids.ts";
import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { Move, PromptState } from "../change.ts";
import type { DocumentRef, PromptContent, PromptType } from "../model.ts";
import { CONFLICT } from "../outbox/store.ts";
import { promptSplits } from "../splits/tables.ts";
import {
  deployments,
  outbox,
  promptLabels,
  promptReferences,
  prompts,
  promptVersions,
} from "../tables.ts";
import { MAX_DEPTH, type Target } from "./resolve.ts";
import { referencesOf } from "./syntax.ts";

/** What a reference leads to. `rev` guards a change that was decided on it; null when the name is unknown. */
export type Reached = { ref: DocumentRef; target: Target | undefined; rev: number | null };

type ReachedRow = {
  child: string;
  kind: DocumentRef["kind"];
  selector: string;
  id: string | null;
  version: number | null;
  type: PromptType | null;
  rev: number | null;
  prompt: string | null;
};

/** The version that a reference leads to; null when its label does not exist. @param from names its row */
const targetOf = (projectId: string, from: "s" | "r"): SQL => {
  const row = sql.raw(from);
  return sql`CASE ${row}.kind WHEN 'version' THEN CAST(${row}.selector AS INTEGER) ELSE (
    SELECT l.version FROM ${promptLabels} l
    WHERE l.project = ${projectId} AND l.name = ${row}.child AND l.label = ${row}.selector) END`;
};

/** One query for everything that some references lead to, directly and through others, at one instant. */
const selectReached = (db: RegistryDb, projectId: string, seeds: SQL) =>
  db.select({
    child: sql<string>`e.child`,
    kind: sql<DocumentRef["kind"]>`e.kind`,
    selector: sql<string>`e.selector`,
    id: sql<string | null>`v.id`,
    version: sql<number | null>`v.version`,
    type: sql<PromptType | null>`p.type`,
    rev: sql<number | null>`p.rev`,
    prompt: sql<string | null>`v.prompt`,
  }).from(sql`(WITH RECURSIVE reached(child, kind, selector, version, depth) AS (
        SELECT s.child, s.kind, s.selector, ${targetOf(projectId, "s")}, 1 FROM (${seeds}) s
        UNION
        SELECT r.child, r.kind, r.selector, ${targetOf(projectId, "r")}, reached.depth + 1
        FROM reached JOIN ${promptReferences} r ON r.project = ${projectId}
          AND r.parent = reached.child AND r.parent_version = reached.version
        WHERE reached.depth < ${MAX_DEPTH})
      SELECT DISTINCT child, kind, selector, version FROM reached) e
      LEFT JOIN ${prompts} p ON p.project = ${projectId} AND p.name = e.child
      LEFT JOIN ${promptVersions} v
        ON v.project = ${projectId} AND v.name = e.child AND v.version = e.version`);

/** The statement that reads what a stored version leads to. @param version as SQL */
export const selectReachedFrom = (
  db: RegistryDb,
  projectId: string,
  { name, version }: { name: string; version: SQL },
) =>
  selectReached(
    db,
    projectId,
    sql`SELECT child, kind, selector FROM ${promptReferences}
      WHERE project = ${projectId} AND parent = ${name} AND parent_version = ${version}`,
  );

export const reachedOf = (rows: readonly ReachedRow[]): Reached[] =>
  rows.map(({ child, kind, selector, id, version, type, rev, prompt }) => ({
    ref: { name: child, kind, selector },
    rev,
    target:
      id === null || version === null || type === null || prompt === null
        ? undefined
        : { id, name: child, version, type, prompt: JSON.parse(prompt) as PromptContent },
  }));

/** What the references of a draft lead to now. */
export async function readReached(
  { db, projectId }: Scope,
  refs: readonly DocumentRef[],
): Promise<Reached[]> {
  const seeds = sql`SELECT value->>'name' AS child, value->>'kind' AS kind,
    value->>'selector' AS selector FROM json_each(${JSON.stringify(refs)})`;
  return reachedOf(await selectReached(db, projectId, seeds));
}

/** A version that refers to another prompt. */
export type Dependant = {
  parent: string;
  parentVersion: number;
  kind: DocumentRef["kind"];
  selector: string;
};

/** Versions that refer to a prompt directly, in order of their names. */
export const listDependants = ({ db, projectId }: Scope, child: string, limit: number) =>
  db.all<Dependant>(sql`SELECT parent, parent_version AS parentVersion, kind, selector
    FROM ${promptReferences} WHERE project = ${projectId} AND child = ${child}
    ORDER BY parent, parent_version, kind, selector LIMIT ${limit}`);

/** Selectors of a name, as references say them, that a change takes away. */
export function selectorsGone(
  before: PromptState | undefined,
  after: PromptState,
): Pick<DocumentRef, "kind" | "selector">[] {
  if (!before) return [];
  const versions = before.versions.filter((version) => !after.versions.includes(version));
  const labels = [...before.labels.keys()].filter((label) => !after.labels.has(label));
  return [
    ...versions.map((version) => ({ kind: "version" as const, selector: String(version) })),
    ...labels.map((selector) => ({ kind: "label" as const, selector })),
  ];
}

const references = (projectId: string, name: string, gone: readonly object[]): SQL =>
  sql`SELECT parent, parent_version AS parentVersion, kind, selector FROM ${promptReferences}
    WHERE project = ${projectId} AND child = ${name} AND parent <> ${name}
      AND (kind, selector) IN (
        SELECT value->>'kind', value->>'selector' FROM json_each(${JSON.stringify(gone)}))`;

/** A version that refers to something a change would take away, if there is one. */
export const findBroken = async (
  { db, projectId }: Scope,
  name: string,
  gone: readonly object[],
): Promise<Dependant | undefined> => {
  const rows = await db.all<Dependant>(sql`${references(projectId, name, gone)} LIMIT 1`);
  return rows[0];
};

const failing = { rev: sql`NULL` };

/** Makes the batch fail as a lost race when a version came meanwhile that refers to what goes. */
export const guardGone = (
  { db, projectId }: Scope,
  name: string,
  gone: readonly object[],
): BatchItem<"sqlite">[] =>
  gone.length === 0
    ? []
    : [
        db
          .update(prompts)
          .set(failing)
          .where(
            and(
              eq(prompts.project, projectId),
              eq(prompts.name, name),
              sql`EXISTS (${references(projectId, name, gone)})`,
            ),
          ),
      ];

/** Makes the batch fail as a lost race when a name that was read for the decision has changed since. */
export const guardRead = (
  { db, projectId }: Scope,
  read: readonly { name: string; rev: number }[],
): BatchItem<"sqlite">[] =>
  read.length === 0
    ? []
    : [
        db
          .update(prompts)
          .set(failing)
          .where(
            and(
              eq(prompts.project, projectId),
              sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(read)}) was
                WHERE was.value->>'name' = ${prompts.name} AND was.value->>'rev' <> ${prompts.rev})`,
            ),
          ),
      ];

/** Notes what new versions refer to, and forgets it of versions that go. */
export function writeReferences(
  { db, projectId }: Scope,
  name: string,
  {
    gone,
    added,
  }: { gone: readonly number[]; added: readonly { version: number; content: PromptContent }[] },
): BatchItem<"sqlite">[] {
  const statements: BatchItem<"sqlite">[] = [];
  if (gone.length > 0) {
    statements.push(
      db.delete(promptReferences).where(
        and(
          eq(promptReferences.project, projectId),
          eq(promptReferences.parent, name),
          sql`${promptReferences.parentVersion} IN (
              SELECT value FROM json_each(${JSON.stringify(gone)}))`,
        ),
      ),
    );
  }
  const rows = added.flatMap(({ version, content }) =>
    referencesOf(content).map((ref) => ({ ...ref, version })),
  );
  if (rows.length > 0) {
    statements.push(
      db.insert(promptReferences)
        .select(sql`SELECT ${projectId}, value->>'name', value->>'kind', value->>'selector', ${name},
          value->>'version' FROM json_each(${JSON.stringify(rows)}) WHERE true`),
    );
  }
  return statements;
}

/**
 * Versions whose resolved text changes with moves of a name's labels, through any number of others,
 * each with the move that caused it. Belongs after the statements that move the labels.
 */
const staleDependants = (projectId: string, name: string, moves: readonly Move[]): SQL =>
  sql`WITH RECURSIVE stale(name, version, cause) AS (
      SELECT r.parent, r.parent_version, m.value FROM json_each(${JSON.stringify(moves)}) m
      JOIN ${promptReferences} r ON r.project = ${projectId} AND r.child = ${name}
        AND r.kind = 'label' AND r.selector = m.value->>'label'
      UNION
      SELECT r.parent, r.parent_version, s.cause FROM stale s
      JOIN ${promptReferences} r ON r.project = ${projectId} AND r.child = s.name
        AND CASE r.kind WHEN 'version' THEN r.selector = CAST(s.version AS TEXT)
          ELSE EXISTS (SELECT 1 FROM ${promptLabels} l WHERE l.project = ${projectId}
            AND l.name = s.name AND l.label = r.selector AND l.version = s.version) END)`;

/** Labels that serve something stale: they point at it, or their split has it among its arms. */
const staleLabels = (projectId: string): SQL =>
  sql`SELECT DISTINCT l.name, l.label, l.version, s.cause FROM stale s JOIN ${promptLabels} l
      ON l.project = ${projectId} AND l.name = s.name AND (l.version = s.version OR EXISTS (
        SELECT 1 FROM ${promptSplits} p, json_each(p.arms) arm
        WHERE p.project = ${projectId} AND p.name = l.name AND p.label = l.label
          AND arm.value->>'version' = s.version AND arm.value->>'weight' > 0))`;

/**
 * Asks for the documents of every dependant, and tells their ledgers why they changed; unless a
 * ledger came along with the moves, which tells it already.
 */
export function renewDependants(
  { db, projectId, actor, now }: Scope,
  { name, reason, history }: { name: string; reason: string | null; history?: object },
  moves: readonly Move[],
  at: Date,
): BatchItem<"sqlite">[] {
  if (moves.length === 0) return [];
  const stale = staleDependants(projectId, name, moves);
  const idPrefix = newId("dep", at).slice(0, "dep_".length + 9);
  const documents = db
    .insert(outbox)
    .select(
      sql`${stale}
          SELECT ${projectId}, kind, selector, name, 1, 0, 0, '', 0, 0, ${now.getTime()} FROM (
            SELECT 'version' AS kind, CAST(version AS TEXT) AS selector, name FROM stale
            UNION
            SELECT 'label', l.label, l.name FROM stale s JOIN ${promptLabels} l
              ON l.project = ${projectId} AND l.name = s.name AND l.version = s.version)
          WHERE true`,
    )
    .onConflictDoUpdate(CONFLICT);
  if (history) return [documents];
  return [
    documents,
    db.insert(deployments).select(
      sql`${stale}
        SELECT NULL, ${projectId}, ${idPrefix} || lower(hex(randomblob(8))), l.name, l.label,
          l.version, l.version, ${actor.kind}, ${actor.id}, ${reason}, ${at.getTime()},
          json_object('prompt', ${name}, 'label', l.cause->>'label', 'from', l.cause->>'from',
            'to', l.cause->>'to')
        FROM (${staleLabels(projectId)}) l WHERE l.name <> ${name} ORDER BY l.name, l.label`,
    ),
  ];
}
