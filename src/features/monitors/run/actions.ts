import type { BatchItem } from "drizzle-orm/batch";

import type { Scope } from "../../../platform/scope.ts";
import type { Emission } from "../../notifications/contract.ts";
import { announce, emitting } from "../../notifications/index.ts";
import { type Open, writeChange } from "../incidents/write/actions.ts";
import type { Rule } from "../rules/contract.ts";
import { advance, type States, type WatchChange, type WatchState } from "../rules/course.ts";
import { isFiring } from "../rules/evaluate.ts";
import { labelOf, watchesEach } from "../rules/subject.ts";
import { dueAfter, SETTLE_MS, stepMsOf, windowsBetween } from "../rules/windows.ts";
import { type MonitorRow, selectWatches, type WatchRow } from "../store.ts";
import { readLooks } from "./read/actions.ts";
import { saveRun } from "./store.ts";

/** Windows of one monitor that one run looks at: what was missed longer takes several. */
const MAX_WINDOWS = 100;

function stateOf(rule: Rule, row: WatchRow): [string, WatchState] {
  const { watch: key, version, deployment, memory, incidentState } = row;
  const label = rule.kind === "regression" ? row.label : labelOf(rule);
  const watch = {
    key,
    prompt: rule.prompt ?? row.prompt,
    label,
    version,
    deployment,
    isOptional: watchesEach(rule),
  };
  const incident = incidentState && {
    acknowledged: incidentState === "acknowledged",
    resolvedByHand: incidentState === "resolved",
  };
  return [key, { watch, memory, incident }];
}

function openOf({ incident, incidentState, ...row }: WatchRow): Open | undefined {
  if (incident === null || incidentState === null || row.openedAt === null) return undefined;
  return {
    id: incident,
    severity: row.memory.severity ?? "warning",
    summary: row.summary ?? "",
    openedAt: row.openedAt,
    muted: row.incidentMuted ?? false,
  };
}

type Outcome = { states: States; changes: WatchChange[] };

/** All windows, one after the other. */
function takeIn(rule: Rule, start: States, seen: Awaited<ReturnType<typeof readLooks>>): Outcome {
  const stepMs = stepMsOf(rule);
  const changes: WatchChange[] = [];
  let states = start;
  for (const one of seen) {
    const after = advance(rule, states, one, stepMs);
    states = after.states;
    changes.push(...after.changes);
  }
  return { states, changes };
}

/** The statements of all changes in order, and which incident each thing is left with. */
function writeAll(
  context: { scope: Scope; monitor: MonitorRow },
  changes: readonly WatchChange[],
  open: Map<string, Open>,
): { statements: BatchItem<"sqlite">[]; emissions: Emission[] } {
  const statements: BatchItem<"sqlite">[] = [];
  const emissions: Emission[] = [];
  for (const change of changes) {
    const written = writeChange(context, change, open.get(change.watch.key));
    if (written.open) open.set(change.watch.key, written.open);
    else open.delete(change.watch.key);
    statements.push(...written.statements);
    emissions.push(...written.emissions);
  }
  return { statements, emissions };
}

/**
 * Looks at the windows of a monitor that are over and were not looked at, and writes what follows:
 * memory, incidents and notifications, all or nothing. A doubled or late run changes nothing.
 *
 * @param scope knows its project's id
 */
export async function runMonitor(
  scope: Scope,
  monitor: MonitorRow,
  timeZone: string,
): Promise<void> {
  const { rule } = monitor;
  const { windows, evaluatedTo } = windowsBetween(rule, timeZone, {
    after: monitor.evaluatedTo,
    until: scope.now.getTime() - SETTLE_MS,
    limit: MAX_WINDOWS,
  });
  if (evaluatedTo === monitor.evaluatedTo) return;
  const rows = await selectWatches(scope, [monitor.id]);
  const before: States = new Map(rows.map((row) => stateOf(rule, row)));
  const known = [...before.values()].map(({ watch }) => watch);
  const seen =
    windows.length === 0 ? [] : await readLooks({ scope, timeZone, rule, windows, known });
  const { states, changes } = takeIn(rule, before, seen);
  const open = new Map(
    rows.flatMap((row) => {
      const incident = openOf(row);
      return incident ? [[row.watch, incident] as const] : [];
    }),
  );
  const { statements, emissions } = writeAll({ scope, monitor }, changes, open);
  const isSaved = await saveRun(scope, monitor, {
    evaluatedTo,
    dueAt: dueAfter(rule, evaluatedTo),
    remembered: [...states].map(([watch, state]) => ({
      watch,
      version: state.watch.version,
      deployment: state.watch.deployment,
      memory: state.memory,
      incident: isFiring(state.memory) ? (open.get(watch)?.id ?? null) : null,
    })),
    incidents: [...statements, ...emitting(scope, emissions)],
  });
  if (isSaved && emissions.length > 0) announce(scope);
}
