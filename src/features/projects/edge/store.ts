import { and, asc, eq, gt, lte, or, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import { edgeOutbox } from "../tables.ts";

/** Longer than a read and a put can take; after it another drainer may try. */
const LEASE_MS = 60_000;

/** Asks for a document to be renewed. Goes into the batch that changes what the document says. */
export const askRenewal = (db: RegistryDb, document: string) =>
  db
    .insert(edgeOutbox)
    .values({ document, rev: 1, leasedUntil: 0 })
    .onConflictDoUpdate({ target: edgeOutbox.document, set: { rev: sql`${edgeOutbox.rev} + 1` } });

export type Lease = { document: string; rev: number; until: number };

/** The document to ourselves, or undefined when nothing is asked or another drainer has it. */
export async function takeLease(
  db: RegistryDb,
  document: string,
  nowMs: number,
): Promise<Lease | undefined> {
  const until = nowMs + LEASE_MS;
  const row = await db
    .update(edgeOutbox)
    .set({ leasedUntil: until })
    .where(
      and(
        eq(edgeOutbox.document, document),
        // A lease from a clock that was moved back since must not last for ever.
        or(lte(edgeOutbox.leasedUntil, nowMs), gt(edgeOutbox.leasedUntil, until)),
      ),
    )
    .returning({ rev: edgeOutbox.rev })
    .get();
  return row && { document, rev: row.rev, until };
}

/** Ends a lease whose document is in KV. The row stays when it was asked for again meanwhile. */
export const settleLease = (db: RegistryDb, { document, rev, until }: Lease) =>
  db.batch([
    db
      .delete(edgeOutbox)
      .where(
        and(
          eq(edgeOutbox.document, document),
          eq(edgeOutbox.rev, rev),
          eq(edgeOutbox.leasedUntil, until),
        ),
      ),
    giveUpLease(db, { document, rev, until }),
  ]);

/** Ends a lease whose document is not in KV: the next drainer may try at once. */
export const giveUpLease = (db: RegistryDb, { document, until }: Lease) =>
  db
    .update(edgeOutbox)
    .set({ leasedUntil: 0 })
    .where(and(eq(edgeOutbox.document, document), eq(edgeOutbox.leasedUntil, until)));

export const selectAsked = (db: RegistryDb, limit: number) =>
  db
    .select({ document: edgeOutbox.document })
    .from(edgeOutbox)
    .orderBy(asc(edgeOutbox.document))
    .limit(limit)
    .all();
