import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../../lib/ids.ts";
import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import { deployments, promptLabels } from "../tables.ts";
import type { SplitChange, Splits } from "./decide.ts";
import type { SplitCause } from "./table.ts";
import { promptSplits } from "./tables.ts";

/** The statement that reads a name's live splits. */
export const selectSplits = ({ db, projectId }: Scope, name: string) =>
  db
    .select()
    .from(promptSplits)
    .where(and(eq(promptSplits.project, projectId), eq(promptSplits.name, name)));

type Row = Awaited<ReturnType<typeof selectSplits>>[number];

export const splitsOf = (rows: readonly Row[]): Splits =>
  new Map(
    rows.map(({ label, id, arms, runs, startedAt, changedAt, owner }) => [
      label,
      { id, arms, runs, startedAt, changedAt, owner },
    ]),
  );

const causeOf = ({ event, split, evidence }: SplitChange): SplitCause => ({
  split: split.id,
  event,
  arms: split.arms,
  ...(split.owner ? { owner: split.owner } : {}),
  ...(evidence ? { evidence } : {}),
});

/** What the audit and, unless it says so already, the ledger say of a change. */
function tell(
  scope: Scope,
  { name, reason, at }: { name: string; reason: string | null; at: Date },
  change: SplitChange,
): BatchItem<"sqlite">[] {
  const { db, projectId: project, actor } = scope;
  const { label, version, event, split, isTold = false } = change;
  const audited = auditing(scope, {
    action: `split.${event}`,
    target: `${name}@${label}`,
    detail: { prompt: name, label, split: split.id, arms: split.arms, reason },
  });
  if (isTold) return [audited];
  const told = db.insert(deployments).values({
    project,
    id: newId("dep", at),
    name,
    label,
    from: version,
    to: version,
    actorKind: actor.kind,
    actorId: actor.id,
    reason,
    at,
    cause: causeOf(change),
  });
  return [told, audited];
}

/** Statements that make the changes true and tell the ledger. They belong in a batch that guards the name. */
export function writeSplits(
  scope: Scope,
  said: { name: string; reason: string | null; at: Date },
  changes: readonly SplitChange[],
): BatchItem<"sqlite">[] {
  if (changes.length === 0) return [];
  const { db, projectId: project } = scope;
  const { name } = said;
  const ended = changes.filter(({ event }) => event === "ended").map(({ label }) => label);
  const live = changes.filter(({ event }) => event !== "ended");
  return [
    db
      .delete(promptSplits)
      .where(
        and(
          eq(promptSplits.project, project),
          eq(promptSplits.name, name),
          inArray(promptSplits.label, ended),
        ),
      ),
    ...live.map(({ label, split }) =>
      db
        .insert(promptSplits)
        .values({ project, name, label, ...split })
        .onConflictDoUpdate({
          target: [promptSplits.project, promptSplits.name, promptSplits.label],
          set: split,
        }),
    ),
    ...changes.flatMap((change) => tell(scope, said, change)),
  ];
}

/** Live splits of the project with the version that each label is on, in order of name and label. */
export const listSplits = (
  { db, projectId }: Scope,
  {
    label,
    after,
    limit,
  }: { label?: string | undefined; after?: [string, string] | undefined; limit: number },
) =>
  db
    .select({
      name: promptSplits.name,
      label: promptSplits.label,
      version: promptLabels.version,
      id: promptSplits.id,
      arms: promptSplits.arms,
      runs: promptSplits.runs,
      startedAt: promptSplits.startedAt,
      changedAt: promptSplits.changedAt,
    })
    .from(promptSplits)
    .innerJoin(
      promptLabels,
      and(
        eq(promptLabels.project, promptSplits.project),
        eq(promptLabels.name, promptSplits.name),
        eq(promptLabels.label, promptSplits.label),
      ),
    )
    .where(
      and(
        eq(promptSplits.project, projectId),
        label === undefined ? undefined : eq(promptSplits.label, label),
        after && sql`(${promptSplits.name}, ${promptSplits.label}) > (${after[0]}, ${after[1]})`,
      ),
    )
    .orderBy(asc(promptSplits.name), asc(promptSplits.label))
    .limit(limit);
