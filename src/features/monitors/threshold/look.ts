import type { Threshold } from "../../../lib/stats/threshold.ts";
import { thresholdEvidence } from "../../../lib/stats/threshold.ts";
import type { Cell } from "../../rollups/model.ts";
import { metricOf } from "../model.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Account, Look, Watch, Window } from "../rules/look.ts";
import { type Estimate, estimateOf, inputsOf } from "../rules/statistic.ts";
import {
  boundsOf,
  intervalText,
  nameOf,
  short,
  statisticText,
  unitOf,
  withUnit,
} from "../rules/words.ts";

type Rule = RuleOf<"threshold">;

const MS_PER_MINUTE = 60_000;

/** The line of a rule. Its minimum of values is never below what the statistic itself needs. */
function lineOf({ above, below, minN = 0 }: Rule, estimate: Estimate): Threshold {
  const values = Math.max(minN, estimate.minN);
  return above === undefined
    ? { at: below ?? Number.NaN, bad: "below", minN: values }
    : { at: above, bad: "above", minN: values };
}

function accountOf(
  rule: Rule,
  watch: Watch,
  seen: { cell: Cell; estimate: Estimate; line: Threshold; isBeyond: boolean },
): Account {
  const { estimate, line, isBeyond, cell } = seen;
  const metric = metricOf(rule.metric);
  const unit = metric ? unitOf(metric, rule.statistic) : "";
  const told =
    estimate.value === null
      ? "is unknown"
      : `is ${withUnit(estimate.value, unit)} (n ${short(estimate.n)}${intervalText(estimate.interval, unit)})`;
  const what = statisticText(rule.metric, rule.statistic, rule.category);
  const side = isBeyond ? line.bad : `not ${line.bad}`;
  return {
    summary: `${what} of ${nameOf(watch.prompt, watch.version)} ${told}, ${side} ${withUnit(line.at, unit)}`,
    findings: [
      {
        metric: rule.metric,
        statistic: rule.statistic,
        unit,
        n: estimate.n,
        value: estimate.value,
        interval: boundsOf(estimate.interval),
        limit: line.at,
        baseline: null,
        change: null,
        p: null,
        verdict: estimate.value === null ? "not judged" : isBeyond ? "beyond" : "within",
        why: `Fires when the 95 % bound is ${line.bad} the limit, or the value in two of three windows of 200 values; ends after three windows a tenth of the limit on the other side.`,
      },
    ],
    inputs: { ...inputsOf(rule, cell), minN: line.minN, windowMinutes: rule.windowMinutes },
  };
}

/** What one window of one version says of a fixed line. */
export function lookAtThreshold(
  rule: Rule,
  { watch, window, cell }: { watch: Watch; window: Window; cell: Cell },
): Look {
  const estimate = estimateOf(rule, cell, (window.to - window.from) / MS_PER_MINUTE);
  const line = lineOf(rule, estimate);
  const { n, value, interval } = estimate;
  const evidence = thresholdEvidence({ n, estimate: value, interval }, line);
  return {
    window,
    evidence,
    isLearning: false,
    severity: null,
    point: { n, value, interval, limit: line.at },
    account: () =>
      accountOf(rule, watch, { cell, estimate, line, isBeyond: evidence?.beyond ?? false }),
  };
}
