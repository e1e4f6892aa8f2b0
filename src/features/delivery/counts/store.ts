import { sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import { deliveryCounts, reconcileCursors } from "../tables.ts";

type Job = typeof deliveryCounts.$inferSelect.job;
type Side = typeof reconcileCursors.$inferSelect.side;

/** Adds to what a job has done so far. Nothing is written where nothing was done. */
export async function addCounts(
  db: RegistryDb,
  job: Job,
  counts: Readonly<Record<string, number>>,
  at: Date,
): Promise<void> {
  const done = Object.entries(counts).filter(([, count]) => count > 0);
  if (done.length === 0) return;
  const list = JSON.stringify(done.map(([what, count]) => ({ what, count })));
  await db
    .insert(deliveryCounts)
    .select(
      sql`SELECT ${job}, value->>'what', value->>'count', ${at.getTime()}
        FROM json_each(${list}) WHERE true`,
    )
    .onConflictDoUpdate({
      target: [deliveryCounts.job, deliveryCounts.what],
      set: {
        count: sql`${deliveryCounts.count} + excluded.count`,
        lastAt: sql`max(${deliveryCounts.lastAt}, excluded.last_at)`,
      },
    });
}

export const readCounts = (db: RegistryDb) => db.select().from(deliveryCounts).all();

/** Where a side's walk goes on; "" at its beginning. */
export async function readCursor(db: RegistryDb, side: Side): Promise<string> {
  const row = await db
    .select({ cursor: reconcileCursors.cursor })
    .from(reconcileCursors)
    .where(sql`${reconcileCursors.side} = ${side}`)
    .get();
  return row?.cursor ?? "";
}

export const writeCursor = (db: RegistryDb, side: Side, cursor: string, ranAt: Date) =>
  db
    .insert(reconcileCursors)
    .values({ side, cursor, ranAt })
    .onConflictDoUpdate({ target: reconcileCursors.side, set: { cursor, ranAt } });
