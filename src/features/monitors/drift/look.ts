import { around, type Interval } from "../../../lib/stats/interval.ts";
import type { BeforeAfterOutcome } from "../../comparisons/index.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Account, Finding, Look, Watch, Window } from "../rules/look.ts";
import { nameOf, percent, short } from "../rules/words.ts";

/** A before/after test of one metric, or why there is none. */
export type Tested = {
  metric: string;
  unit: string;
  /** Values in the window, and in the hours before. */
  n: number;
  nBefore: number;
  /** Whether the window is, at first sight, not worse than the hours before. */
  isNotWorse: boolean;
  outcome: BeforeAfterOutcome;
};

/** The exit line lies a tenth of the margin below it, as for thresholds. */
const EXIT = 0.9;

type Effect = { unit: "relative" | "points" | "ratio" | "unit"; estimate: number };

const effectText = ({ unit, estimate }: Effect): string => {
  const text =
    unit === "relative"
      ? percent(estimate)
      : unit === "points"
        ? `${short(estimate * 100)} percentage points`
        : short(estimate);
  return estimate > 0 ? `+${text}` : text;
};

/** The test as a finding of an incident. */
export function findingOf({ metric, unit, n, nBefore, outcome }: Tested): Finding {
  const common = { metric, statistic: "hourly mean", unit, n };
  if (!outcome.tested) {
    return {
      ...common,
      value: null,
      interval: null,
      limit: null,
      baseline: null,
      change: null,
      p: null,
      verdict: "not judged",
      why: outcome.because,
    };
  }
  const { effect, judged, worse, placebo } = outcome;
  return {
    ...common,
    unit: effect?.unit ?? unit,
    value: effect?.estimate ?? null,
    interval: effect && {
      low: Number.isFinite(effect.interval.low) ? effect.interval.low : null,
      high: Number.isFinite(effect.interval.high) ? effect.interval.high : null,
    },
    limit: judged?.margin ?? null,
    baseline: { version: null, n: nBefore, value: null },
    change: worse.difference,
    p: worse.p,
    verdict: worse.isRegression ? "beyond" : "within",
    why: `A difference this large occurred in ${placebo.asLarge} of the last ${placebo.windows} windows without a deployment. Limit and change are on the scale of the test: logarithms for latency and tokens, else the unit; up is worse.`,
  };
}

/** What changed, in words: `latencyMs +32 % (p 0.0004)`. */
export function effectWords({ metric, outcome }: Tested): string {
  if (!outcome.tested || !outcome.effect) return `${metric}: not judged`;
  return `${metric} ${effectText(outcome.effect)} (p ${short(outcome.worse.p)})`;
}

/** The hours and margins that a test rests on. */
export const inputsOf = ({ outcome }: Tested): Record<string, unknown> =>
  outcome.tested
    ? { hours: outcome.hours, margin: outcome.judged?.margin ?? null }
    : { because: outcome.because };

/** The interval around a difference that was turned so that up is worse. */
const turned = (difference: number, interval: Interval | null): Interval | null =>
  interval && around(difference, (interval.high - interval.low) / 2);

function accountOf(watch: Watch, rule: RuleOf<"drift">, tested: Tested): Account {
  return {
    summary: `${nameOf(watch.prompt, watch.version)} drifted over ${rule.windowHours} hours: ${effectWords(tested)} against the same hours of the days before; not randomised: anything else that changed at the time is included`,
    findings: [findingOf(tested)],
    inputs: inputsOf(tested),
  };
}

type Seen = { watch: Watch; window: Window; tested: Tested | null };

const QUIET = { beyond: false, counts: false, proven: false, clear: true };

/** There is no test: quiet where values are all alike and no worse than before, else unknown. */
function lookUntested(rule: RuleOf<"drift">, { watch, window, tested }: Seen): Look {
  const n = tested?.n ?? 0;
  const isQuiet = tested !== null && n > 0 && tested.isNotWorse;
  return {
    window,
    evidence: isQuiet ? QUIET : null,
    isLearning: !isQuiet && (tested === null || n > 0),
    severity: null,
    point: { n, value: null, interval: null, limit: null },
    account: () =>
      tested
        ? accountOf(watch, rule, tested)
        : { summary: "too little history", findings: [], inputs: {} },
  };
}

/**
 * What a rolling window says of a version that did not change.
 *
 * @param tested null when the version has too little history
 */
export function lookAtDrift(rule: RuleOf<"drift">, seen: Seen): Look {
  const { watch, window, tested } = seen;
  if (!tested?.outcome.tested) return lookUntested(rule, seen);
  const { worse, judged } = tested.outcome;
  const margin = judged?.margin ?? Infinity;
  return {
    window,
    evidence: {
      beyond: worse.difference >= margin,
      // Only the test may open it: windows of drift are few, and each is one look.
      counts: false,
      proven: worse.isRegression,
      clear: worse.difference < EXIT * margin,
    },
    isLearning: false,
    severity: null,
    point: {
      n: tested.n,
      value: worse.difference,
      interval: turned(worse.difference, judged?.interval ?? null),
      limit: margin,
    },
    account: () => accountOf(watch, rule, tested),
  };
}
