import type { Cell } from "../../rollups/model.ts";
import { effectWords, findingOf, inputsOf, type Tested } from "../drift/look.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Account, Finding, Look, Watch, Window } from "../rules/look.ts";
import { nameOf, percent, short } from "../rules/words.ts";
import { type Deployed, WATCHED_HOURS } from "./deployments.ts";

type Rule = RuleOf<"regression">;

/**
 * A deployment that fails most of its calls is not waited for: at least so many generations in so
 * many different minutes, and a control that hardly failed.
 */
const EMERGENCY = { share: 0.5, generations: 20, minutes: 5, controlBelow: 0.1 };

/** Generations since the deployment, and those of the day before it. */
export type Failures = {
  n: number;
  errors: number;
  minutes: number;
  control: { n: number; errors: number };
};

/** Different minutes in which a version was used. */
export const minutesUsed = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { minutes }) => sum + minutes.filter((count) => count > 0).length, 0);

const shareOf = ({ n, errors }: { n: number; errors: number }): number => (n > 0 ? errors / n : 0);

/** Whether nearly every call fails, and did not before. */
export const isEmergency = (seen: Failures): boolean =>
  seen.n >= EMERGENCY.generations &&
  seen.minutes >= EMERGENCY.minutes &&
  shareOf(seen) >= EMERGENCY.share &&
  seen.control.n >= EMERGENCY.generations &&
  shareOf(seen.control) < EMERGENCY.controlBelow;

export const deploymentWatch = ({ id, prompt, label, to }: Deployed): Watch => ({
  key: id,
  prompt,
  label,
  version: to,
  deployment: id,
  isOptional: false,
});

const moved = ({ prompt, label, from, to }: Deployed): string =>
  `${nameOf(prompt, to)} on '${label}', in place of v${from}`;

const failureFinding = (seen: Failures): Finding => ({
  metric: "errors",
  statistic: "rate",
  unit: "share",
  n: seen.n,
  value: seen.n > 0 ? shareOf(seen) : null,
  interval: null,
  limit: EMERGENCY.share,
  baseline: { version: null, n: seen.control.n, value: shareOf(seen.control) },
  change: null,
  p: null,
  verdict: isEmergency(seen) ? "beyond" : "within",
  why: `At once when half of ${EMERGENCY.generations} calls and more, in ${EMERGENCY.minutes} minutes and more, fail, and less than a tenth of the calls failed in the day before.`,
});

/** What every five minutes of a deployment's first day say: whether nearly all calls fail. */
export function lookForEmergency(deployed: Deployed, window: Window, seen: Failures): Look {
  const fires = isEmergency(seen);
  const account = (): Account => ({
    summary: `${moved(deployed)}, fails: ${percent(shareOf(seen))} of ${short(seen.n)} calls, ${percent(shareOf(seen.control))} of ${short(seen.control.n)} on the day before`,
    findings: [failureFinding(seen)],
    inputs: { ...seen },
  });
  return {
    window,
    evidence: { beyond: fires, counts: false, proven: fires, clear: false },
    isLearning: false,
    severity: fires ? "critical" : null,
    point: {
      n: seen.n,
      value: seen.n > 0 ? shareOf(seen) : null,
      interval: null,
      limit: EMERGENCY.share,
    },
    deployment: { hours: null, isLast: false, isEcho: false },
    account,
  };
}

/** Nothing new, but the incident of a deployment is still there: a reason to tell it again. */
export const lookAgain = (deployed: Deployed, window: Window): Look => ({
  window,
  evidence: { beyond: false, counts: false, proven: false, clear: false },
  isLearning: false,
  severity: null,
  point: { n: 0, value: null, interval: null, limit: null },
  deployment: { hours: null, isLast: false, isEcho: true },
  account: () => ({ summary: moved(deployed), findings: [], inputs: {} }),
});

const differenceOf = ({ outcome }: Tested): number =>
  outcome.tested ? outcome.worse.difference / (outcome.judged?.margin ?? Infinity) : -Infinity;

/** The test that says most: regressions first, then by how many margins it is worse. */
function worstOf(tests: readonly Tested[]): Tested | undefined {
  return tests.toSorted((a, b) => {
    const flag = ({ outcome }: Tested): number =>
      outcome.tested && outcome.worse.isRegression ? 1 : 0;
    return flag(b) - flag(a) || differenceOf(b) - differenceOf(a);
  })[0];
}

const isRegression = ({ outcome }: Tested): boolean => outcome.tested && outcome.worse.isRegression;

function accountOf(
  rule: Rule,
  deployed: Deployed,
  hours: number,
  tests: readonly Tested[],
): Account {
  const worse = tests.filter(isRegression);
  const told = worse.length > 0 ? worse.map(effectWords).join("; ") : "no regression was found";
  return {
    summary: `${moved(deployed)}, after ${hours} hours: ${told}. Before/after, not randomised: anything else that changed at the time is included`,
    findings: tests.map(findingOf),
    inputs: {
      hours,
      margins: rule.margins,
      metrics: Object.fromEntries(tests.map((test) => [test.metric, inputsOf(test)])),
    },
  };
}

/** One of the two looks at a deployment: every metric before and after it, hour by hour. */
export function lookAtDeployment(
  rule: Rule,
  deployed: Deployed,
  { window, hours, tests }: { window: Window; hours: number; tests: readonly Tested[] },
): Look {
  const judged = tests.filter(({ outcome }) => outcome.tested);
  const worst = worstOf(judged);
  const outcome = worst?.outcome;
  const proven = judged.some(isRegression);
  return {
    window,
    evidence:
      judged.length === 0 ? null : { beyond: proven, counts: false, proven, clear: !proven },
    isLearning: judged.length === 0,
    severity: null,
    point: {
      n: worst?.n ?? 0,
      value: outcome?.tested ? outcome.worse.difference : null,
      interval: null,
      limit: outcome?.tested ? (outcome.judged?.margin ?? null) : null,
    },
    deployment: { hours, isLast: hours === WATCHED_HOURS, isEcho: false },
    account: () => accountOf(rule, deployed, hours, tests),
  };
}
