import { newId } from "../../../lib/ids.ts";
import { rangesOfRuns } from "../../../lib/split/runs.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { changePrompt, type Forced, notFound } from "../actions.ts";
import { loadState } from "../store.ts";
import type { PutSplit, Split } from "./contract.ts";
import { type Refused, withSplit } from "./decide.ts";
import type { LiveSplit, SplitTable } from "./table.ts";

type At = { name: string; label: string };

/** A table's ranges in the words of the API. */
export const rangesOf = ({ runs }: SplitTable): Split["ranges"] =>
  rangesOfRuns(runs).map(({ arm, from, to }) => ({ version: arm, from, to }));

const shown = ({ name, label }: At, version: number, split: LiveSplit): Split => ({
  name,
  label,
  version,
  id: split.id,
  arms: split.arms,
  ranges: rangesOf(split),
  startedAt: split.startedAt.toISOString(),
  changedAt: split.changedAt.toISOString(),
  ...(split.owner ? { owner: split.owner } : {}),
});

function refusal({ name, label }: At, refused: Refused): Refusal {
  switch (refused.outcome) {
    case "no-label":
      return notFound(name, { label });
    case "invalid": {
      const { field: path, message } = refused;
      return new Refusal("invalid_request", `${path}: ${message}`, { issues: [{ path, message }] });
    }
    case "worn-out":
      return new Refusal(
        "conflict",
        `the split of label '${label}' of '${name}' was changed so often that its table is full; end it and start a new one`,
      );
  }
}

/** @throws Refusal conflict for a split that a rollout steers, unless it is taken over by force */
function requireUnsteered({ name, label }: At, split: LiveSplit | undefined, force: boolean): void {
  if (force || !split?.owner) return;
  throw new Refusal(
    "conflict",
    `the split of label '${label}' of '${name}' is steered by rollout ${split.owner}; abort it first, or say force=true, which aborts it`,
  );
}

/** Splits a label between versions, or changes the weights of the split it has. */
export function putSplit(
  scope: Scope,
  at: At,
  { arms, reason = null }: PutSplit,
  { force = false }: Forced = {},
): Promise<Split> {
  const fresh = { id: newId("spl", scope.now), at: scope.now };
  return changePrompt(scope, at.name, (before, splits) => {
    requireUnsteered(at, splits.get(at.label), force);
    const decided = withSplit(before, splits, { label: at.label, arms }, fresh);
    if (!("split" in decided)) throw refusal(at, decided);
    const { state, version, split, change } = decided;
    // Weights that a person chose end the steering.
    const own = change.map((one) => ({ ...one, split: { ...one.split, owner: null } }));
    return { after: state, reason, splits: own, result: shown(at, version, split) };
  });
}

const noSplit = ({ name, label }: At): Refusal =>
  new Refusal("not_found", `label '${label}' of '${name}' has no split`);

/** Ends a label's split: from now on it serves the version it points at. @returns what it was */
export function endSplit(
  scope: Scope,
  at: At,
  reason: string | null,
  { force = false }: Forced = {},
): Promise<Split> {
  return changePrompt(scope, at.name, (before, splits) => {
    const version = before?.labels.get(at.label);
    if (!before || version === undefined) throw notFound(at.name, { label: at.label });
    const split = splits.get(at.label);
    if (!split) throw noSplit(at);
    requireUnsteered(at, split, force);
    const change = { label: at.label, version, event: "ended" as const, split };
    return { after: before, reason, splits: [change], result: shown(at, version, split) };
  });
}

/** The split of a label; undefined when it has none. */
export async function findSplit(scope: Scope, at: At): Promise<Split | undefined> {
  const loaded = await loadState(scope, at.name);
  const version = loaded?.state.labels.get(at.label);
  const split = loaded?.splits.get(at.label);
  return version === undefined || !split ? undefined : shown(at, version, split);
}

/** @throws Refusal not_found when there is no such label, or no split on it */
export async function requireSplit(scope: Scope, at: At): Promise<Split> {
  const split = await findSplit(scope, at);
  if (!split) throw noSplit(at);
  return split;
}
