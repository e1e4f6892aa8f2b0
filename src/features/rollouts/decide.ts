import { decideRollout, type RolloutDecision } from "../../lib/stats/rollout-decision.ts";
import type { Evidence, Read } from "./evidence.ts";
import type { RolloutState } from "./model.ts";
import type { Terms } from "./terms.ts";

/** Where a rollout is. A check makes the next one of it; nothing else about a rollout ever changes. */
export type Course = {
  state: RolloutState;
  /** Why it is in this state; null where the state says it all. */
  because: string | null;
  /** null unless it is held. */
  heldFor: HeldFor | null;
  /** From 0. */
  stage: number;
  /** Instants in ms. The weights of this stage since, and the label split since. */
  stageSinceMs: number;
  startedMs: number;
  /** When there has to be an answer. */
  deadlineMs: number;
  pausedSinceMs: number | null;
  /** Guardrails proven safe: once proven stays proven. */
  provenSafe: string[];
  /** When the count of generations was last seen to grow, and to what. */
  seen: number;
  seenMs: number;
};

/** Why nothing goes forward: the arms did not get their shares, or nothing comes. */
export type HeldFor = "mismatch" | "no data";

/** What the rules say of the evidence at an instant. */
export type Decision =
  | RolloutDecision
  | { action: "roll back"; guardrail: "errors"; harmed: ["errors"]; emergency: true }
  | { action: "hold"; because: "no data" };

const MS_PER_MINUTE = 60_000;
const MISMATCH =
  "The arms did not get the shares they were given, so their numbers cannot be compared";

/** A rollout that has just begun, or will: instants are of the split's start. */
export const begin = ({ maxMinutes }: Pick<Terms, "maxMinutes">, atMs: number): Course => ({
  state: "warming",
  because: null,
  heldFor: null,
  stage: 0,
  stageSinceMs: atMs,
  startedMs: atMs,
  deadlineMs: atMs + maxMinutes * MS_PER_MINUTE,
  pausedSinceMs: null,
  provenSafe: [],
  seen: 0,
  seenMs: atMs,
});

const LIVE: ReadonlySet<RolloutState> = new Set([
  "warming",
  "running",
  "paused",
  "held",
  "inconclusive",
]);

/** Whether its split lasts, and checks may still change something. */
export const isLive = (state: RolloutState): boolean => LIVE.has(state);

const minutes = (fromMs: number, toMs: number): number => (toMs - fromMs) / MS_PER_MINUTE;

/** The policy of the library in the words of the terms; `too-few-units` is one kind of too few. */
function judged(terms: Terms, course: Course, evidence: Evidence, nowMs: number) {
  const { stages, alphaHarm, alphaSafe, warmupMinutes } = terms;
  const stage = stages[course.stage];
  if (!stage) throw new RangeError(`there is no stage ${course.stage}`);
  return decideRollout(
    {
      guardrails: evidence.readings.map(({ name, reading }) => ({
        name,
        reading: asTested(reading),
      })),
      provenSafe: course.provenSafe,
      required: stage.requires,
      // A mismatch is sticky: evidence that was gathered under it stays what it is.
      mismatch: evidence.mismatch || course.heldFor === "mismatch",
      minutesSinceStart: minutes(course.startedMs, nowMs),
      minutesInStage: minutes(course.stageSinceMs, nowMs),
    },
    {
      alphaHarm,
      alphaSafe,
      warmupMinutes,
      soakMinutes: stage.minMinutes,
      maxMinutes: minutes(course.startedMs, course.deadlineMs),
    },
  );
}

const asTested = (reading: Read) =>
  !reading.tested && reading.because === "too-few-units"
    ? { tested: false as const, because: "too-few" as const }
    : reading;

/** What the rules say: the emergency rule, then the tests, then whether anything comes at all. */
export function ruleOn(
  terms: Terms,
  course: Course,
  evidence: Evidence,
  nowMs: number,
): { decision: Decision; provenSafe: string[] } {
  const { decision, provenSafe } = judged(terms, course, evidence, nowMs);
  if (decision.action !== "roll back" && evidence.emergency) {
    return {
      decision: { action: "roll back", guardrail: "errors", harmed: ["errors"], emergency: true },
      provenSafe,
    };
  }
  const isSilent = minutes(course.seenMs, nowMs) >= terms.noDataMinutes;
  const mayHold = decision.action === "continue" || decision.action === "advance";
  return isSilent && mayHold
    ? { decision: { action: "hold", because: "no data" }, provenSafe }
    : { decision, provenSafe };
}

/**
 * One check of a rollout: pure, and a function of sums and instants alone, so a missed check delays
 * and a doubled one changes nothing. While paused only harm acts.
 *
 * @param nowMs not before the course's own instants
 */
export function decide(
  terms: Terms,
  course: Course,
  evidence: Evidence,
  nowMs: number,
): { course: Course; decision: Decision } {
  const grew = evidence.seen > course.seen;
  const looked = grew ? { ...course, seen: evidence.seen, seenMs: nowMs } : course;
  const { decision, provenSafe } = ruleOn(terms, looked, evidence, nowMs);
  return { course: follow(terms, { ...looked, provenSafe }, decision, nowMs), decision };
}

/** Where a decision leads. */
function follow(terms: Terms, course: Course, decision: Decision, nowMs: number): Course {
  if (decision.action === "roll back") {
    return { ...course, state: "rolled_back", because: harmOf(decision), heldFor: null };
  }
  if (course.state === "paused" || course.state === "inconclusive") return course;
  switch (decision.action) {
    case "hold":
      return held(terms, course, decision);
    case "advance":
      return advanced(terms, course, nowMs);
    case "inconclusive":
      return overdue(terms, course, decision.missing);
    case "continue":
      return goingOn(terms, course, nowMs);
  }
}

type Harm = Extract<Decision, { action: "roll back" }>;

const harmOf = (decision: Harm): string =>
  "emergency" in decision
    ? "Most of the candidate's calls fail and the control's do not"
    : `Proven worse by at least its margin: ${decision.harmed.join(", ")}`;

type Hold = Extract<Decision, { action: "hold" }>;

const held = ({ noDataMinutes }: Terms, course: Course, { because }: Hold): Course => ({
  ...course,
  state: "held",
  ...(because === "no data"
    ? {
        heldFor: "no data",
        because: `No generation of either version came for ${noDataMinutes} minutes`,
      }
    : { heldFor: "mismatch", because: MISMATCH }),
});

function advanced({ stages }: Terms, course: Course, nowMs: number): Course {
  if (course.stage === stages.length - 1) {
    return {
      ...course,
      state: "promoted",
      because: "Every required guardrail is proven safe",
      heldFor: null,
    };
  }
  return {
    ...course,
    state: "running",
    because: null,
    heldFor: null,
    stage: course.stage + 1,
    stageSinceMs: nowMs,
  };
}

function overdue({ onInconclusive }: Terms, course: Course, missing: readonly string[]): Course {
  const because =
    missing.length > 0
      ? `The time is over and not proven safe: ${missing.join(", ")}`
      : "The time is over before the last stage was";
  const state = { hold: "inconclusive", promote: "promoted", roll_back: "rolled_back" } as const;
  return { ...course, state: state[onInconclusive], because, heldFor: null };
}

const goingOn = ({ warmupMinutes }: Terms, course: Course, nowMs: number): Course => ({
  ...course,
  state: minutes(course.startedMs, nowMs) < warmupMinutes ? "warming" : "running",
  because: null,
  heldFor: null,
});
