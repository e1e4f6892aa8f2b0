import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { Scope } from "../../../platform/scope.ts";
import type { WatchMemory } from "../rules/state.ts";
import type { MonitorRow } from "../store.ts";
import { incidentEvents, monitors, watches } from "../tables.ts";

/** One thing as it is remembered. */
export type Remembered = {
  watch: string;
  version: number | null;
  deployment: string | null;
  memory: WatchMemory;
  incident: string | null;
};

/** Somebody else judged these windows, changed the rule or took it away: nothing was written. */
const LOST = /NOT NULL constraint failed: incident_event/;

/**
 * The statement that lets the batch fail unless the monitor is as it was read: a row without its
 * project is refused. So windows are judged once, however often it is tried.
 */
const unlessChanged = (
  { db, tenant }: Scope,
  { id, rev, evaluatedTo }: MonitorRow,
): BatchItem<"sqlite"> =>
  db.insert(incidentEvents).select(
    sql`SELECT NULL, NULL, '', 0, '', '', '', NULL WHERE NOT EXISTS (
      SELECT 1 FROM ${monitors} WHERE project = ${tenant} AND id = ${id} AND rev = ${rev}
        AND evaluated_to = ${evaluatedTo})`,
  );

function remember(
  { db, tenant }: Scope,
  id: string,
  remembered: readonly Remembered[],
): BatchItem<"sqlite">[] {
  const rows = JSON.stringify(remembered);
  const gone = db
    .delete(watches)
    .where(
      and(
        eq(watches.project, tenant),
        eq(watches.monitor, id),
        sql`${watches.watch} NOT IN (SELECT value ->> 'watch' FROM json_each(${rows}))`,
      ),
    );
  if (remembered.length === 0) return [gone];
  return [
    gone,
    db
      .insert(watches)
      .select(
        sql`SELECT ${tenant}, ${id}, value ->> 'watch', value ->> 'version', value ->> 'deployment',
            value -> 'memory', value ->> 'incident' FROM json_each(${rows}) WHERE true`,
      )
      .onConflictDoUpdate({
        target: [watches.project, watches.monitor, watches.watch],
        set: { memory: sql`excluded.memory`, incident: sql`excluded.incident` },
      }),
  ];
}

/**
 * Writes what was judged, in one batch.
 *
 * @returns false when somebody else was faster: then nothing was written
 */
export async function saveRun(
  scope: Scope,
  monitor: MonitorRow,
  judged: {
    evaluatedTo: number;
    dueAt: number;
    remembered: readonly Remembered[];
    incidents: readonly BatchItem<"sqlite">[];
  },
): Promise<boolean> {
  const { db, tenant } = scope;
  const { evaluatedTo, dueAt, remembered, incidents } = judged;
  try {
    await db.batch([
      unlessChanged(scope, monitor),
      db
        .update(monitors)
        .set({ evaluatedTo, dueAt, leasedUntil: 0 })
        .where(and(eq(monitors.project, tenant), eq(monitors.id, monitor.id))),
      ...remember(scope, monitor.id, remembered),
      ...incidents,
    ]);
    return true;
  } catch (error) {
    const { message, cause } = error as Error;
    const said = `${message} ${cause instanceof Error ? cause.message : ""}`;
    if (LOST.test(said)) return false;
    throw error;
  }
}
