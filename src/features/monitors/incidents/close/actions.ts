import type { BatchItem } from "drizzle-orm/batch";

import type { Scope } from "../../../../platform/scope.ts";
import type { Emission } from "../../../notifications/contract.ts";
import { type MonitorRow, selectWatches } from "../../store.ts";
import { emissionOf } from "../emission.ts";
import { findIncident, insertEvent, updateIncident } from "../store.ts";

/** What ends every incident that a monitor has open. */
export async function closingStatements(
  scope: Scope,
  monitor: MonitorRow,
  because: string,
): Promise<{ statements: BatchItem<"sqlite">[]; emissions: Emission[] }> {
  const statements: BatchItem<"sqlite">[] = [];
  const emissions: Emission[] = [];
  for (const { incident: id } of await selectWatches(scope, [monitor.id])) {
    const incident = id === null ? undefined : await findIncident(scope, id);
    if (!incident || incident.state === "resolved") continue;
    const resolved = { state: "resolved" as const, resolvedAt: scope.now, resolution: because };
    statements.push(
      updateIncident(scope, incident.id, resolved),
      insertEvent(scope, incident.id, { event: "resolved", text: because }),
    );
    if (incident.muted) continue;
    const told = { ...incident, ...resolved, summary: `Resolved: ${because}` };
    emissions.push(emissionOf("resolved", told, { at: scope.now.getTime() }));
  }
  return { statements, emissions };
}
