import { and, eq, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { DocumentRef, SplitTable, StoredVersion } from "../model.ts";
import { type Reached, reachedOf, selectReachedFrom } from "../references/store.ts";
import { promptSplits } from "../splits/tables.ts";
import { promptLabels, prompts, promptVersions } from "../tables.ts";

/** The labels of a row of `prompt_version`, as JSON, in their order. The table is named because Drizzle would not where it is alone. */
export const labelsOfVersion = sql<string>`(
  SELECT json_group_array(label) FROM (
    SELECT label FROM ${promptLabels} l
    WHERE l.project = prompt_version.project AND l.name = prompt_version.name
      AND l.version = prompt_version.version
    ORDER BY label))`;

const chosen = (projectId: string, { kind, name, selector }: DocumentRef) =>
  kind === "version"
    ? sql`CAST(${selector} AS INTEGER)`
    : sql`(SELECT l.version FROM ${promptLabels} l
        WHERE l.project = ${projectId} AND l.name = ${name} AND l.label = ${selector})`;

const splitOf = (projectId: string, { kind, name, selector }: DocumentRef) =>
  kind === "version"
    ? sql<string | null>`NULL`
    : sql<
        string | null
      >`(SELECT json_object('id', s.id, 'runs', json(s.runs)) FROM ${promptSplits} s
        WHERE s.project = ${projectId} AND s.name = ${name} AND s.label = ${selector})`;

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
      split: splitOf(projectId, ref),
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

const stored = (row: VersionRow): StoredVersion => ({
  ...row,
  labels: JSON.parse(row.labels) as string[],
  resolutionGraph: null,
  split: row.split === null ? null : (JSON.parse(row.split) as SplitTable),
});

/** What a version says itself; undefined when its label or number does not exist. */
export async function readStored(
  { db, projectId }: Scope,
  ref: DocumentRef,
): Promise<StoredVersion | undefined> {
  const row = await selectVersion(db, projectId, ref).get();
  return row && stored(row);
}

/** A version with everything that it refers to. */
export type WithReached = { version: StoredVersion; reached: Reached[] };

/** The same for many, of any project, in the order given: one batch, so all of it is of one instant. */
export async function readWithReached(
  db: RegistryDb,
  refs: readonly (DocumentRef & { project: string })[],
): Promise<(WithReached | undefined)[]> {
  const versions = refs.map((ref) => selectVersion(db, ref.project, ref));
  const reached = refs.map((ref) =>
    selectReachedFrom(db, ref.project, { name: ref.name, version: chosen(ref.project, ref) }),
  );
  const [first, ...rest] = versions;
  if (!first) return [];
  const answers = await db.batch([first, ...rest, ...reached]);
  return refs.map((_, index) => {
    const row = (answers[index] as VersionRow[])[0];
    const rows = answers[refs.length + index] as Parameters<typeof reachedOf>[0];
    return row && { version: stored(row), reached: reachedOf(rows) };
  });
}
