import { and, eq, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { DocumentRef } from "../model.ts";
import { outbox } from "../tables.ts";

/** KV takes one write per second and key. */
export const PUT_SPACING_MS = 1_000;
/** How long a drainer may take from its claim to its last write. */
export const LEASE_MS = 60_000;
/** How long a published row is remembered. */
const REMEMBER_MS = 5 * 60_000;
/** KV may answer "not found" this long after a write: no reason to write again. */
const MISS_MEANS_LAG_MS = 2 * 60_000;
// A clock that was moved back, or a skewed one, must not hold a row longer than the rule itself.
const MAX_SKEW_MS = 5_000;

/** A document that one drainer has to itself. */
export type Claim = DocumentRef & { project: string; revision: number; attempts: number };

type Key = DocumentRef & { project: string };

const insertDocuments = (
  db: RegistryDb,
  projectId: string,
  refs: readonly DocumentRef[],
  nowMs: number,
) =>
  db.insert(outbox).select(
    sql`SELECT ${projectId}, value->>'kind', value->>'selector', value->>'name', 1, 0, 0, '', 0, 0,
          ${nowMs}
        FROM json_each(${JSON.stringify(refs)}) WHERE true`,
  );

/** What asking again does to a document that was asked for before. */
export const CONFLICT = {
  target: [outbox.project, outbox.kind, outbox.selector, outbox.name],
  set: {
    revision: sql`${outbox.revision} + 1`,
    askedAt: sql`max(${outbox.askedAt}, excluded.asked_at)`,
  },
};

/** The statement that asks for documents to be renewed; it belongs in the batch that makes them stale. */
export const askDocuments = ({ db, projectId, now }: Scope, refs: readonly DocumentRef[]) =>
  insertDocuments(db, projectId, refs, now.getTime()).onConflictDoUpdate(CONFLICT);

/** Asks for a document that KV turned out not to have, unless it is on its way there already. */
export const askMissing = ({ db, projectId, now }: Scope, ref: DocumentRef) =>
  insertDocuments(db, projectId, [ref], now.getTime()).onConflictDoUpdate({
    ...CONFLICT,
    setWhere: sql`${outbox.revision} = ${outbox.published}
      AND ${outbox.putAt} < ${now.getTime() - MISS_MEANS_LAG_MS}`,
  });

/** Asks again for a document that may have been written by a drainer whose lease had run out. */
export const askAgain = (db: RegistryDb, { project, ...ref }: Key, at: Date) =>
  insertDocuments(db, project, [ref], at.getTime()).onConflictDoUpdate(CONFLICT);

/** Documents of the project that were asked for since an instant, published or not. */
export const askedSince = ({ db, projectId }: Scope, since: Date): Promise<DocumentRef[]> =>
  db
    .select({ kind: outbox.kind, selector: outbox.selector, name: outbox.name })
    .from(outbox)
    .where(and(eq(outbox.project, projectId), sql`${outbox.askedAt} >= ${since.getTime()}`));

const inProject = (project: string | undefined) =>
  project === undefined ? sql`true` : sql`project = ${project}`;

/** Takes pending documents that nobody holds and that KV would accept now; oldest first. */
export function claimDocuments(
  db: RegistryDb,
  lease: string,
  at: Date,
  { project, limit }: { project: string | undefined; limit: number },
): Promise<Claim[]> {
  const nowMs = at.getTime();
  return db.all<Claim>(sql`UPDATE ${outbox} SET lease = ${lease}, leased_until = ${nowMs + LEASE_MS}
    WHERE (project, kind, selector, name) IN (
      SELECT project, kind, selector, name FROM ${outbox}
      WHERE revision <> published AND ${inProject(project)}
        AND (leased_until <= ${nowMs} OR leased_until > ${nowMs + LEASE_MS + MAX_SKEW_MS})
        AND (put_at <= ${nowMs - PUT_SPACING_MS} OR put_at > ${nowMs + MAX_SKEW_MS})
      ORDER BY asked_at LIMIT ${limit})
    RETURNING project, kind, selector, name, revision, attempts`);
}

const held = ({ project, kind, selector, name }: Key, lease: string) =>
  and(
    eq(outbox.project, project),
    eq(outbox.kind, kind),
    eq(outbox.selector, selector),
    eq(outbox.name, name),
    eq(outbox.lease, lease),
  );

/**
 * Gives a document back after it was written. It stays pending when it was asked for meanwhile.
 *
 * @returns false when the lease was lost: another drainer may have written something newer before
 */
export async function settleDocument(
  db: RegistryDb,
  claim: Claim,
  lease: string,
  putAt: Date,
): Promise<boolean> {
  const rows = await db
    .update(outbox)
    .set({
      published: sql`CASE WHEN revision = ${claim.revision} THEN revision ELSE published END`,
      putAt: putAt.getTime(),
      lease: "",
      leasedUntil: 0,
      attempts: 0,
    })
    .where(held(claim, lease))
    .returning({ revision: outbox.revision });
  return rows.length > 0;
}

/** Gives a document back after KV refused it; nobody takes it before the delay is over. */
export const postponeDocument = (
  db: RegistryDb,
  claim: Claim,
  lease: string,
  { at, delayMs }: { at: Date; delayMs: number },
) =>
  db
    .update(outbox)
    .set({
      putAt: at.getTime(),
      lease: "",
      leasedUntil: at.getTime() + delayMs,
      attempts: claim.attempts + 1,
    })
    .where(held(claim, lease));

/** When the next pending document that nobody holds may be taken; null when there is none. */
export async function nextDueMs(
  db: RegistryDb,
  project: string | undefined,
): Promise<number | null> {
  const row = await db.get<{ due: number | null } | undefined>(
    sql`SELECT min(max(put_at + ${PUT_SPACING_MS}, leased_until)) AS due FROM ${outbox}
      WHERE revision <> published AND lease = '' AND ${inProject(project)}`,
  );
  return row?.due ?? null;
}

/** Forgets documents that KV holds and has had time to spread. */
export const forgetPublished = (db: RegistryDb, at: Date, limit: number) =>
  db.run(sql`DELETE FROM ${outbox} WHERE (project, kind, selector, name) IN (
    SELECT project, kind, selector, name FROM ${outbox}
    WHERE revision = published AND lease = '' AND put_at < ${at.getTime() - REMEMBER_MS}
    LIMIT ${limit})`);

/**
 * Asks for documents, of any project, that KV turned out to have otherwise than the registry; but
 * not for those that are on their way there already or were written so recently that KV may lag.
 *
 * @returns how many were asked for
 */
export async function askDrifted(db: RegistryDb, refs: readonly Key[], at: Date): Promise<number> {
  const nowMs = at.getTime();
  const rows = await db
    .insert(outbox)
    .select(
      sql`SELECT value->>'project', value->>'kind', value->>'selector', value->>'name', 1, 0, 0, '',
          0, 0, ${nowMs}
        FROM json_each(${JSON.stringify(refs)}) WHERE true`,
    )
    .onConflictDoUpdate({
      ...CONFLICT,
      setWhere: sql`${outbox.revision} = ${outbox.published}
        AND ${outbox.putAt} < ${nowMs - MISS_MEANS_LAG_MS}`,
    })
    .returning({ name: outbox.name });
  return rows.length;
}

/** How many documents wait for KV, and since when. */
export async function pendingDocuments(
  db: RegistryDb,
): Promise<{ count: number; oldestAt: Date | null }> {
  const row = await db.get<{ n: number; oldest: number | null }>(
    sql`SELECT count(*) AS n, min(asked_at) AS oldest FROM ${outbox} WHERE revision <> published`,
  );
  return { count: row.n, oldestAt: row.oldest === null ? null : new Date(row.oldest) };
}
