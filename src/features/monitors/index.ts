import type { Scope } from "../../platform/scope.ts";
import type { Incident } from "./contract.ts";
import { selectIncidentsBetween } from "./incidents/store.ts";
import { incidentView } from "./incidents/view.ts";

/** Incidents that one answer holds. */
const MAX_INCIDENTS = 1_000;

/**
 * Incidents that were there at some moment of a stretch of time, oldest first.
 *
 * @param prompt null for those that are about no prompt; left out for all
 */
export async function incidentsBetween(
  scope: Scope,
  span: { from: Date; to: Date; prompt?: string | null },
): Promise<Incident[]> {
  const rows = await selectIncidentsBetween(scope, { ...span, limit: MAX_INCIDENTS });
  return rows.map(incidentView);
}
