import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../lib/ids.ts";
import type { RegistryDb } from "../../platform/db.ts";
import { Refusal } from "../../platform/errors.ts";
import { issuesOf } from "../../platform/http.ts";
import type { Scope } from "../../platform/scope.ts";
import type { Emission } from "../notifications/contract.ts";
import { announce, emitting } from "../notifications/index.ts";
import type { Monitor, MonitorQuery, Mute } from "./contract.ts";
import { closingStatements } from "./incidents/close/actions.ts";
import { BUILT_IN } from "./model.ts";
import { requireReferences } from "./references/actions.ts";
import { Rule } from "./rules/contract.ts";
import { judgesAlike } from "./rules/subject.ts";
import { dueAfter, lastEndBefore } from "./rules/windows.ts";
import {
  countMonitors,
  deleteMonitor,
  findMonitor,
  forgetWatches,
  insertBuiltIn,
  insertMonitor,
  type MonitorRow,
  selectMonitors,
  selectWatches,
  updateMonitor,
} from "./store.ts";
import { monitorView } from "./view.ts";

const MAX_MONITORS = 500;

/** On by default: regressions after deployments of `production`, of whatever prompt. */
const BUILT_IN_RULE = Rule.parse({ kind: "regression", name: "Regressions after deployments" });

/** Gives projects the monitor that every project has. Twice is once. */
export async function giveBuiltIn(
  db: RegistryDb,
  tenants: readonly number[],
  now: Date,
): Promise<void> {
  const dueAt = dueAfter(BUILT_IN_RULE, now.getTime());
  await insertBuiltIn(db, tenants, { rule: BUILT_IN_RULE, now, dueAt });
}

const ownBuiltIn = ({ db, tenant, now }: Scope): Promise<void> => giveBuiltIn(db, [tenant], now);

async function requireMonitor(scope: Scope, id: string): Promise<MonitorRow> {
  if (id === BUILT_IN) await ownBuiltIn(scope);
  const row = await findMonitor(scope, id);
  if (!row) throw new Refusal("not_found", `this project has no monitor ${id}`);
  return row;
}

async function viewOf(scope: Scope, id: string): Promise<Monitor> {
  const [row, watches] = await Promise.all([requireMonitor(scope, id), selectWatches(scope, [id])]);
  return monitorView(row, watches, scope.now);
}

export const readMonitor = viewOf;

/** A page of the project's monitors, in order of their ids. */
export async function listMonitors(
  scope: Scope,
  { cursor, limit, phase, ...filter }: MonitorQuery,
): Promise<{ data: Monitor[]; nextCursor: string | null }> {
  await ownBuiltIn(scope);
  // A phase is worked out from what is remembered: then all of them are read.
  const rows = await selectMonitors(scope, {
    ...filter,
    after: cursor,
    limit: phase === undefined ? limit + 1 : MAX_MONITORS + 1,
  });
  const watches = await selectWatches(
    scope,
    rows.map(({ id }) => id),
  );
  const byMonitor = Map.groupBy(watches, ({ monitor }) => monitor);
  const shown = rows
    .map((row) => monitorView(row, byMonitor.get(row.id) ?? [], scope.now))
    .filter((monitor) => phase === undefined || monitor.phase === phase);
  const data = shown.slice(0, limit);
  return { data, nextCursor: shown.length > limit ? (data.at(-1)?.id ?? null) : null };
}

/** Windows are looked at from the one on in which it was created. */
export async function createMonitor(
  scope: Scope,
  rule: Rule,
  id: string = newId("mon", scope.now),
): Promise<Monitor> {
  await requireReferences(scope, rule);
  if ((await countMonitors(scope)) >= MAX_MONITORS) {
    throw new Refusal("conflict", `a project has at most ${MAX_MONITORS} monitors`);
  }
  const evaluatedTo = lastEndBefore(rule, scope.now.getTime());
  await insertMonitor(scope, {
    id,
    kind: rule.kind,
    prompt: rule.prompt ?? null,
    rule,
    enabled: rule.enabled,
    evaluatedTo,
    dueAt: dueAfter(rule, evaluatedTo),
  });
  return viewOf(scope, id);
}

const FIXED = ["kind", "prompt"] as const;

