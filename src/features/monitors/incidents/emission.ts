import type { Emission } from "../../notifications/contract.ts";
import type { MonitorKind, Severity } from "../model.ts";
import type { Finding } from "../rules/look.ts";

const MAX_SUMMARY = 2000;
/** Numbers that a notification carries; the incident has all of them. */
const MAX_FINDINGS = 5;

/** What notifications say of an incident. */
export type Announced = {
  id: string;
  monitor: string;
  monitorName: string;
  kind: MonitorKind;
  severity: Severity;
  prompt: string | null;
  label: string | null;
  version: number | null;
  summary: string;
  openedAt: Date;
  resolvedAt: Date | null;
};

type IncidentEvent = "opened" | "reminded" | "acknowledged" | "resolved";

/**
 * An incident as an event. Its id names the incident and the instant, so that nothing is told twice.
 *
 * @param findings numbers behind it, where there are new ones
 */
export function emissionOf(
  event: IncidentEvent,
  incident: Announced,
  { at, findings = [] }: { at: number; findings?: readonly Finding[] },
): Emission {
  const path = `/api/public/incidents/${incident.id}`;
  return {
    type: `incident.${event}`,
    id: `evt_${incident.id}_${event}_${at}`,
    data: {
      incidentId: incident.id,
      monitorId: incident.monitor,
      monitor: incident.monitorName,
      kind: incident.kind,
      severity: incident.severity,
      prompt: incident.prompt,
      label: incident.label,
      version: incident.version,
      summary: incident.summary.slice(0, MAX_SUMMARY).toWellFormed(),
      openedAt: incident.openedAt.toISOString(),
      resolvedAt: incident.resolvedAt?.toISOString() ?? null,
      evidence: { incident: path, findings: findings.slice(0, MAX_FINDINGS) },
    },
  };
}
