import { rangesOfRuns, runsOf } from "../../../lib/split/runs.ts";
import { reallocate } from "../../../lib/split/split.ts";
import type { PromptState } from "../change.ts";
import { LATEST } from "../model.ts";
import type { Arm, LiveSplit, SplitCause, SplitTable } from "./table.ts";

/** A label's split that begins, changes or ends; `version` is where the label points before. */
export type SplitChange = {
  label: string;
  version: number;
  event: SplitCause["event"];
  /** As it is then; as it was, when it ends. */
  split: LiveSplit;
  /** Whether a ledger that an import brings tells it already. */
  isTold?: boolean;
  /** What the ledger is to keep with it. */
  evidence?: Record<string, unknown> | undefined;
};

export type Splits = ReadonlyMap<string, LiveSplit>;

/** UTF-8 bytes of the runs: KV's metadata has 1,024 in all. */
const MAX_RUNS_BYTES = 800;

export type Refused =
  | { outcome: "no-label" }
  | { outcome: "invalid"; field: string; message: string }
  | { outcome: "worn-out" };

/** The name as it is, where the label points, its split, and how that came about: empty when it was so. */
type Accepted = { state: PromptState; version: number; split: LiveSplit; change: SplitChange[] };

type Wanted = { label: string; arms: Arm[] };

/** Whether a split's slots have room in the document that serving reads. */
export const fitsDocument = (runs: SplitTable["runs"]): boolean =>
  JSON.stringify(runs).length <= MAX_RUNS_BYTES;

/** What keeps arms from being a label's: an unknown version, or none of them the label's own. */
export function problemOf(
  state: PromptState,
  control: number,
  arms: readonly Arm[],
): Refused | undefined {
  const unknown = arms.findIndex(({ version }) => !state.versions.includes(version));
  if (unknown >= 0) {
    const message = `there is no version ${arms[unknown]?.version ?? 0}`;
    return { outcome: "invalid", field: `arms.${unknown}.version`, message };
  }
  if (arms.some(({ version }) => version === control)) return undefined;
  const message = `must have version ${control}, where the label points: it is the control; its weight may be 0`;
  return { outcome: "invalid", field: "arms", message };
}

const sameArms = (a: readonly Arm[], b: readonly Arm[]): boolean =>
  a.length === b.length &&
  a.every(({ version, weight }) =>
    b.some((other) => other.version === version && other.weight === weight),
  );

/** A live split under other weights, or a new one. Undefined when its slots are in too many pieces. */
function reweighted(
  live: LiveSplit | undefined,
  arms: Arm[],
  { id, at }: { id: string; at: Date },
): LiveSplit | undefined {
  const shares = arms.map(({ version, weight }) => ({ arm: version, weight }));
  const runs = runsOf(reallocate(live ? rangesOfRuns(live.runs) : [], shares));
  if (!fitsDocument(runs)) return undefined;
  return { startedAt: at, id, ...live, runs, arms, changedAt: at };
}

/**
 * The split of a label under new weights: a new one, or the one it has with as few slots moved as
 * the weights ask for.
 *
 * @param fresh the id of a new split, and the instant
 */
export function withSplit(
  state: PromptState | undefined,
  splits: Splits,
  { label, arms }: Wanted,
  fresh: { id: string; at: Date },
): Refused | Accepted {
  const version = state?.labels.get(label);
  if (!state || version === undefined) return { outcome: "no-label" };
  if (label === LATEST) {
    const message = `${LATEST} moves with each new version and can hold no split`;
    return { outcome: "invalid", field: "label", message };
  }
  const problem = problemOf(state, version, arms);
  if (problem) return problem;
  const live = splits.get(label);
  if (live && sameArms(live.arms, arms)) return { state, version, split: live, change: [] };
  const split = reweighted(live, arms, fresh);
  if (!split) return { outcome: "worn-out" };
  const event = live ? ("changed" as const) : ("started" as const);
  return { state, version, split, change: [{ label, version, event, split }] };
}

/** The splits that a change of the name would end: their label moves, or one of their arms is deleted. */
export function splitsEnded(
  splits: Splits,
  before: PromptState | undefined,
  after: PromptState,
): SplitChange[] {
  return [...splits].flatMap(([label, split]) => {
    const version = before?.labels.get(label);
    const stays = version !== undefined && after.labels.get(label) === version;
    const whole = split.arms.every((arm) => after.versions.includes(arm.version));
    return version === undefined || (stays && whole)
      ? []
      : [{ label, version, event: "ended" as const, split }];
  });
}
