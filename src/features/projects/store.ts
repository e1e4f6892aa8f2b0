import { and, asc, desc, eq, gt, isNull, lt, or, type SQL, sql } from "drizzle-orm";

import { newId } from "../../lib/ids.ts";
import type { RegistryDb } from "../../platform/db.ts";
import type { Scope } from "../../platform/scope.ts";
import { type KeyKind, type Project, type ScoreConfig, withDefaults } from "./model.ts";
import { apiKeys, audit, projects } from "./tables.ts";

export type KeyRow = typeof apiKeys.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;

const toProject = (row: typeof projects.$inferSelect): Project => ({
  projectId: row.id,
  tenant: row.num,
  name: row.name,
  settings: withDefaults(row.settings),
});

// Reads give a row or undefined. Whether absence is an error is for the caller to say.

/** Every project, oldest first. For jobs, which work for all of them. */
export async function selectProjects(db: RegistryDb): Promise<Project[]> {
  const rows = await db.select().from(projects).orderBy(asc(projects.num)).all();
  return rows.map(toProject);
}

export async function findProject({ db, tenant }: Scope): Promise<Project | undefined> {
  const row = await db.select().from(projects).where(eq(projects.num, tenant)).get();
  return row && toProject(row);
}

/** A key and its project by the key's hash, revoked or not: the one look-up that has no tenant yet. */
export const findKeyByHash = (db: RegistryDb, hash: string) =>
  db
    .select({ key: apiKeys, projectId: projects.id })
    .from(apiKeys)
    .innerJoin(projects, eq(projects.num, apiKeys.project))
    .where(eq(apiKeys.hash, hash))
    .get();

export const findSettings = (db: RegistryDb, projectId: string) =>
  db.select({ settings: projects.settings }).from(projects).where(eq(projects.id, projectId)).get();

const ownKey = (scope: Scope, id: string) =>
  and(eq(apiKeys.project, scope.tenant), eq(apiKeys.id, id));

/** The rows of one key: two of a pair, one of a Bearer key, none when it is not the project's. */
export const selectKey = (scope: Scope, id: string) =>
  scope.db.select().from(apiKeys).where(ownKey(scope, id)).all();

/** One row per key (a pair's secret half stands for it), oldest first, after the id `cursor`. */
export const selectKeys = ({ db, tenant }: Scope, cursor: string, limit: number) =>
  db
    .select()
    .from(apiKeys)
    .where(
      and(eq(apiKeys.project, tenant), gt(apiKeys.id, cursor), sql`${apiKeys.kind} <> 'public'`),
    )
    .orderBy(asc(apiKeys.id))
    .limit(limit)
    .all();

type AuditPage = { cursor?: string | undefined; limit: number; action?: string | undefined };

/** Newest first, older than the id `cursor`. @param action a whole one, or its first word */
export const selectAudit = ({ db, tenant }: Scope, { cursor, limit, action }: AuditPage) =>
  db
    .select()
    .from(audit)
    .where(
      and(
        eq(audit.project, tenant),
        cursor ? lt(audit.id, cursor) : undefined,
        action
          ? or(
              eq(audit.action, action),
              sql`substr(${audit.action}, 1, ${action.length + 1}) = ${`${action}.`}`,
            )
          : undefined,
      ),
    )
    .orderBy(desc(audit.id))
    .limit(limit)
    .all();

// Writes give the statement: await one alone, or hand several to `db.batch`, D1's only transaction.

/** The project's number as SQL: a new project's is not known before the batch that makes it. */
const numberOf = ({ projectId }: Scope) =>
  sql<number>`(SELECT num FROM project WHERE id = ${projectId})`;

export const insertProject = ({ db, projectId, now }: Scope, name: string) =>
  db.insert(projects).values({ id: projectId, name, settings: {}, createdAt: now });

export type NewKey = {
  hash: string;
  id: string;
  kind: KeyKind;
  publicKey: string | null;
  grants: KeyRow["grants"];
  label: string;
};

export const insertKey = (scope: Scope, key: NewKey) =>
  scope.db.insert(apiKeys).values({ ...key, project: numberOf(scope), createdAt: scope.now });

/**
 * Revokes both halves of a key, unless no other living key of the project could administer it.
 * In one statement, so that two keys cannot revoke each other at the same moment.
 */
export const revokeKeyRows = (scope: Scope, id: string) =>
  scope.db
    .update(apiKeys)
    .set({ revokedAt: scope.now })
    .where(
      and(
        ownKey(scope, id),
        isNull(apiKeys.revokedAt),
        or(
          sql`NOT EXISTS (SELECT 1 FROM api_key own, json_each(own.grants) g
                WHERE own.project = ${scope.tenant} AND own.id = ${id} AND g.value = 'admin')`,
          sql`EXISTS (SELECT 1 FROM api_key other, json_each(other.grants) g
                WHERE other.project = ${scope.tenant} AND other.id <> ${id}
                  AND other.revoked_at IS NULL AND g.value = 'admin')`,
        ),
      ),
    );

/** Sets the given settings and leaves the others. A value is replaced as a whole. */
export const patchSettingsRow = (scope: Scope, change: object) =>
  scope.db
    .update(projects)
    // json_set and not json_patch, which would merge `limits` and drop what is null.
    .set({ settings: sql`${changed(change)}` })
    .where(eq(projects.num, scope.tenant))
    .returning({ settings: projects.settings });

function changed(change: object) {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const pairs = given.map(
    ([field, value]) => sql`, ${`$.${field}`}, json(${JSON.stringify(value)})`,
  );
  return sql`json_set(${projects.settings}${sql.join(pairs)})`;
}

/** Replaces the score configs, unless they are not any more what they were. */
export const replaceScoreConfigsRow = (
  scope: Scope,
  { from, to }: { from: readonly ScoreConfig[]; to: readonly ScoreConfig[] },
) =>
  scope.db
    .update(projects)
    .set({ settings: sql`${changed({ scoreConfigs: to })}` })
    .where(
      and(
        eq(projects.num, scope.tenant),
        sql`json(coalesce(${projects.settings} -> '$.scoreConfigs', '[]')) = json(${JSON.stringify(from)})`,
      ),
    )
    .returning({ num: projects.num });

export type AuditEntry = Pick<AuditRow, "action" | "target" | "detail">;

/** @param project the project's number, where it is not known yet */
export const insertAudit = (
  scope: Scope,
  entry: AuditEntry,
  project: number | SQL<number> = numberOf(scope),
) =>
  scope.db.insert(audit).values({
    ...entry,
    project,
    id: newId("aud", scope.now),
    actor: `${scope.actor.kind}:${scope.actor.id}`,
    createdAt: scope.now,
  });
