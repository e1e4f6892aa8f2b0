import type { Incident as OpenedIncident } from "../../monitors/contract.ts";
import type { Incident } from "../contract.ts";

/** An incident as a report tells it. */
export const incidentOf = ({ monitor, ...incident }: OpenedIncident): Incident => ({
  id: incident.id,
  prompt: incident.prompt,
  monitor: monitor.name,
  kind: monitor.kind,
  severity: incident.severity,
  summary: incident.summary,
  openedAt: incident.openedAt,
  resolvedAt: incident.resolvedAt,
});
