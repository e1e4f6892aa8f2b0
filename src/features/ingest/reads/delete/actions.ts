import type { Scope } from "../../../../platform/scope.ts";
import type { ScorePatch } from "../../../scores/model.ts";
import { accept } from "../../index.ts";
import { clockOf } from "../../model.ts";
import { loadTrace } from "../actions.ts";

/**
 * Deletes a trace with all that belongs to it. A deletion is an event like others: it goes through
 * R2 and the queue, so that the fold takes out what the rows contributed.
 *
 * @throws Refusal not_found when there is none (yet: what was just sent takes a moment)
 */
export async function deleteTrace(scope: Scope, id: string): Promise<void> {
  const { observations, scores } = await loadTrace(scope, id);
  const clock = clockOf(true, scope.now.getTime(), crypto.randomUUID());
  const deleted = true as const;
  await accept(scope, {
    traces: [{ id, clock, deleted }],
    observations: observations.map((one) => ({ id: one.id, traceId: id, clock, deleted })),
    scores: scores.map(({ score }): ScorePatch => ({ ...score, clock, deleted })),
  });
}
