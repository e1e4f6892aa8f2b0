import { and, asc, desc, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { RegistryDb } from "../../platform/db.ts";
import type { Scope } from "../../platform/scope.ts";
import type { Emission } from "../notifications/contract.ts";
import { announce, emitting } from "../notifications/index.ts";
import { auditing } from "../projects/index.ts";
import type { CheckView } from "./check.ts";
import type { Inputs } from "./evidence.ts";
import type { RolloutState } from "./model.ts";
import { isOver } from "./progress.ts";
import type { Actor, Progress, RolloutEventType } from "./record.ts";
import { rolloutChecks, rolloutEvents, rollouts } from "./tables.ts";
import { thinOut } from "./thinning/store.ts";

export type RolloutRow = typeof rollouts.$inferSelect;

/** Something that happened to a rollout. `share` of the candidate, as a fraction. */
export type Happening = {
  event: RolloutEventType;
  stage: number;
  share: number;
  reason: string | null;
  actor: Actor;
};

/** What its history and the project's audit say of it. */
function happeningStatements(
  scope: Scope,
  rollout: string,
  { actor, ...happening }: Happening,
): BatchItem<"sqlite">[] {
  const { db, projectId: project, now } = scope;
  const { event, stage, reason } = happening;
  return [
    db.insert(rolloutEvents).values({
      project,
      rollout,
      at: now,
      ...happening,
      actorKind: actor.kind,
      actorId: actor.id,
    }),
    auditing(
      { ...scope, actor },
      { action: `rollout.${event}`, target: rollout, detail: { stage, reason } },
    ),
  ];
}

const isOne = (project: string, id: string) =>
  and(eq(rollouts.project, project), eq(rollouts.id, id));

function causes(error: unknown, text: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes(text)) return true;
  }
  return false;
}

/** @returns false, and nothing is written, when another rollout has the label */
export async function insertRollout(scope: Scope, row: RolloutRow): Promise<boolean> {
  try {
    await scope.db.insert(rollouts).values(row);
    return true;
  } catch (error) {
    if (causes(error, "UNIQUE constraint failed")) return false;
    throw error;
  }
}

/** Forgets a rollout whose split was refused: it never was. */
export const removeRollout = ({ db, projectId }: Scope, id: string) =>
  db.delete(rollouts).where(isOne(projectId, id));

export const findRollout = (
  { db, projectId }: Scope,
  id: string,
): Promise<RolloutRow | undefined> => db.select().from(rollouts).where(isOne(projectId, id)).get();

/** What a save writes beside the rollout itself. */
export type Told = {
  check?: { turned: boolean; view: CheckView; inputs: Inputs; isKept: boolean } | undefined;
  happening?: Happening | undefined;
  emissions?: readonly Emission[] | undefined;
};

function toldStatements(
  scope: Scope,
  id: string,
  { check, happening, emissions = [] }: Told,
): BatchItem<"sqlite">[] {
  const { db, projectId: project, now } = scope;
  return [
    ...(check?.isKept
      ? [
          db
            .insert(rolloutChecks)
            .values({
              project,
              rollout: id,
              at: now,
              turned: check.turned,
              view: check.view,
              inputs: check.inputs,
            })
            .onConflictDoNothing(),
          thinOut(db, { project, rollout: id }, now),
        ]
      : []),
    ...(happening ? happeningStatements(scope, id, happening) : []),
    ...emitting(scope, emissions),
  ];
}

/**
 * Saves what became of a rollout, with all that is told of it, in one batch.
 *
 * @returns the rollout as it is then; undefined, and nothing is written, when somebody was faster
 */
export async function saveProgress(
  scope: Scope,
  row: RolloutRow,
  progress: Progress,
  told: Told = {},
): Promise<RolloutRow | undefined> {
  const { db, now } = scope;
  const next = {
    progress,
    state: progress.course.state,
    checkedAt: now,
    endedAt: isOver(progress) ? now : null,
    startedAt: new Date(progress.course.startedMs),
    last: told.check?.view ?? row.last,
  };
  try {
    await db.batch([
      db
        .update(rollouts)
        .set({ ...next, rev: sql`CASE WHEN rev = ${row.rev} THEN rev + 1 END` })
        .where(isOne(row.project, row.id)),
      ...toldStatements(scope, row.id, told),
    ]);
  } catch (error) {
    if (causes(error, "NOT NULL constraint failed: rollout.rev")) return undefined;
    throw error;
  }
  if (told.emissions?.length) announce(scope);
  return { ...row, ...next, rev: row.rev + 1 };
}

