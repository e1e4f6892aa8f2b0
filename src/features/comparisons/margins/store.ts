import { and, asc, eq, inArray } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import { margins } from "./tables.ts";

/** The prompt of margins that all prompts of a project have; no prompt has this name. */
export const WHOLE_PROJECT = "";

export type StoredMargins = Record<string, number>;

/** What was set for the project and, where one is named, for the prompt. */
export async function selectMargins(
  { db, projectId }: Scope,
  prompt: string | null,
): Promise<{ project: StoredMargins; prompt: StoredMargins }> {
  const rows = await db
    .select({ prompt: margins.prompt, byMetric: margins.byMetric })
    .from(margins)
    .where(
      and(
        eq(margins.project, projectId),
        inArray(margins.prompt, [WHOLE_PROJECT, prompt ?? WHOLE_PROJECT]),
      ),
    );
  const of = (name: string): StoredMargins =>
    rows.find((row) => row.prompt === name)?.byMetric ?? {};
  return { project: of(WHOLE_PROJECT), prompt: prompt === null ? {} : of(prompt) };
}

/** All that were set in a project, its own first. */
export const selectAllMargins = ({ db, projectId }: Scope) =>
  db
    .select({ prompt: margins.prompt, byMetric: margins.byMetric })
    .from(margins)
    .where(eq(margins.project, projectId))
    .orderBy(asc(margins.prompt));

/** Stores them in place of those before. */
export async function saveMargins(
  scope: Scope,
  prompt: string | null,
  byMetric: StoredMargins,
): Promise<void> {
  const { db, projectId: project } = scope;
  await db.batch([
    db
      .insert(margins)
      .values({ project, prompt: prompt ?? WHOLE_PROJECT, byMetric })
      .onConflictDoUpdate({ target: [margins.project, margins.prompt], set: { byMetric } }),
    auditing(scope, {
      action: "margins.change",
      target: prompt ?? project,
      detail: { margins: byMetric },
    }),
  ]);
}
