import { newId } from "../../../../lib/ids.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { changePrompt, notFound } from "../../actions.ts";
import { loadState } from "../../store.ts";
import type { LiveSplit } from "../table.ts";
import { conclude, type Conclusion, type Gone, steer, type Steering } from "./steer.ts";

/*
 * Splits that a rollout steers. Each verb may be called again after a crash: what is so already is
 * left as it is, and what somebody else changed meanwhile is never touched.
 */

/** The ledger's reason, and what it keeps with it. */
type Told = { reason: string | null; evidence?: Record<string, unknown> | undefined };

export type SteeredSplit = Gone | { outcome: "steered"; id: string; changedAt: Date };
export type ConcludedSplit = Gone | { outcome: "concluded" };

const freshOf = ({ now }: Scope) => ({ id: newId("spl", now), at: now });

/** Starts the owner's split of a label, or changes its weights. */
export function steerSplit(
  scope: Scope,
  name: string,
  { reason, ...wanted }: Steering & Told,
): Promise<SteeredSplit> {
  const fresh = freshOf(scope);
  return changePrompt<SteeredSplit>(scope, name, (before, splits) => {
    if (!before) throw notFound(name);
    const steered = steer(before, splits, wanted, fresh);
    if (steered.outcome === "gone") return { after: before, reason, result: steered };
    const { after, changes, split } = steered;
    const result = { outcome: "steered", id: split.id, changedAt: split.changedAt } as const;
    return { after, reason, splits: changes, result };
  });
}

/** Ends the owner's split with the label at a version: a promotion, or a return to the control. */
export function concludeSplit(
  scope: Scope,
  name: string,
  { reason, evidence, ...wanted }: Conclusion & Told,
): Promise<ConcludedSplit> {
  const fresh = freshOf(scope);
  return changePrompt<ConcludedSplit>(scope, name, (before, splits) => {
    if (!before) throw notFound(name);
    const concluded = conclude(before, splits, wanted, fresh);
    if (concluded.outcome === "gone") return { after: before, reason, result: concluded };
    const { after, changes } = concluded;
    const told = changes.map((one) => (one.event === "ended" ? { ...one, evidence } : one));
    return { after, reason, splits: told, force: true, evidence, result: { outcome: "concluded" } };
  });
}

/** Where a label points, and who splits it between which versions. */
export type Served = {
  version: number | undefined;
  versions: number[];
  split: Pick<LiveSplit, "id" | "arms" | "owner"> | undefined;
};

/** What a label serves, as the registry has it; `version` undefined when there is no such label. */
export async function readServed(
  scope: Scope,
  { name, label }: { name: string; label: string },
): Promise<Served> {
  const loaded = await loadState(scope, name);
  return {
    version: loaded?.state.labels.get(label),
    versions: loaded?.state.versions ?? [],
    split: loaded?.splits.get(label),
  };
}
