import type { Rule } from "./contract.ts";
import { type Change, closedByHand, evaluate, isFiring } from "./evaluate.ts";
import type { Look, Seen, Watch } from "./look.ts";
import { MEMORY_START, type WatchMemory } from "./state.ts";

/** What is known of one thing between two windows. */
export type WatchState = {
  watch: Watch;
  memory: WatchMemory;
  /** Its incident, as far as people changed it; null while there is none. */
  incident: { acknowledged: boolean; resolvedByHand: boolean } | null;
};

export type States = ReadonlyMap<string, WatchState>;

/** A change with what it rests on; `look` null: there was no window, what was watched is gone. */
export type WatchChange = Change & { watch: Watch; look: Look | null; at: number };

const MS_PER_DAY = 86_400_000;
const MISSING_WINDOWS = 3;

const START: Omit<WatchState, "watch"> = { memory: MEMORY_START, incident: null };

function endOf(rule: Rule, { label, version }: Watch): string {
  if (label === null) return "it is not watched any more";
  const left = `label '${label}' does not serve v${version ?? "?"} alone any more`;
  return rule.kind === "regression" ? `${left}: it was moved or split` : left;
}

/** One of all versions, without traffic for a day: there is nothing left to watch. */
const isAbandoned = ({ watch, memory }: WatchState, stepMs: number): boolean =>
  watch.isOptional && memory.missing >= MISSING_WINDOWS && memory.missing * stepMs >= MS_PER_DAY;

const settled = (rule: Rule, state: WatchState): WatchState =>
  state.incident?.resolvedByHand
    ? { ...state, memory: closedByHand(rule, state.memory), incident: null }
    : state;

/** How long one thing that is not there any more is remembered: no longer than it fires. */
function leave(rule: Rule, state: WatchState, at: number): WatchChange[] {
  if (!isFiring(state.memory)) return [];
  const { watch } = state;
  return [{ type: "resolved", because: endOf(rule, watch), watch, look: null, at }];
}

/** Whether a look has nothing to be taken into: a version before its first traffic, a deployment that did not fire. */
const isIdle = (known: WatchState | undefined, { watch, look }: Seen["looks"][number]): boolean =>
  look.deployment?.isEcho
    ? !known || !isFiring(known.memory)
    : !known && watch.isOptional && look.evidence === null;

const NOBODY = { acknowledged: false, resolvedByHand: false };

function taken(
  rule: Rule,
  known: WatchState | undefined,
  { watch, look }: Seen["looks"][number],
): { state: WatchState; changes: WatchChange[] } {
  const before = settled(rule, known ?? { watch, ...START });
  const acknowledged = before.incident?.acknowledged ?? false;
  const { memory, changes } = evaluate(rule, before.memory, look, { acknowledged });
  const isNew = changes.some(({ type }) => type === "opened" || type === "fell_silent");
  const incident = isFiring(memory) ? ((isNew ? null : before.incident) ?? NOBODY) : null;
  return {
    state: { watch, memory, incident },
    changes: changes.map((change) => ({ ...change, watch, look, at: look.window.to })),
  };
}

/**
 * Takes in one window of all that a monitor watches.
 *
 * @param stepMs from one window to the next
 */
export function advance(
  rule: Rule,
  states: States,
  { at, looks }: Seen,
  stepMs: number,
): { states: States; changes: WatchChange[] } {
  const next = new Map<string, WatchState>();
  const changes: WatchChange[] = [];
  for (const one of looks) {
    const known = states.get(one.watch.key);
    if (isIdle(known, one)) continue;
    const after = taken(rule, known, one);
    changes.push(...after.changes);
    if (!isAbandoned(after.state, stepMs)) next.set(one.watch.key, after.state);
    else if (isFiring(after.state.memory)) {
      changes.push({ type: "resolved", because: "it had no traffic for a day", ...one, at });
    }
  }
  const looked = new Set(looks.map(({ watch }) => watch.key));
  // An hour that ends no slot says nothing of a volume.
  const isSilent = looks.length === 0 && rule.kind === "volume";
  for (const [key, state] of states) {
    if (looked.has(key)) continue;
    if (isSilent) next.set(key, state);
    else changes.push(...leave(rule, settled(rule, state), at));
  }
  return { states: next, changes };
}
