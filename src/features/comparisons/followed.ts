import { HISTORY_HOURS } from "../../lib/stats/before-after.ts";
import { LIFETIME_DAYS } from "../rollups/model.ts";
import { windowOf } from "./history.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the ledger says of a label's move. */
export type Move = { label: string; at: Date; from: number | null; to: number | null };

/** When the candidate took the control's place, and by which label's move; null when nobody knows. */
export type Takeover = { atMs: number; label: string | null };

/**
 * The newest move from control to candidate; else the candidate's first use.
 *
 * @param moves oldest first
 */
export function takeoverOf(
  moves: readonly Move[],
  { control, candidate }: { control: number; candidate: number },
  firstUseUs: number | null,
): Takeover | null {
  const move = moves.findLast(({ from, to }) => from === control && to === candidate);
  if (move) return { atMs: move.at.getTime(), label: move.label };
  return firstUseUs === null ? null : { atMs: firstUseUs / 1000, label: null };
}

/** Which hours a before/after test reads, or why there is none. */
export type HourPlan =
  | { possible: true; startMs: number; length: number; historyHours: number }
  | { possible: false; because: string };

/**
 * @param toMs end of the range, not beyond now
 */
export function planHours(takeover: Takeover | null, toMs: number, nowMs: number): HourPlan {
  if (!takeover) return { possible: false, because: "the candidate was never used" };
  const startMs = Math.ceil(takeover.atMs / HOUR_MS) * HOUR_MS;
  const length = windowOf((toMs - startMs) / HOUR_MS);
  if (length === undefined) {
    return { possible: false, because: "it takes at least 6 full hours of the candidate" };
  }
  const historyMs = startMs - HISTORY_HOURS * HOUR_MS;
  if (historyMs < nowMs - LIFETIME_DAYS[1] * DAY_MS) {
    const because = `hours are kept ${LIFETIME_DAYS[1]} days, and the deployment is too long ago`;
    return { possible: false, because };
  }
  return { possible: true, startMs, length, historyHours: HISTORY_HOURS };
}

/** Hours at the beginning of the history that may be empty: a day's, or there are no 14 days. */
const SLACK_HOURS = 24;

/** Whether the control ran for the whole history: the test is not made on less. */
export const hasHistory = (counts: readonly number[]): boolean =>
  counts.slice(0, SLACK_HOURS).some((n) => n > 0);
