import type { CohortPlan } from "../rollups/model.ts";
import { type Course, isLive } from "./decide.ts";
import type { Actor, Period, Progress, RolloutEventType } from "./record.ts";
import type { Terms } from "./terms.ts";

/**
 * How long after a change of weights the old ones may still be served: KV's minute, an isolate's ten
 * seconds, and the minute that an SDK keeps what it fetched.
 */
export const FRESHNESS_MS = 130_000;

const SLOTS = 10_000;
const US_PER_MS = 1000;
const MS_PER_MINUTE = 60_000;

/** A rollout whose split is yet to begin. */
export const unbegun = (course: Course, by: Actor, reason: string | null): Progress => ({
  course,
  split: null,
  epoch: 0,
  periods: [],
  pending: { event: "started", actor: by, reason },
  handsOff: false,
  holdbackUntilMs: null,
  keptMs: null,
});

type Arm = { version: number; weight: number };

/** @param share of the second version, as a fraction */
const armsOf = (first: number, second: number, share: number): Arm[] => {
  const weight = Math.round(share * SLOTS);
  return [
    { version: first, weight: SLOTS - weight },
    { version: second, weight },
  ];
};

/** What the registry is to be made to say: the split of a stage, or the end of it. */
export type Wanted =
  | { do: "steer"; arms: Arm[]; mayStart: boolean }
  | { do: "conclude"; control: number; version: number; next: Arm[] | null };

export function wantedOf(terms: Terms, { course, split, pending }: Progress): Wanted {
  const { control, candidate, stages, holdback } = terms;
  if (isLive(course.state)) {
    const share = stages[course.stage]?.share ?? 0;
    return { do: "steer", arms: armsOf(control, candidate, share), mayStart: split === null };
  }
  if (pending?.event === "holdback_ended") {
    return { do: "conclude", control: candidate, version: candidate, next: null };
  }
  const isPromoted = course.state === "promoted";
  return {
    do: "conclude",
    control,
    version: isPromoted ? candidate : control,
    next: isPromoted && holdback ? armsOf(candidate, control, holdback.share) : null,
  };
}

const closed = (periods: readonly Period[], untilMs: number): Period[] =>
  periods.map((period) => (period.untilMs === null ? { ...period, untilMs } : period));

/**
 * After the weights were changed: the cohort before ends, and the next one begins when caches have
 * let go of it. Bad events of the very first weights count at once, because nobody had the candidate
 * before.
 */
export function steered(
  terms: Terms,
  { course, epoch, periods, ...rest }: Progress,
  { id, changedMs }: { id: string; changedMs: number },
): Progress {
  const isFirst = periods.length === 0;
  const freshMs = changedMs + FRESHNESS_MS;
  const next: Period = {
    number: periods.length,
    stage: course.stage,
    epoch,
    share: terms.stages[course.stage]?.share ?? 0,
    fromMs: freshMs,
    eventsFromMs: isFirst ? changedMs : freshMs,
    untilMs: null,
  };
  const begun = {
    startedMs: changedMs,
    deadlineMs: changedMs + terms.maxMinutes * MS_PER_MINUTE,
  };
  return {
    ...rest,
    epoch,
    split: id,
    pending: null,
    periods: [...closed(periods, changedMs), next],
    course: {
      ...course,
      ...(isFirst ? begun : {}),
      stageSinceMs: changedMs,
      seenMs: Math.max(course.seenMs, changedMs),
    },
  };
}

/** After a person resumed from a mismatch: weights stay, evidence begins anew. */
export function renewed(terms: Terms, progress: Progress, nowMs: number): Progress {
  const { course, periods } = progress;
  const next: Period = {
    number: periods.length,
    stage: course.stage,
    epoch: progress.epoch + 1,
    share: terms.stages[course.stage]?.share ?? 0,
    fromMs: nowMs,
    eventsFromMs: nowMs,
    untilMs: null,
  };
  return { ...progress, epoch: next.epoch, periods: [...closed(periods, nowMs), next] };
}

/** After the split was ended, or gave way to the holdback. */
export const concluded = (terms: Terms, progress: Progress, nowMs: number): Progress => ({
  ...progress,
  pending: null,
  periods: closed(progress.periods, nowMs),
  holdbackUntilMs:
    progress.course.state === "promoted" && terms.holdback && progress.holdbackUntilMs === null
      ? nowMs + terms.holdback.minutes * MS_PER_MINUTE
      : null,
});

/** After somebody took the label, or its split, into their own hands: it stays as they left it. */
export const interrupted = (progress: Progress, because: string, nowMs: number): Progress => ({
  ...progress,
  pending: null,
  handsOff: true,
  periods: closed(progress.periods, nowMs),
  holdbackUntilMs: null,
  course:
    isLive(progress.course.state) || progress.holdbackUntilMs === null
      ? { ...progress.course, state: "aborted", because, heldFor: null }
      : progress.course,
});

/** Whether nothing is left to do. */
export const isOver = ({ course, pending, holdbackUntilMs }: Progress): boolean =>
  !isLive(course.state) && pending === null && holdbackUntilMs === null;

/** Of the candidate now, as a fraction. */
export function shareNow(terms: Terms, { course, holdbackUntilMs }: Progress): number {
  if (isLive(course.state)) return terms.stages[course.stage]?.share ?? 0;
  if (course.state !== "promoted") return 0;
  return holdbackUntilMs === null ? 1 : 1 - (terms.holdback?.share ?? 0);
}

type Named = { id: string; prompt: string };

/** What the fold is to count for each period. */
export const cohortPlans = (
  { id, prompt }: Named,
  terms: Terms,
  { periods, split }: Progress,
): CohortPlan[] =>
  periods.map(({ number, share, fromMs, eventsFromMs, untilMs }) => ({
    rollout: id,
    stage: number,
    prompt,
    control: terms.control,
    candidate: terms.candidate,
    environment: terms.environment,
    split: split ?? "",
    unit: terms.unit,
    share,
    fromUs: fromMs * US_PER_MS,
    eventsFromUs: eventsFromMs * US_PER_MS,
    untilUs: untilMs === null ? null : untilMs * US_PER_MS,
    metrics: terms.guardrails.flatMap(({ series }) => series ?? []),
  }));

/** Numbers of the cohorts that count as evidence now. */
export const countedPeriods = ({ periods, epoch }: Progress): Set<number> =>
  new Set(periods.filter((period) => period.epoch === epoch).map(({ number }) => number));

/** What a check made happen; null for nothing that is told. */
export function turnOf(before: Course, after: Course): RolloutEventType | null {
  if (after.stage !== before.stage) return "stage_started";
  if (after.state === before.state) return null;
  switch (after.state) {
    case "held":
    case "inconclusive":
    case "promoted":
    case "rolled_back":
    case "aborted":
    case "paused":
      return after.state;
    case "warming":
    case "running":
      return before.state === "held" ? "released" : "warmed_up";
  }
}

/** Whether the registry has to follow what happened. */
export const needsRegistry = (event: RolloutEventType): boolean =>
  event === "stage_started" ||
  event === "promoted" ||
  event === "rolled_back" ||
  event === "aborted" ||
  event === "holdback_ended";

const KEEP_ALL_MS = 60 * MS_PER_MINUTE;
const KEEP_EVERY_MS = 5 * MS_PER_MINUTE;

/** Whether a check that turned nothing is kept: all of the first hour, then one in five minutes. */
export const isKept = ({ course, keptMs }: Progress, nowMs: number): boolean =>
  keptMs === null || nowMs - course.startedMs < KEEP_ALL_MS || nowMs - keptMs >= KEEP_EVERY_MS;