/** The rule with some fields changed. @throws Refusal invalid_request naming each field that is wrong */
function changedRule(row: MonitorRow, change: Record<string, unknown>): Rule {
  for (const field of FIXED) {
    if (!(field in change) || change[field] === (row.rule[field] ?? null)) continue;
    const message = "does not change: it would be another monitor";
    throw new Refusal("invalid_request", `body ${field}: ${message}`, {
      issues: [{ path: field, message }],
    });
  }
  const merged = Object.entries({ ...row.rule, ...change }).filter(
    // renotifyHours null is a choice; elsewhere null takes away.
    ([field, value]) => value !== null || field === "renotifyHours",
  );
  const parsed = Rule.safeParse(Object.fromEntries(merged));
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const first = issues[0];
  throw new Refusal(
    "invalid_request",
    `body ${first?.path ?? ""}: ${first?.message ?? "invalid"}`,
    {
      issues,
    },
  );
}

async function saveAll(
  scope: Scope,
  statements: readonly BatchItem<"sqlite">[],
  emissions: readonly Emission[],
): Promise<void> {
  const [first, ...rest] = [...statements, ...emitting(scope, emissions)];
  if (first) await scope.db.batch([first, ...rest]);
  if (emissions.length > 0) announce(scope);
}

/** Ends what a monitor has open and forgets what it saw. */
async function startAgain(scope: Scope, row: MonitorRow, because: string): Promise<void> {
  const { statements, emissions } = await closingStatements(scope, row, because);
  await saveAll(scope, [...statements, forgetWatches(scope, row.id)], emissions);
}

/**
 * Changes a monitor. With another rule, or disabled, it ends its incidents and begins anew with the
 * next window.
 *
 * @throws Refusal invalid_request naming the field, conflict when somebody else changed it
 */
export async function changeMonitor(
  scope: Scope,
  id: string,
  change: Record<string, unknown>,
): Promise<Monitor> {
  const row = await requireMonitor(scope, id);
  return replaceMonitor(scope, row, changedRule(row, change));
}

/** As `changeMonitor`, with the whole rule, which is of the kind and prompt of the one before. */
export async function replaceMonitor(scope: Scope, row: MonitorRow, rule: Rule): Promise<Monitor> {
  await requireReferences(scope, rule);
  const isAlike = judgesAlike(rule, row.rule) && rule.enabled === row.enabled;
  const evaluatedTo = isAlike ? row.evaluatedTo : lastEndBefore(rule, scope.now.getTime());
  const isSaved = await updateMonitor(scope, row, {
    rule,
    enabled: rule.enabled,
    evaluatedTo,
    dueAt: dueAfter(rule, evaluatedTo),
  });
  if (!isSaved) throw new Refusal("conflict", "somebody else changed the monitor; read it again");
  if (!isAlike) {
    await startAgain(
      scope,
      row,
      rule.enabled ? "the monitor was changed" : "the monitor was disabled",
    );
  }
  return viewOf(scope, row.id);
}

/** @throws Refusal conflict for the monitor that every project has */
export async function removeMonitor(scope: Scope, id: string): Promise<void> {
  const row = await requireMonitor(scope, id);
  if (id === BUILT_IN) {
    throw new Refusal("conflict", "every project has this monitor; disable it instead");
  }
  const { statements, emissions } = await closingStatements(scope, row, "the monitor was deleted");
  await saveAll(scope, [...deleteMonitor(scope, id), ...statements], emissions);
}

const MS_PER_MINUTE = 60_000;

/** @throws Refusal invalid_request for an end in the past */
export async function muteMonitor(scope: Scope, id: string, mute: Mute): Promise<Monitor> {
  const row = await requireMonitor(scope, id);
  const nowMs = scope.now.getTime();
  const { minutes, until, reason = null } = mute;
  const untilMs =
    minutes === undefined ? (until?.getTime() ?? null) : nowMs + minutes * MS_PER_MINUTE;
  if (untilMs !== null && untilMs <= nowMs) {
    const message = "is in the past";
    throw new Refusal("invalid_request", `body until: ${message}`, {
      issues: [{ path: "until", message }],
    });
  }
  return setMute(scope, row, { untilMs, reason });
}

export const unmuteMonitor = async (scope: Scope, id: string): Promise<Monitor> =>
  setMute(scope, await requireMonitor(scope, id), null);

async function setMute(scope: Scope, row: MonitorRow, mute: MonitorRow["mute"]): Promise<Monitor> {
  if (!(await updateMonitor(scope, row, { mute }))) {
    throw new Refusal("conflict", "somebody else changed the monitor; read it again");
  }
  return viewOf(scope, row.id);
}
