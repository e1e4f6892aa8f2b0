import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { RegistryDb } from "../../platform/db.ts";
import type { Scope } from "../../platform/scope.ts";
import { BUILT_IN, type MonitorKind } from "./model.ts";
import type { Rule } from "./rules/contract.ts";
import { incidents, monitors, watches } from "./tables.ts";

export type MonitorRow = typeof monitors.$inferSelect;

/** What is remembered of one thing, with what people did to its incident. */
export type WatchRow = Awaited<ReturnType<typeof selectWatches>>[number];

const own = ({ tenant }: Scope, id: string) =>
  and(eq(monitors.project, tenant), eq(monitors.id, id));

export const findMonitor = (scope: Scope, id: string) =>
  scope.db.select().from(monitors).where(own(scope, id)).get();

/** Monitors in order of their ids, after one of them. */
export const selectMonitors = (
  { db, tenant }: Scope,
  {
    after = "",
    prompt,
    kind,
    limit,
  }: {
    after?: string | undefined;
    prompt?: string | undefined;
    kind?: MonitorKind | undefined;
    limit: number;
  },
) =>
  db
    .select()
    .from(monitors)
    .where(
      and(
        eq(monitors.project, tenant),
        gt(monitors.id, after),
        prompt === undefined ? undefined : eq(monitors.prompt, prompt),
        kind && eq(monitors.kind, kind),
      ),
    )
    .orderBy(asc(monitors.id))
    .limit(limit);

/** What these monitors remember. */
export const selectWatches = ({ db, tenant }: Scope, ids: readonly string[]) =>
  db
    .select({
      monitor: watches.monitor,
      watch: watches.watch,
      version: watches.version,
      deployment: watches.deployment,
      memory: watches.memory,
      incident: watches.incident,
      incidentState: incidents.state,
      incidentMuted: incidents.muted,
      openedAt: incidents.openedAt,
      summary: incidents.summary,
      prompt: incidents.prompt,
      label: incidents.label,
    })
    .from(watches)
    .leftJoin(
      incidents,
      and(eq(incidents.project, watches.project), eq(incidents.id, watches.incident)),
    )
    .where(
      and(
        eq(watches.project, tenant),
        sql`${watches.monitor} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
      ),
    )
    .orderBy(asc(watches.monitor), asc(watches.watch));

export const countMonitors = async ({ db, tenant }: Scope): Promise<number> =>
  db.$count(monitors, eq(monitors.project, tenant));

export type NewMonitor = Pick<
  MonitorRow,
  "id" | "kind" | "prompt" | "rule" | "enabled" | "evaluatedTo" | "dueAt"
>;

export const insertMonitor = ({ db, tenant, now }: Scope, row: NewMonitor) =>
  db.insert(monitors).values({
    ...row,
    project: tenant,
    mute: null,
    leasedUntil: 0,
    rev: 1,
    createdAt: now,
    updatedAt: now,
  });

/** Gives these projects the monitor that every project has, where they lack it. */
export const insertBuiltIn = (
  db: RegistryDb,
  tenants: readonly number[],
  { rule, now, dueAt }: { rule: Rule; now: Date; dueAt: number },
) =>
  db
    .insert(monitors)
    .select(
      sql`SELECT k.value, ${BUILT_IN}, ${rule.kind}, NULL, ${JSON.stringify(rule)}, 1, NULL,
          ${now.getTime()}, ${dueAt}, 0, 1, ${now.getTime()}, ${now.getTime()}
        FROM json_each(${JSON.stringify(tenants)}) k
        WHERE NOT EXISTS (SELECT 1 FROM ${monitors} m WHERE m.project = k.value AND m.id = ${BUILT_IN})`,
    )
    .onConflictDoNothing();

/** Changes a monitor that is still at this revision. @returns whether it was */
export async function updateMonitor(
  scope: Scope,
  { id, rev }: Pick<MonitorRow, "id" | "rev">,
  change: Partial<Pick<MonitorRow, "rule" | "enabled" | "mute" | "evaluatedTo" | "dueAt">>,
): Promise<boolean> {
  const changed = await scope.db
    .update(monitors)
    .set({ ...change, leasedUntil: 0, rev: rev + 1, updatedAt: scope.now })
    .where(and(own(scope, id), eq(monitors.rev, rev)))
    .returning({ id: monitors.id });
  return changed.length > 0;
}

/** The statements that take a monitor away, with what it remembers. Its incidents stay. */
export const deleteMonitor = (
  scope: Scope,
  id: string,
): [BatchItem<"sqlite">, BatchItem<"sqlite">] => [
  scope.db.delete(monitors).where(own(scope, id)),
  forgetWatches(scope, id),
];

/** The statement that forgets all that a monitor watched. */
export const forgetWatches = ({ db, tenant }: Scope, id: string) =>
  db.delete(watches).where(and(eq(watches.project, tenant), eq(watches.monitor, id)));

/** Monitors that are due, and that nobody was told to look at lately; from now on somebody is. */
export const takeDue = (
  db: RegistryDb,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
) =>
  db
    .update(monitors)
    .set({ leasedUntil: now.getTime() + leaseMs })
    .where(
      sql`(${monitors.project}, ${monitors.id}) IN (
        SELECT project, id FROM ${monitors} WHERE enabled = 1 AND due_at <= ${now.getTime()}
          AND leased_until <= ${now.getTime()} ORDER BY due_at LIMIT ${limit})`,
    )
    .returning({ project: monitors.project, id: monitors.id });
