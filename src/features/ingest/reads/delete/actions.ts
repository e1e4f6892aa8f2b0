import type { Scope } from "../../../../platform/scope.ts";
import { accept } from "../../index.ts";
import { clockOf } from "../../model.ts";
import { loadTrace } from "../actions.ts";

/**
 * Deletes a trace with all that belongs to it. A deletion is an event like others: it goes through
 * R2 and the queue; the consumer buries the rows, erases their payloads, and the fold takes out
 * what they contributed.
 *
 * @throws Refusal not_found when there is none (yet: what was just sent takes a moment)
 */
export async function deleteTrace(scope: Scope, id: string): Promise<void> {
  await loadTrace(scope, id);
  const clock = clockOf(true, scope.now.getTime(), crypto.randomUUID());
  await accept(scope, { traces: [{ id, clock, deleted: true }], observations: [], scores: [] });
}
