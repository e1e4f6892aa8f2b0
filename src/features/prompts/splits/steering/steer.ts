import { type PromptState, withLabels } from "../../change.ts";
import { type SplitChange, type Splits, withSplit } from "../decide.ts";
import type { Arm, LiveSplit } from "../table.ts";

/** What somebody who steers a label's split wants of it. */
export type Steering = {
  label: string;
  /** Who steers: nobody else's split is touched. */
  owner: string;
  /** The version that the label must point at. */
  control: number;
  arms: Arm[];
  /** Whether the split begins; else it must be there. */
  mayStart: boolean;
};

export type Conclusion = {
  label: string;
  owner: string;
  control: number;
  /** Where the label points afterwards. */
  version: number;
  /** A split that begins there at once; null for none. */
  next: Arm[] | null;
};

/** Somebody else came between: nothing is done. */
export type Gone = { outcome: "gone"; because: string };

type Changed = { outcome: "done"; after: PromptState; changes: SplitChange[] };
export type Steered = Gone | (Changed & { split: LiveSplit });
export type Concluded = Gone | Changed;

type Fresh = { id: string; at: Date };

const gone = (because: string): Gone => ({ outcome: "gone", because });

const movedTo = (label: string, version: number | undefined): Gone =>
  gone(
    version === undefined
      ? `Label ${label} was taken away by hand`
      : `Label ${label} was moved to version ${version} by hand`,
  );

/** The split under the weights that are wanted, if it is still the owner's to change. */
export function steer(
  state: PromptState,
  splits: Splits,
  { label, owner, control, arms, mayStart }: Steering,
  fresh: Fresh,
): Steered {
  const version = state.labels.get(label);
  if (version !== control) return movedTo(label, version);
  const live = splits.get(label);
  if (live ? live.owner !== owner : !mayStart) {
    return gone(live ? "Its split was taken over by hand" : "Its split was ended by hand");
  }
  const decided = withSplit(state, splits, { label, arms }, fresh);
  if (!("split" in decided)) {
    return gone(decided.outcome === "invalid" ? decided.message : "Its split cannot be changed");
  }
  const split = { ...decided.split, owner };
  return {
    outcome: "done",
    after: state,
    split,
    changes: decided.change.map((change) => ({ ...change, split })),
  };
}

/** Whether it is so already, because an earlier call did it. */
function isConcluded(splits: Splits, { label, owner, control, version, next }: Conclusion) {
  const live = splits.get(label);
  if (version === control) return live?.owner !== owner;
  return live ? live.owner === owner && next !== null : true;
}

/**
 * The label at a version and the owner's split ended, in one change. A split that begins then is
 * the owner's as well. The end of a split whose label moves is told by whoever saves the change.
 */
export function conclude(
  state: PromptState,
  splits: Splits,
  conclusion: Conclusion,
  fresh: Fresh,
): Concluded {
  const { label, owner, control, version, next } = conclusion;
  const pointed = state.labels.get(label);
  if (pointed === version && isConcluded(splits, conclusion)) {
    return { outcome: "done", after: state, changes: [] };
  }
  if (pointed !== control) return movedTo(label, pointed);
  const live = splits.get(label);
  if (live?.owner !== owner) {
    return gone(live ? "Its split was taken over by hand" : "Its split was ended by hand");
  }
  if (version === control) {
    const ended = { label, version, event: "ended" as const, split: live };
    return { outcome: "done", after: state, changes: [ended] };
  }
  const after = withLabels(state, version, [label]);
  if (!after) return gone(`Version ${version} was deleted`);
  if (!next) return { outcome: "done", after, changes: [] };
  const others = new Map([...splits].filter(([other]) => other !== label));
  const begun = withSplit(after, others, { label, arms: next }, fresh);
  if (!("split" in begun)) return gone("A split could not begin after it");
  const split = { ...begun.split, owner };
  return { outcome: "done", after, changes: begun.change.map((change) => ({ ...change, split })) };
}
