import type { Scope } from "../../../platform/scope.ts";
import { concludeSplit, steerSplit } from "../../prompts/index.ts";
import { keepCohorts } from "../../rollups/index.ts";
import { cohortPlans, concluded, interrupted, steered, wantedOf } from "../progress.ts";
import type { Pending, Progress } from "../record.ts";
import { type RolloutRow, saveProgress } from "../store.ts";
import { emissionsOf, evidenceInShort, happeningOf, ledgerReason } from "../tell.ts";

/** What became of the registry, and how the rollout goes on. */
async function act(scope: Scope, row: RolloutRow, pending: Pending): Promise<Progress> {
  const { id, prompt, label, start, progress } = row;
  const { terms } = start;
  const wanted = wantedOf(terms, progress);
  const reason = ledgerReason(id, pending);
  const nowMs = scope.now.getTime();
  if (wanted.do === "steer") {
    const { arms, mayStart } = wanted;
    const done = await steerSplit(scope, prompt, {
      label,
      owner: id,
      control: terms.control,
      arms,
      mayStart,
      reason,
    });
    if (done.outcome === "gone") return interrupted(progress, done.because, nowMs);
    return steered(terms, progress, { id: done.id, changedMs: done.changedAt.getTime() });
  }
  const { control, version, next } = wanted;
  const evidence = row.last ? { evidence: { rollout: id, ...evidenceInShort(row) } } : {};
  const done = await concludeSplit(scope, prompt, {
    label,
    owner: id,
    control,
    version,
    next,
    reason,
    ...evidence,
  });
  if (done.outcome === "gone") return interrupted(progress, done.because, nowMs);
  return concluded(terms, progress, nowMs);
}

/** What is told when the registry has followed, or somebody else was there before. */
function toldOf(row: RolloutRow, progress: Progress, { event, reason, actor }: Pending) {
  const { course, handsOff } = progress;
  const what =
    handsOff && course.state === "aborted"
      ? { event: "aborted" as const, reason: course.because }
      : { event, reason };
  return {
    happening: happeningOf(row, progress, { ...what, actor }),
    emissions: emissionsOf(row, progress, what),
  };
}

/**
 * Makes the registry and the cohorts follow what was decided, and says so. Each part may have
 * happened before a crash: done again it changes nothing.
 *
 * @returns the rollout as it is then; undefined when somebody else was faster
 */
export async function follow(scope: Scope, row: RolloutRow): Promise<RolloutRow | undefined> {
  const { pending } = row.progress;
  if (!pending) return row;
  const progress = await act(scope, row, pending);
  await keepCohorts(scope, cohortPlans(row, row.start.terms, progress));
  return saveProgress(scope, row, progress, toldOf(row, progress, pending));
}

/** Ends a rollout whose label or split somebody took over; what they made of it stays. */
export async function giveUp(
  scope: Scope,
  row: RolloutRow,
  because: string,
): Promise<RolloutRow | undefined> {
  const progress = interrupted(row.progress, because, scope.now.getTime());
  await keepCohorts(scope, cohortPlans(row, row.start.terms, progress));
  const event = progress.course.state === "aborted" ? "aborted" : "holdback_ended";
  const pending: Pending = { event, reason: because, actor: scope.actor };
  return saveProgress(scope, row, progress, toldOf(row, progress, pending));
}
