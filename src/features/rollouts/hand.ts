import { type Course, isLive } from "./decide.ts";
import type { Terms } from "./terms.ts";

/** What a person does to a rollout. */
export const HANDS = ["pause", "resume", "abort", "promote"] as const;
export type Hand = (typeof HANDS)[number];

/** `isFresh`: evidence so far is set aside, and gathering begins anew. */
export type Handled =
  | { outcome: "done"; course: Course; isFresh: boolean }
  | { outcome: "refused"; because: string };

const MS_PER_MINUTE = 60_000;

const done = (course: Course, isFresh = false): Handled => ({ outcome: "done", course, isFresh });
const refused = (because: string): Handled => ({ outcome: "refused", because });

/** Pausing stops what goes forward and the clock of the deadline; proven harm still rolls back. */
function pause(course: Course, because: string | null, nowMs: number): Handled {
  if (course.state === "paused") return refused("it is paused already");
  if (course.state === "held") return refused("it is held already: nothing goes forward");
  return done({ ...course, state: "paused", because, pausedSinceMs: nowMs });
}

/**
 * Goes on. After a mismatch with evidence gathered anew, because what was gathered under it cannot
 * be trusted; after an inconclusive end with as much time again.
 */
function resume(terms: Terms, course: Course, nowMs: number): Handled {
  const isWarming = nowMs < course.startedMs + terms.warmupMinutes * MS_PER_MINUTE;
  const going: Course = {
    ...course,
    state: isWarming ? "warming" : "running",
    because: null,
    heldFor: null,
    pausedSinceMs: null,
    seenMs: nowMs,
  };
  const deadlineMs = nowMs + terms.maxMinutes * MS_PER_MINUTE;
  if (course.state === "paused") {
    const pausedMs = nowMs - (course.pausedSinceMs ?? nowMs);
    return done({ ...going, deadlineMs: course.deadlineMs + pausedMs });
  }
  if (course.heldFor === "mismatch") {
    return done({ ...going, deadlineMs, stageSinceMs: nowMs, provenSafe: [], seen: 0 }, true);
  }
  if (course.state === "held") return done(going);
  if (course.state === "inconclusive") return done({ ...going, deadlineMs });
  return refused(`it is ${course.state}`);
}

/** What becomes of a rollout at a person's word. @param reason in their words */
export function handle(
  hand: Hand,
  terms: Terms,
  course: Course,
  { reason, nowMs }: { reason: string | null; nowMs: number },
): Handled {
  if (!isLive(course.state)) return refused(`it is over: ${course.state}`);
  switch (hand) {
    case "pause":
      return pause(course, reason, nowMs);
    case "resume":
      return resume(terms, course, nowMs);
    case "abort":
      return done({
        ...course,
        heldFor: null,
        state: "aborted",
        because: reason ?? "Aborted by hand",
      });
    case "promote":
      return done({
        ...course,
        heldFor: null,
        state: "promoted",
        because: reason ?? "Promoted by hand",
      });
  }
}
