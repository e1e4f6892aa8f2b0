import type { DeliveryState, DestinationStatus } from "../model.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds before each further attempt. Source: Standard Webhooks, "Retry schedule". */
const BACKOFF_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A destination that has only failed for so long is disabled: a little less than one event is tried for. */
export const DISABLE_AFTER_MS = 3 * DAY;

/** How an attempt ended. */
export type Outcome = {
  ok: boolean;
  /** In a few words: "200", "500", "no answer within 10 seconds". */
  words: string;
  /** The receiver says that it will never be there again (410). */
  isGone: boolean;
  /** What the receiver asked to wait; null when it asked nothing. */
  retryAfterMs: number | null;
};

export type Settled = { state: DeliveryState; dueAtMs: number };

/**
 * Milliseconds to wait after so many attempts; undefined when there shall be no other.
 *
 * @param tries from 1
 */
export const backoffMs = (tries: number): number | undefined => BACKOFF_MS[tries - 1];

/** What becomes of a delivery after an attempt. */
export function settle(
  { tries, isTest }: { tries: number; isTest: boolean },
  { ok, isGone, retryAfterMs }: Outcome,
  nowMs: number,
): Settled {
  if (ok) return { state: "delivered", dueAtMs: nowMs };
  const wait = isTest || isGone ? undefined : backoffMs(tries);
  if (wait === undefined) return { state: "failed", dueAtMs: nowMs };
  const asked = Math.min(retryAfterMs ?? 0, DAY);
  return { state: "pending", dueAtMs: nowMs + Math.max(wait, asked) };
}

export type Health = {
  status: DestinationStatus;
  statusReason: string | null;
  failingSince: Date | null;
};

/** What becomes of a destination after an attempt; undefined when it stays as it is. A failed test says nothing. */
export function healthAfter(
  before: Health,
  { ok, isGone, words }: Outcome,
  { isTest, now }: { isTest: boolean; now: Date },
): Health | undefined {
  if (ok) return before.failingSince ? { ...before, failingSince: null } : undefined;
  if (isTest || before.status !== "active") return undefined;
  const failingSince = before.failingSince ?? now;
  const failedMs = now.getTime() - failingSince.getTime();
  if (isGone) {
    const statusReason = "the receiver answered 410: it is gone for good";
    return { status: "disabled", statusReason, failingSince };
  }
  if (failedMs >= DISABLE_AFTER_MS) {
    const days = Math.floor(failedMs / DAY);
    const statusReason = `nothing was delivered for ${days} days; the last attempt ended with: ${words}`;
    return { status: "disabled", statusReason, failingSince };
  }
  return before.failingSince ? undefined : { ...before, failingSince };
}
