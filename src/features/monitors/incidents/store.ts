import { and, asc, desc, eq, gte, lt, ne, or, isNull } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import type { Scope } from "../../../platform/scope.ts";
import type { IncidentEvent, IncidentState } from "../model.ts";
import { incidentEvents, incidents } from "../tables.ts";

export type IncidentRow = typeof incidents.$inferSelect;

/** An incident without what it rests on. */
export type IncidentHead = Omit<IncidentRow, "evidence" | "project">;

const HEAD = {
  id: incidents.id,
  monitor: incidents.monitor,
  monitorName: incidents.monitorName,
  kind: incidents.kind,
  state: incidents.state,
  severity: incidents.severity,
  prompt: incidents.prompt,
  label: incidents.label,
  version: incidents.version,
  deployment: incidents.deployment,
  summary: incidents.summary,
  muted: incidents.muted,
  openedAt: incidents.openedAt,
  acknowledgedAt: incidents.acknowledgedAt,
  resolvedAt: incidents.resolvedAt,
  resolution: incidents.resolution,
};

const own = ({ tenant }: Scope, id: string) =>
  and(eq(incidents.project, tenant), eq(incidents.id, id));

export const findIncident = (scope: Scope, id: string) =>
  scope.db.select().from(incidents).where(own(scope, id)).get();

type Page = {
  state?: IncidentState | "active" | undefined;
  prompt?: string | undefined;
  monitor?: string | undefined;
  before?: string | undefined;
  limit: number;
};

/** Newest first, older than the id `before`. */
export const selectIncidents = (
  { db, tenant }: Scope,
  { state, prompt, monitor, before, limit }: Page,
): Promise<IncidentHead[]> =>
  db
    .select(HEAD)
    .from(incidents)
    .where(
      and(
        eq(incidents.project, tenant),
        state === "active" ? ne(incidents.state, "resolved") : state && eq(incidents.state, state),
        prompt === undefined ? undefined : eq(incidents.prompt, prompt),
        monitor === undefined ? undefined : eq(incidents.monitor, monitor),
        before === undefined ? undefined : lt(incidents.id, before),
      ),
    )
    .orderBy(desc(incidents.id))
    .limit(limit);

/** Incidents that were there at some moment of a stretch of time, oldest first. */
export const selectIncidentsBetween = (
  { db, tenant }: Scope,
  { from, to, prompt, limit }: { from: Date; to: Date; prompt?: string | null; limit: number },
): Promise<IncidentHead[]> =>
  db
    .select(HEAD)
    .from(incidents)
    .where(
      and(
        eq(incidents.project, tenant),
        lt(incidents.openedAt, to),
        prompt === undefined
          ? undefined
          : prompt === null
            ? isNull(incidents.prompt)
            : eq(incidents.prompt, prompt),
        or(isNull(incidents.resolvedAt), gte(incidents.resolvedAt, from)),
      ),
    )
    .orderBy(asc(incidents.openedAt), asc(incidents.id))
    .limit(limit);

export const selectHistory = ({ db, tenant }: Scope, id: string, limit: number) =>
  db
    .select()
    .from(incidentEvents)
    .where(and(eq(incidentEvents.project, tenant), eq(incidentEvents.incident, id)))
    .orderBy(asc(incidentEvents.seq))
    .limit(limit);

export const insertIncident = (
  { db, tenant }: Scope,
  row: Omit<IncidentRow, "project">,
): BatchItem<"sqlite"> => db.insert(incidents).values({ ...row, project: tenant });

/** The statement that changes an incident that is not resolved. */
export const updateIncident = (
  scope: Scope,
  id: string,
  change: Partial<Omit<IncidentRow, "project" | "id">>,
) =>
  scope.db
    .update(incidents)
    .set(change)
    .where(and(own(scope, id), ne(incidents.state, "resolved")));

export const insertEvent = (
  { db, tenant, actor, now }: Scope,
  incident: string,
  { event, text, at = now }: { event: IncidentEvent; text: string | null; at?: Date },
): BatchItem<"sqlite"> =>
  db.insert(incidentEvents).values({
    project: tenant,
    incident,
    at,
    event,
    actorKind: actor.kind,
    actorId: actor.id,
    text,
  });
