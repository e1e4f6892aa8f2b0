import { Refusal } from "../../platform/errors.ts";
import { logBug } from "../../platform/log.ts";
import type { Scope } from "../../platform/scope.ts";
import { requireMovable } from "../prompts/index.ts";
import { keepCohorts } from "../rollups/index.ts";
import type { ByHand, Rollout } from "./contract.ts";
import { follow } from "./follow/actions.ts";
import { type Hand, handle, type Handled } from "./hand.ts";
import { cohortPlans, renewed } from "./progress.ts";
import { readRollout, requireRollout } from "./reads/actions.ts";
import type { Actor, Pending, Progress, RolloutEventType } from "./record.ts";
import { notice } from "./step/actions.ts";
import { type RolloutRow, saveProgress, selectLivingOf } from "./store.ts";
import { emissionsOf, happeningOf } from "./tell.ts";

const MAX_TRIES = 5;

const EVENTS: Record<Hand, RolloutEventType> = {
  pause: "paused",
  resume: "resumed",
  abort: "aborted",
  promote: "promoted",
};

type Said = { hand: Hand; reason: string | null };

/** What the rollout becomes, as far as it does not need the registry. */
function progressAfter(
  { start, progress }: RolloutRow,
  { course, isFresh }: Extract<Handled, { outcome: "done" }>,
  { pending, nowMs }: { pending: Pending | null; nowMs: number },
): Progress {
  const next = { ...progress, course, pending };
  return isFresh ? renewed(start.terms, next, nowMs) : next;
}

const pendingOf = ({ hand, reason }: Said, actor: Actor): Pending | null =>
  hand === "abort" || hand === "promote" ? { event: EVENTS[hand], actor, reason } : null;

/** One attempt. @returns false when somebody else was faster */
async function attempt(scope: Scope, id: string, said: Said): Promise<boolean> {
  const found = await requireRollout(scope, id);
  // What was decided before comes first: a person judges a rollout as it is shown.
  const row = found.progress.pending ? await follow(scope, found) : found;
  if (!row) return false;
  const nowMs = scope.now.getTime();
  const handled = handle(said.hand, row.start.terms, row.progress.course, {
    reason: said.reason,
    nowMs,
  });
  if (handled.outcome === "refused") {
    throw new Refusal("conflict", `rollout ${id} cannot ${said.hand}: ${handled.because}`);
  }
  const pending = pendingOf(said, scope.actor);
  const progress = progressAfter(row, handled, { pending, nowMs });
  if (handled.isFresh) await keepCohorts(scope, cohortPlans(row, row.start.terms, progress));
  const what = { event: EVENTS[said.hand], reason: said.reason };
  const told = pending
    ? {}
    : {
        happening: happeningOf(row, progress, { ...what, actor: scope.actor }),
        emissions: emissionsOf(row, progress, what),
      };
  const saved = await saveProgress(scope, row, progress, told);
  return saved !== undefined && (await follow(scope, saved)) !== undefined;
}

/**
 * Pauses, resumes, aborts or promotes a rollout.
 *
 * @throws Refusal not_found, conflict when it is not such that it could, forbidden for a protected label
 */
export async function handRollout(
  scope: Scope,
  id: string,
  hand: Hand,
  { reason }: ByHand,
): Promise<Rollout> {
  const { prompt, label, control, candidate } = await requireRollout(scope, id);
  if (hand !== "pause") {
    await requireMovable(scope, prompt, [{ label, from: control, to: candidate }]);
  }
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (await attempt(scope, id, { hand, reason: reason ?? null })) return readRollout(scope, id);
  }
  throw new Refusal("unavailable", `rollout ${id} is being changed by too many at once`, {
    retryAfterSeconds: 1,
  });
}

/**
 * After a change of the registry by hand, whatever the door: rollouts whose label or split it took
 * end at once. The change is made, so this never throws; what it misses the next minute's job notices.
 */
export async function noticeChange(scope: Scope): Promise<void> {
  try {
    for (const row of await selectLivingOf(scope)) await notice(scope, row);
  } catch (error) {
    logBug(error);
  }
}
