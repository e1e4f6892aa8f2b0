import type { Incident as OpenedIncident } from "../../monitors/contract.ts";
import type { RolloutSummary } from "../../rollouts/contract.ts";
import type { Incident, Rollout } from "../contract.ts";

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

/** A rollout as a report tells it: what came of it, and why. */
export const rolloutOf = ({ because, ...rollout }: RolloutSummary): Rollout => ({
  id: rollout.id,
  prompt: rollout.prompt,
  label: rollout.label,
  control: rollout.control,
  candidate: rollout.candidate,
  state: rollout.state,
  startedAt: rollout.startedAt,
  endedAt: rollout.endedAt,
  reason: because,
});
