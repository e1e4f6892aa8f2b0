import { type Threshold, thresholdEvidence } from "../../../lib/stats/threshold.ts";
import type { Cell } from "../../rollups/model.ts";
import { metricOf } from "../model.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Account, Finding, Look, Watch, Window } from "../rules/look.ts";
import {
  changeOf,
  type Estimate,
  estimateOf,
  inputsOf,
  type RelativeChange,
} from "../rules/statistic.ts";
import {
  boundsOf,
  intervalText,
  nameOf,
  percent,
  short,
  statisticText,
  unitOf,
  withUnit,
} from "../rules/words.ts";

type Rule = RuleOf<"relative">;

/** The version that is compared with, and what it did in its last days; or why there is none. */
export type Baseline =
  | { known: true; version: number; days: number; cell: Cell }
  | { known: false; version: number | null; because: string };

const MS_PER_MINUTE = 60_000;

const lineOf = ({ increase, decrease, minN = 0 }: Rule, needed: number): Threshold =>
  increase === undefined
    ? { at: -(decrease ?? Number.NaN), bad: "below", minN: Math.max(minN, needed) }
    : { at: increase, bad: "above", minN: Math.max(minN, needed) };

type Compared = {
  now: Estimate;
  usual: Estimate | null;
  change: RelativeChange;
  line: Threshold;
  baseline: Baseline;
  cell: Cell;
};

const signed = (share: number): string => `${share > 0 ? "+" : ""}${percent(share)}`;

function compare(rule: Rule, window: Window, cell: Cell, baseline: Baseline): Compared {
  const minutes = (window.to - window.from) / MS_PER_MINUTE;
  const now = estimateOf(rule, cell, minutes);
  const line = lineOf(rule, now.minN);
  const seen = { now, line, baseline, cell };
  if (!baseline.known) {
    return { ...seen, usual: null, change: { known: false, because: baseline.because } };
  }
  const usual = estimateOf(rule, baseline.cell, minutes);
  if (usual.n < usual.minN) {
    const because = `v${baseline.version} has ${short(usual.n)} values before, and needs ${usual.minN}`;
    return { ...seen, usual, change: { known: false, because } };
  }
  return { ...seen, usual, change: changeOf(rule, cell, baseline.cell) };
}

const isBeyond = ({ change, line }: Compared): boolean =>
  change.known && (line.bad === "above" ? change.change > line.at : change.change < line.at);

const valueText = (estimate: Estimate | null, unit: string): string =>
  estimate === null || estimate.value === null ? "unknown" : withUnit(estimate.value, unit);

function findingOf(rule: Rule, seen: Compared, unit: string): Finding {
  const { now, usual, change, line, baseline } = seen;
  const common = {
    metric: rule.metric,
    statistic: rule.statistic,
    unit,
    n: now.n,
    value: now.value,
    limit: line.at,
    baseline: { version: baseline.version, n: usual?.n ?? 0, value: usual?.value ?? null },
    p: null,
  };
  if (!change.known) {
    return { ...common, interval: null, change: null, verdict: "not judged", why: change.because };
  }
  return {
    ...common,
    interval: boundsOf(change.interval),
    change: change.change,
    verdict: isBeyond(seen) ? "beyond" : "within",
    why: "Interval, limit and change are relative: 0.1 is ten percent more than the baseline.",
  };
}

function accountOf(rule: Rule, watch: Watch, seen: Compared): Account {
  const { now, usual, change, line, baseline } = seen;
  const metric = metricOf(rule.metric);
  const unit = metric ? unitOf(metric, rule.statistic) : "";
  const told = change.known
    ? `changed by ${signed(change.change)}${intervalText(change.interval, "share")}`
    : `cannot be compared: ${change.because}`;
  const what = statisticText(rule.metric, rule.statistic, rule.category);
  return {
    summary: `${what} of ${nameOf(watch.prompt, watch.version)} ${told}: ${valueText(now, unit)} (n ${short(now.n)}) against ${valueText(usual, unit)} of v${baseline.version ?? "?"}; the limit is ${signed(line.at)}`,
    findings: [findingOf(rule, seen, unit)],
    inputs: {
      now: inputsOf(rule, seen.cell),
      before: baseline.known ? inputsOf(rule, baseline.cell) : null,
      baselineDays: baseline.known ? baseline.days : null,
      minN: line.minN,
      windowMinutes: rule.windowMinutes,
    },
  };
}

/** What one window of a version says beside the last days of another. */
export function lookAtRelative(
  rule: Rule,
  seen: { watch: Watch; window: Window; cell: Cell; baseline: Baseline },
): Look {
  const compared = compare(rule, seen.window, seen.cell, seen.baseline);
  const { now, change, line } = compared;
  const hasValues = now.n >= line.minN;
  const evidence = change.known
    ? thresholdEvidence({ n: now.n, estimate: change.change, interval: change.interval }, line)
    : null;
  return {
    window: seen.window,
    evidence,
    // With values, but nothing to hold them against.
    isLearning: !change.known && hasValues,
    severity: null,
    point: {
      n: now.n,
      value: change.known ? change.change : null,
      interval: change.known ? change.interval : null,
      limit: line.at,
    },
    account: () => accountOf(rule, seen.watch, compared),
  };
}
