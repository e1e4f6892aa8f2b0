import { type BudgetMark, budgetState } from "../../../lib/stats/budget.ts";
import { stepEvidence } from "../../../lib/stats/threshold.ts";
import type { Phase, Severity } from "../model.ts";
import type { Rule } from "./contract.ts";
import type { Look } from "./look.ts";
import { MEMORY_START, type WatchMemory } from "./state.ts";
import { stepMsOf } from "./windows.ts";

/** What becomes of the incident of one thing that is watched. */
export type Change =
  | { type: "opened"; severity: Severity }
  | { type: "fell_silent"; severity: Severity; minutes: number }
  | { type: "reminded" }
  | { type: "worsened"; severity: Severity }
  | { type: "looked_again" }
  | { type: "resolved"; because: string };

export type Step = { memory: WatchMemory; changes: Change[] };

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;
const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };

export const isFiring = ({ notifiedAt }: WatchMemory): boolean => notifiedAt !== null;

export const phaseOf = (memory: WatchMemory): Phase =>
  memory.learning && !isFiring(memory) ? "learning" : memory.phase;

const isWorse = (severity: Severity, than: Severity | null): boolean =>
  than === null || RANK[severity] > RANK[than];

/**
 * Takes in what one window says: the one place where it is decided whether an incident begins, is
 * told again, gets worse or ends. Pure, and a window that was taken in before changes nothing, so
 * that a doubled run, or one that begins again, decides the same.
 *
 * @param acknowledged somebody said that they know: they are not told again
 */
export function evaluate(
  rule: Rule,
  memory: WatchMemory,
  look: Look,
  { acknowledged }: { acknowledged: boolean },
): Step {
  if (look.window.to <= memory.lastAt) return { memory, changes: [] };
  const step = stepOf(rule, memory, look, acknowledged);
  const since = phaseOf(step.memory) === phaseOf(memory) ? memory.since : look.window.to;
  return {
    ...step,
    memory: { ...step.memory, since: memory.lastAt === 0 ? look.window.to : since },
  };
}

function stepOf(rule: Rule, memory: WatchMemory, look: Look, acknowledged: boolean): Step {
  const renotifyMs =
    acknowledged || rule.renotifyHours === null ? Infinity : rule.renotifyHours * MS_PER_HOUR;
  if (look.budget) return stepBudget(rule, memory, look, look.budget);
  if (look.deployment) return stepDeployment(rule, memory, look, renotifyMs);
  if (look.isLearning) {
    return { memory: { ...memory, lastAt: look.window.to, learning: true }, changes: [] };
  }
  return stepWindow(rule, memory, look, renotifyMs);
}

function stepWindow(rule: Rule, memory: WatchMemory, look: Look, renotifyMs: number): Step {
  if (look.evidence === null) return stepMissing(rule, memory, look, renotifyMs);
  if (!memory.isSilent) return stepValues(rule, memory, look, renotifyMs);
  const heard = { ...memory, isSilent: false, notifiedAt: null, severity: null };
  const { memory: next, changes } = stepValues(rule, heard, look, renotifyMs);
  return {
    memory: next,
    changes: [{ type: "resolved", because: "values came again" }, ...changes],
  };
}

/** How long a rule lets values be missing. */
const patienceOf = (rule: Rule): number =>
  ("noDataMinutes" in rule ? rule.noDataMinutes : undefined) ?? Infinity;

/** What fires goes on firing; else silence itself may, where the rule asks for that. */
function stepMissing(rule: Rule, memory: WatchMemory, look: Look, renotifyMs: number): Step {
  const at = look.window.to;
  const { state } = stepEvidence(memory, at, null);
  const next = { ...memory, ...state, learning: false };
  if (next.notifiedAt === null) {
    const minutes = (next.missing * stepMsOf(rule)) / MS_PER_MINUTE;
    if (minutes < patienceOf(rule)) return { memory: next, changes: [] };
    const { severity } = rule;
    const silent = { ...next, isSilent: true, notifiedAt: at, severity };
    return { memory: silent, changes: [{ type: "fell_silent", severity, minutes }] };
  }
  if (!next.isSilent || at - next.notifiedAt < renotifyMs) return { memory: next, changes: [] };
  return { memory: { ...next, notifiedAt: at }, changes: [{ type: "reminded" }] };
}

