import type { Scope } from "../../platform/scope.ts";
import { selectRolloutsBetween } from "./between/store.ts";
import type { RolloutSummary } from "./contract.ts";
import { summaryView } from "./view.ts";

export { handRollout, noticeChange } from "./actions.ts";
export { readRollout, readRollouts } from "./reads/actions.ts";
export { forecastRollout, startRollout } from "./start/actions.ts";

/** Rollouts that one answer holds. */
const MAX_ROLLOUTS = 1_000;

/**
 * Rollouts that were under way at some moment of a stretch of time, oldest first.
 *
 * @param prompt left out for those of all prompts
 */
export async function rolloutsBetween(
  scope: Scope,
  span: { from: Date; to: Date; prompt?: string },
): Promise<RolloutSummary[]> {
  const rows = await selectRolloutsBetween(scope, { ...span, limit: MAX_ROLLOUTS });
  return rows.map(summaryView);
}