/** Says that a rollout was tried, so that one that always fails does not keep others waiting. */
export const touch = (db: RegistryDb, { project, id }: RolloutRow, at: Date) =>
  db.update(rollouts).set({ checkedAt: at }).where(isOne(project, id));

/** Rollouts of all projects that are not over, those that waited longest first. */
export const selectLiving = (db: RegistryDb, limit: number): Promise<RolloutRow[]> =>
  db
    .select()
    .from(rollouts)
    .where(isNull(rollouts.endedAt))
    .orderBy(asc(rollouts.checkedAt), asc(rollouts.startedAt))
    .limit(limit);

/** Rollouts of one project that are not over; of one label where it is said. */
export const selectLivingOf = (
  { db, projectId }: Scope,
  at?: { prompt: string; label: string },
): Promise<RolloutRow[]> =>
  db
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.project, projectId),
        isNull(rollouts.endedAt),
        at && eq(rollouts.prompt, at.prompt),
        at && eq(rollouts.label, at.label),
      ),
    );

type Filter = {
  prompt?: string | undefined;
  label?: string | undefined;
  state?: RolloutState | "live" | undefined;
  /** The id after which a page goes on. */
  after?: string | undefined;
  limit: number;
};

/** Newest first. */
export const selectRollouts = (
  { db, projectId }: Scope,
  { prompt, label, state, after, limit }: Filter,
): Promise<RolloutRow[]> =>
  db
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.project, projectId),
        prompt === undefined ? undefined : eq(rollouts.prompt, prompt),
        label === undefined ? undefined : eq(rollouts.label, label),
        state === undefined
          ? undefined
          : state === "live"
            ? isNull(rollouts.endedAt)
            : eq(rollouts.state, state),
        after === undefined ? undefined : lt(rollouts.id, after),
      ),
    )
    .orderBy(desc(rollouts.id))
    .limit(limit);

/** What happened to a rollout, oldest first: the newest of it. */
export async function selectEvents({ db, projectId }: Scope, id: string, limit: number) {
  const newest = await db
    .select()
    .from(rolloutEvents)
    .where(and(eq(rolloutEvents.project, projectId), eq(rolloutEvents.rollout, id)))
    .orderBy(desc(rolloutEvents.seq))
    .limit(limit);
  return newest.reverse();
}

const ofRollout = (project: string, id: string) =>
  and(eq(rolloutChecks.project, project), eq(rolloutChecks.rollout, id));

/** Checks of a rollout, newest first. */
export const selectChecks = (
  { db, projectId }: Scope,
  id: string,
  { before, limit }: { before: Date | undefined; limit: number },
) =>
  db
    .select()
    .from(rolloutChecks)
    .where(and(ofRollout(projectId, id), before && lt(rolloutChecks.at, before)))
    .orderBy(desc(rolloutChecks.at))
    .limit(limit);

/** Checks over the whole time, oldest first: every so many, and all that turned something. */
export async function selectHistory(
  { db, projectId }: Scope,
  id: string,
  points: number,
): Promise<{ at: Date; view: CheckView }[]> {
  const numbered = db
    .select({
      at: rolloutChecks.at,
      turned: rolloutChecks.turned,
      place: sql<number>`row_number() OVER (ORDER BY at)`.as("place"),
      total: sql<number>`count(*) OVER ()`.as("total"),
    })
    .from(rolloutChecks)
    .where(ofRollout(projectId, id))
    .as("numbered");
  return db
    .select({ at: rolloutChecks.at, view: rolloutChecks.view })
    .from(rolloutChecks)
    .innerJoin(numbered, eq(numbered.at, rolloutChecks.at))
    .where(
      and(
        ofRollout(projectId, id),
        isNotNull(numbered.at),
        sql`(numbered.turned = 1 OR numbered.place % max(1, (numbered.total + ${points} - 1) / ${points}) = 0)`,
      ),
    )
    .orderBy(asc(rolloutChecks.at));
}
