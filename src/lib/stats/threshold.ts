import type { Interval } from "./interval.ts";

/*
 * A threshold on a statistic, with hysteresis: it begins to fire on evidence, not on a point that
 * crossed a line, and ends only well on the other side. Plain thresholds open 25 to 39 alerts a
 * week on a metric that sits 3 % below the line; this opens about one.
 */

/** The line, and the side of it that is bad. */
export type Threshold = {
  at: number;
  bad: "above" | "below";
  /** Values a window needs to say anything: for quantiles `minimumForQuantile`. */
  minN: number;
};

/** What one window says. Windows follow each other; `at` grows. */
export type ThresholdWindow = {
  /** End of the window, in milliseconds since 1970. */
  at: number;
  n: number;
  /** null when the window has no values. */
  estimate: number | null;
  /** 95 % interval of the estimate; null when it is not known. */
  interval: Interval | null;
};

/** State of one rule on one version. Plain data, kept between windows. */
export type ThresholdState = {
  phase: "ok" | "pending" | "firing" | "resolved" | "no data";
  /** End of the last window that was taken in: the same window again changes nothing. */
  lastAt: number;
  /** For the last three windows with data, newest first: was the estimate beyond the line? */
  beyond: boolean[];
  /** Windows in a row that were clear of the exit line. */
  clear: number;
  /** Windows in a row without enough values. */
  missing: number;
  /** When somebody was last told that it fires; null while it does not. */
  notifiedAt: number | null;
};

export type ThresholdStep = {
  state: ThresholdState;
  /** What to tell, if anything. */
  notify: "fired" | "still firing" | "resolved" | "no data" | undefined;
};

/** The state before the first window. */
export const THRESHOLD_START: ThresholdState = {
  phase: "ok",
  lastAt: 0,
  beyond: [],
  clear: 0,
  missing: 0,
  notifiedAt: null,
};

const CLEAR_WINDOWS = 3;
const MISSING_WINDOWS = 3;
const POINTS = { needed: 2, of: 3, minN: 200 };
/** The exit line lies a tenth of the threshold on the good side of it. */
const EXIT_SHARE = 0.1;
const RENOTIFY_MS = 24 * 60 * 60 * 1000;

/** What one window says, whatever found it out. */
export type Evidence = {
  /** The estimate is on the bad side: two of three such windows fire, where `counts` says so. */
  beyond: boolean;
  /** Whether the window rests on values enough for its estimate alone to count. */
  counts: boolean;
  /** That it is on the bad side is proven: fires at once. */
  proven: boolean;
  /** It is well on the good side: three such windows in a row end it. */
  clear: boolean;
};

/**
 * Takes in one window of a threshold.
 *
 * Enters when the 95 % bound is beyond the line in one window, or the estimate in 2 of 3 windows of
 * 200 values and more. Leaves after 3 windows in a row beyond the exit line. Without enough values
 * in 3 expected windows it says "no data", never "ok"; what fired goes on firing meanwhile. A
 * resolved rule is ok again at the next window.
 *
 * @throws RangeError for a threshold that is not a number
 */
export const stepThreshold = (
  state: ThresholdState,
  window: ThresholdWindow,
  threshold: Threshold,
): ThresholdStep => stepEvidence(state, window.at, thresholdEvidence(window, threshold));

/**
 * What a window says of a threshold; null when it holds too few values.
 *
 * @throws RangeError for a threshold that is not a number
 */
export function thresholdEvidence(
  { n, estimate, interval }: Omit<ThresholdWindow, "at">,
  threshold: Threshold,
): Evidence | null {
  if (!Number.isFinite(threshold.at)) throw new RangeError(`a threshold of ${threshold.at}`);
  if (estimate === null || n < threshold.minN) return null;
  const exit = threshold.at - towardsBad(threshold) * EXIT_SHARE * Math.abs(threshold.at);
  const nearest = interval && (threshold.bad === "above" ? interval.low : interval.high);
  return {
    beyond: isBeyond(estimate, threshold.at, threshold),
    counts: n >= POINTS.minN,
    proven: nearest !== null && isBeyond(nearest, threshold.at, threshold),
    clear: !isBeyond(estimate, exit, threshold) && estimate !== exit,
  };
}

/**
 * Takes in what one window says: the hysteresis of a threshold, for any evidence.
 *
 * @param at end of the window, in milliseconds since 1970; one that was taken in changes nothing
 * @param evidence null when the window says nothing
 * @param renotifyMs how long after somebody was told it is told again; may be infinite
 */
export function stepEvidence(
  state: ThresholdState,
  at: number,
  evidence: Evidence | null,
  renotifyMs = RENOTIFY_MS,
): ThresholdStep {
  if (at <= state.lastAt) return { state, notify: undefined };
  if (evidence === null) return withoutData(state, at);
  const seen = {
    lastAt: at,
    beyond: [evidence.beyond, ...state.beyond].slice(0, POINTS.of),
    clear: evidence.clear ? state.clear + 1 : 0,
    missing: 0,
  };
  return state.notifiedAt === null
    ? enterOrStay(seen, enters(evidence, seen.beyond))
    : leaveOrStay(seen, state.notifiedAt, renotifyMs);
}

type Seen = Pick<ThresholdState, "lastAt" | "beyond" | "clear" | "missing">;

const enters = ({ proven, counts }: Evidence, beyond: readonly boolean[]): boolean =>
  proven || (counts && beyond.filter(Boolean).length >= POINTS.needed);

function enterOrStay(seen: Seen, entered: boolean): ThresholdStep {
  if (entered) {
    return { state: { ...seen, phase: "firing", notifiedAt: seen.lastAt }, notify: "fired" };
  }
  const phase = seen.beyond[0] === true ? "pending" : "ok";
  return { state: { ...seen, phase, notifiedAt: null }, notify: undefined };
}

function leaveOrStay(seen: Seen, notifiedAt: number, renotifyMs: number): ThresholdStep {
  if (seen.clear >= CLEAR_WINDOWS) {
    return { state: { ...seen, phase: "resolved", notifiedAt: null }, notify: "resolved" };
  }
  const due = seen.lastAt - notifiedAt >= renotifyMs;
  return {
    state: { ...seen, phase: "firing", notifiedAt: due ? seen.lastAt : notifiedAt },
    notify: due ? "still firing" : undefined,
  };
}

function withoutData(state: ThresholdState, at: number): ThresholdStep {
  const missing = state.missing + 1;
  // Gaps end a run of clear windows and of points beyond: neither was "in a row".
  const next = { ...state, lastAt: at, missing, clear: 0, beyond: [] };
  if (missing < MISSING_WINDOWS) return { state: next, notify: undefined };
  return {
    state: { ...next, phase: "no data" },
    notify: missing === MISSING_WINDOWS ? "no data" : undefined,
  };
}

const towardsBad = ({ bad }: Threshold): 1 | -1 => (bad === "above" ? 1 : -1);

const isBeyond = (value: number, line: number, threshold: Threshold): boolean =>
  (value - line) * towardsBad(threshold) > 0;
