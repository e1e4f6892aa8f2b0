import { and, desc, eq, isNull } from "drizzle-orm";

import { newId } from "../../../lib/ids.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { AbDefinition, AbOutcome } from "./model.ts";
import { abTests } from "./tables.ts";

/** Tests of one prompt that one answer shows. */
const MAX_LISTED = 200;

export const listTests = ({ db, projectId }: Scope, prompt: string) =>
  db
    .select()
    .from(abTests)
    .where(and(eq(abTests.project, projectId), eq(abTests.prompt, prompt)))
    .orderBy(desc(abTests.createdAt), desc(abTests.id))
    .limit(MAX_LISTED);

/** A test as it is stored. */
export type StoredTest = Awaited<ReturnType<typeof listTests>>[number];

const isTest = ({ projectId }: Scope, prompt: string, id: string) =>
  and(eq(abTests.project, projectId), eq(abTests.prompt, prompt), eq(abTests.id, id));

export const findTest = (scope: Scope, prompt: string, id: string) =>
  scope.db
    .select()
    .from(abTests)
    .where(isTest(scope, prompt, id))
    .get();

/** Stores a test under a new id. */
export async function addTest(
  { db, projectId: project, now }: Scope,
  prompt: string,
  { name, definition }: { name: string; definition: AbDefinition },
): Promise<StoredTest> {
  const row = {
    project,
    prompt,
    id: newId("abt", now),
    name,
    definition,
    split: null,
    createdAt: now,
    endedAt: null,
    outcome: null,
  };
  await db.insert(abTests).values(row);
  return row;
}

export async function setSplit(
  scope: Scope,
  { prompt, id }: StoredTest,
  split: string,
): Promise<void> {
  await scope.db
    .update(abTests)
    .set({ split })
    .where(isTest(scope, prompt, id));
}

export async function removeTest(scope: Scope, { prompt, id }: StoredTest): Promise<void> {
  await scope.db.delete(abTests).where(isTest(scope, prompt, id));
}

/** Ends a test with what was decided; nothing happens to one that has ended already. */
export async function endTest(
  scope: Scope,
  { prompt, id }: StoredTest,
  outcome: AbOutcome,
): Promise<void> {
  await scope.db
    .update(abTests)
    .set({ endedAt: scope.now, outcome })
    .where(and(isTest(scope, prompt, id), isNull(abTests.endedAt)));
}
