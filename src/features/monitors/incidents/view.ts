import { observationsPath } from "../../rollups/model.ts";
import type { LedgerMove } from "../regression/deployments.ts";
import type { Incident, IncidentDetail } from "./contract.ts";
import type { IncidentHead, IncidentRow } from "./store.ts";

export const incidentView = (row: IncidentHead): Incident => ({
  id: row.id,
  monitor: { id: row.monitor, name: row.monitorName, kind: row.kind },
  state: row.state,
  severity: row.severity,
  prompt: row.prompt,
  label: row.label,
  version: row.version,
  deployment: row.deployment,
  summary: row.summary,
  muted: row.muted,
  openedAt: row.openedAt.toISOString(),
  acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  resolution: row.resolution,
});

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Where the numbers behind an incident are read. @param before the version that it is held against */
export function linksOf(
  { prompt, version, evidence }: IncidentRow,
  before: number | null,
): IncidentDetail["links"] {
  if (prompt === null) {
    return { comparison: null, generations: null, timeseries: null, prompt: null };
  }
  const path = `/api/public/prompts/${encodeURIComponent(prompt)}`;
  const { window, rule, findings } = evidence;
  const [environment, model] = [textOf(rule["environment"]), textOf(rule["model"])];
  const narrow = { ...(environment ? { environment } : {}), ...(model ? { model } : {}) };
  const metric = findings[0]?.metric ?? "count";
  const series = new URLSearchParams({
    metric,
    ...(version === null ? {} : { version: String(version) }),
    from: window.from,
    to: window.to,
    ...narrow,
  });
  return {
    comparison:
      version === null || before === null || before === version
        ? null
        : `${path}/comparison?${new URLSearchParams({ control: String(before), candidate: String(version), ...narrow }).toString()}`,
    generations:
      version === null
        ? null
        : observationsPath({
            prompt,
            version,
            fromUs: Date.parse(window.from) * 1000,
            toUs: Date.parse(window.to) * 1000,
            environment,
            model,
          }),
    timeseries: `${path}/timeseries?${series.toString()}`,
    prompt: `/api/public/v2/prompts/${encodeURIComponent(prompt)}${version === null ? "" : `?version=${version}`}`,
  };
}

type Actor = { kind: "key" | "person" | "system"; id: string };

/** A row of the ledger with who wrote it. */
export type LedgerEntry = LedgerMove & {
  actorKind: Actor["kind"];
  actorId: string;
  reason: string | null;
};

export const deploymentView = (row: LedgerEntry): IncidentDetail["deploymentDetail"] => ({
  id: row.id,
  label: row.label,
  from: row.from,
  to: row.to,
  at: row.at.toISOString(),
  actor: { kind: row.actorKind, id: row.actorId },
  reason: row.reason,
});

/**
 * What rolling back would do.
 *
 * @param rows of the incident's label, oldest first
 * @param current the version that the label points at now
 */
export function rollbackOf(
  { label, version }: Pick<IncidentRow, "label" | "version">,
  rows: readonly LedgerMove[],
  current: number | null,
): IncidentDetail["rollback"] {
  const no = (why: string): IncidentDetail["rollback"] => ({
    possible: false,
    label,
    to: null,
    why,
  });
  if (label === null || version === null) return no("the incident is not about a label");
  if (current !== version) {
    const on = current === null ? "on no version" : `on v${current}`;
    return no(`label '${label}' is ${on} by now, not on v${version}`);
  }
  const last = rows.findLast(({ cause }) => cause === null);
  if (!last || last.from === null) return no(`label '${label}' was on no version before`);
  const why = `label '${label}' goes from v${version} back to v${last.from}, where it was before its last move`;
  return { possible: true, label, to: last.from, why };
}