function stepValues(rule: Rule, memory: WatchMemory, look: Look, renotifyMs: number): Step {
  const { state, notify } = stepEvidence(memory, look.window.to, look.evidence, renotifyMs);
  const next = { ...memory, ...state, learning: false };
  const severity = look.severity ?? rule.severity;
  if (notify === "fired") {
    return { memory: { ...next, severity }, changes: [{ type: "opened", severity }] };
  }
  if (notify === "resolved") {
    const because = "three windows in a row were well on the good side of the limit";
    return { memory: { ...next, severity: null }, changes: [{ type: "resolved", because }] };
  }
  if (isFiring(next) && look.evidence?.proven && isWorse(severity, memory.severity)) {
    const told = { ...next, severity, notifiedAt: look.window.to };
    return { memory: told, changes: [{ type: "worsened", severity }] };
  }
  return { memory: next, changes: notify === "still firing" ? [{ type: "reminded" }] : [] };
}

/** A deployment fires once, and until the label leaves it or somebody says that it is over. */
function stepDeployment(rule: Rule, memory: WatchMemory, look: Look, renotifyMs: number): Step {
  const { hours = null, isLast = false } = look.deployment ?? {};
  const next: WatchMemory = {
    ...memory,
    lastAt: look.window.to,
    looks: hours === null ? memory.looks : [...memory.looks, hours],
    learning: look.isLearning,
  };
  if (memory.notifiedAt !== null) return stepFired(next, memory.notifiedAt, hours, renotifyMs);
  const isClosed = memory.looks.includes(CLOSED);
  if (look.evidence?.proven && !isClosed) {
    const severity = look.severity ?? rule.severity;
    return {
      memory: { ...next, phase: "firing", notifiedAt: next.lastAt, severity },
      changes: [{ type: "opened", severity }],
    };
  }
  return { memory: { ...next, phase: isLast || isClosed ? "ok" : "pending" }, changes: [] };
}

function stepFired(
  next: WatchMemory,
  notifiedAt: number,
  hours: number | null,
  renotifyMs: number,
): Step {
  if (hours !== null) return { memory: next, changes: [{ type: "looked_again" }] };
  if (next.lastAt - notifiedAt < renotifyMs) return { memory: next, changes: [] };
  return { memory: { ...next, notifiedAt: next.lastAt }, changes: [{ type: "reminded" }] };
}

/** A look that never comes: somebody ended the incident, so that none is opened again. */
const CLOSED = -1;

const MARK_SEVERITY: Record<string, Severity> = {
  "0.5": "info",
  "0.8": "warning",
  "1": "critical",
  forecast: "warning",
};

const severityOf = (marks: readonly BudgetMark[]): Severity =>
  marks
    .map((mark) => MARK_SEVERITY[String(mark)] ?? "warning")
    .reduce<Severity>((most, one) => (isWorse(one, most) ? one : most), "info");

function stepBudget(
  rule: Rule,
  memory: WatchMemory,
  look: Look,
  { periodMs, spent, limit, remaining }: NonNullable<Look["budget"]>,
): Step {
  const isNew = memory.budget?.periodMs !== periodMs;
  const ended: Change[] =
    isNew && isFiring(memory)
      ? [{ type: "resolved", because: "the period of the budget ended" }]
      : [];
  const before = isNew ? [] : (memory.budget?.latched ?? []);
  const state = budgetState({ spent, budget: limit, remaining }, before);
  const wanted: readonly BudgetMark[] = rule.kind === "budget" ? rule.marks : [];
  const reached = state.reached.filter((mark) => wanted.includes(mark));
  const base: WatchMemory = {
    ...(isNew ? { ...MEMORY_START, since: memory.since } : memory),
    lastAt: look.window.to,
    budget: { periodMs, latched: [...before, ...reached] },
  };
  if (reached.length === 0) return { memory: base, changes: ended };
  const told: WatchMemory = {
    ...base,
    phase: "firing",
    notifiedAt: look.window.to,
    severity: severityOf([...before, ...reached]),
  };
  const severity = told.severity ?? "info";
  const type = isFiring(base) ? "worsened" : "opened";
  return { memory: told, changes: [...ended, { type, severity }] };
}

/** What is remembered after a person ended the incident: the same is not opened again at once. */
export function closedByHand(rule: Rule, memory: WatchMemory): WatchMemory {
  const { lastAt, since, budget, looks } = memory;
  const base = { ...MEMORY_START, lastAt, since, budget };
  // A window that is still beyond the line opens a new incident; a mark or a deployment does not.
  return rule.kind === "regression" ? { ...base, looks: [...looks, CLOSED] } : base;
}
