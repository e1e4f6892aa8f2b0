import { and, asc, eq, gt, isNull, lt, ne, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import type { SecretRecord } from "./model.ts";
import { hookDeliveries, sources } from "./tables.ts";

export type SourceRow = typeof sources.$inferSelect;

const own = ({ tenant }: Scope, id: string) =>
  and(eq(sources.project, tenant), eq(sources.id, id), isNull(sources.deletedAt));

export const findSource = (scope: Scope, id: string) =>
  scope.db.select().from(sources).where(own(scope, id)).get();

/** Whosever it is, deleted or not: the look-up of a delivery, which names no project. */
export const findAnySource = (db: RegistryDb, id: string) =>
  db.select().from(sources).where(eq(sources.id, id)).get();

export const selectSources = (scope: Scope, cursor: string, limit: number) =>
  scope.db
    .select()
    .from(sources)
    .where(
      and(eq(sources.project, scope.tenant), gt(sources.id, cursor), isNull(sources.deletedAt)),
    )
    .orderBy(asc(sources.id))
    .limit(limit);

export const countSources = async (scope: Scope): Promise<number> =>
  scope.db.$count(sources, and(eq(sources.project, scope.tenant), isNull(sources.deletedAt)));

type NewSource = Pick<SourceRow, "id" | "name" | "kind" | "auth" | "mapping" | "secrets">;

export const insertSource = async (scope: Scope, source: NewSource): Promise<void> => {
  await scope.db.batch([
    scope.db.insert(sources).values({
      ...source,
      project: scope.tenant,
      projectId: scope.projectId,
      createdAt: scope.now,
      deletedAt: null,
      rev: 1,
      published: 0,
    }),
    auditing(scope, {
      action: "source.create",
      target: source.id,
      detail: { name: source.name, kind: source.kind, auth: source.auth },
    }),
  ]);
};

type Change = { name?: string; mapping?: string; secrets?: SecretRecord[]; deletedAt?: Date };

/** Changes a source that is still as it was read. @returns false when it is not */
export async function updateSource(
  scope: Scope,
  { id, rev }: Pick<SourceRow, "id" | "rev">,
  change: Change,
  action: string,
): Promise<boolean> {
  const changed = await scope.db
    .update(sources)
    .set({ ...change, rev: sql`${sources.rev} + 1` })
    .where(and(own(scope, id), eq(sources.rev, rev)))
    .returning({ id: sources.id });
  if (changed.length === 0) return false;
  await auditing(scope, { action, target: id, detail: { fields: Object.keys(change) } });
  return true;
}

/** Sources that KV does not hold as they are. */
export const selectUnpublished = (db: RegistryDb, limit: number) =>
  db.select().from(sources).where(ne(sources.rev, sources.published)).limit(limit);

export const markPublished = (db: RegistryDb, { id, rev }: Pick<SourceRow, "id" | "rev">) =>
  db.update(sources).set({ published: rev }).where(eq(sources.id, id));

export const findDelivery = (db: RegistryDb, source: string, id: string) =>
  db
    .select({ at: hookDeliveries.at })
    .from(hookDeliveries)
    .where(and(eq(hookDeliveries.source, source), eq(hookDeliveries.id, id)))
    .get();

export const insertDelivery = (db: RegistryDb, source: string, id: string, now: Date) =>
  db.insert(hookDeliveries).values({ source, id, at: now.getTime() }).onConflictDoNothing();

export const deleteDeliveriesBefore = (db: RegistryDb, before: Date) =>
  db.delete(hookDeliveries).where(lt(hookDeliveries.at, before.getTime()));
