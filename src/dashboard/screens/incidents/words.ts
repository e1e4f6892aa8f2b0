import type { IncidentState, Phase, Severity } from "../../../features/monitors/model.ts";

export const STATE_COLOURS: Record<IncidentState, string> = {
  open: "red",
  acknowledged: "orange",
  resolved: "green",
};

export const SEVERITY_COLOURS: Record<Severity, string> = {
  info: "blue",
  warning: "orange",
  critical: "red",
};

export const PHASE_COLOURS: Record<Phase, string> = {
  ok: "green",
  pending: "orange",
  firing: "red",
  resolved: "green",
  "no data": "gray",
  learning: "blue",
};
