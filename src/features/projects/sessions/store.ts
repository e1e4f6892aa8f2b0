import { and, eq, gt, isNull, lte, ne, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import { apiKeys, dashboardSessions, projects } from "../tables.ts";

type NewSession = typeof dashboardSessions.$inferInsert;

export const insertSession = (db: RegistryDb, session: NewSession) =>
  db.insert(dashboardSessions).values(session);

/**
 * Living sessions by their hashes, with what their keys allow now: a session ends with its key.
 *
 * @param hashes SHA-256 of cookies
 */
export const selectSessions = (db: RegistryDb, hashes: readonly string[], now: Date) =>
  db
    .select({
      hash: dashboardSessions.hash,
      expiresAt: dashboardSessions.expiresAt,
      keyId: apiKeys.id,
      label: apiKeys.label,
      publicKey: apiKeys.publicKey,
      grants: apiKeys.grants,
      projectId: projects.id,
      projectName: projects.name,
      tenant: projects.num,
    })
    .from(dashboardSessions)
    .innerJoin(
      apiKeys,
      and(eq(apiKeys.project, dashboardSessions.project), eq(apiKeys.id, dashboardSessions.keyId)),
    )
    .innerJoin(projects, eq(projects.num, dashboardSessions.project))
    .where(
      and(
        sql`${dashboardSessions.hash} IN (SELECT value FROM json_each(${JSON.stringify(hashes)}))`,
        gt(dashboardSessions.expiresAt, now),
        isNull(apiKeys.revokedAt),
        // A pair has two rows; what the person may do is said by the secret one.
        ne(apiKeys.kind, "public"),
      ),
    )
    .all();

export type SessionRow = Awaited<ReturnType<typeof selectSessions>>[number];

export const deleteSession = (db: RegistryDb, hash: string) =>
  db.delete(dashboardSessions).where(eq(dashboardSessions.hash, hash));

export const deleteExpiredSessions = (db: RegistryDb, now: Date) =>
  db.delete(dashboardSessions).where(lte(dashboardSessions.expiresAt, now));
