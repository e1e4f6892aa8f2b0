import { comparedMetrics, hourOf, marginsOf } from "../../comparisons/index.ts";
import { promptsDeployed } from "../../prompts/index.ts";
import { readGroupedCells } from "../../rollups/index.ts";
import { type Cell, isLivingAt } from "../../rollups/model.ts";
import { mergedOf, testHours } from "../drift/actions.ts";
import type { Tested } from "../drift/look.ts";
import { filterOf, readHours, readLedger, slotsIn, storedOf } from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Look, Seen, Window } from "../rules/look.ts";
import {
  type Deployed,
  deployedIn,
  endOf,
  HISTORY_HOURS,
  type LedgerMove,
  LOOK_HOURS,
  servedHours,
  standsUntil,
  startOf,
  WATCHED_HOURS,
} from "./deployments.ts";
import {
  deploymentWatch,
  type Failures,
  lookAgain,
  lookAtDeployment,
  lookForEmergency,
  minutesUsed,
} from "./look.ts";

type Rule = RuleOf<"regression">;
type Placed = { deployed: Deployed; ledger: readonly LedgerMove[] };

const US_PER_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Metrics of generations that are judged unless the rule names its own; scores with a margin besides. */
const USUAL_METRICS = new Set(["latencyMs", "costUsd", "errors"]);

/** Prompts of which a watched label may have moved, or whose incident is still there. */
async function promptsOf({ scope, rule, windows, known }: Task<Rule>): Promise<string[]> {
  if (rule.prompt !== undefined) return [rule.prompt];
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const moved = await promptsDeployed(scope, {
    from: new Date(first.from - (WATCHED_HOURS + 1) * HOUR_MS),
    to: new Date(last.to),
  });
  return [...new Set([...moved, ...(known ?? []).flatMap(({ prompt }) => prompt ?? [])])];
}

/** Deployments that these windows may say something of. */
async function placedIn(task: Task<Rule>): Promise<Placed[]> {
  const { scope, rule, windows, known } = task;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const firing = known && new Set(known.map(({ key }) => key));
  const placed: Placed[] = [];
  for (const prompt of await promptsOf(task)) {
    for (const label of rule.labels) {
      const ledger = await readLedger(scope, prompt, label, last.to);
      for (const deployed of deployedIn(prompt, ledger)) {
        const isYoung = endOf(deployed) >= first.to && deployed.atMs < last.to;
        if (isYoung || firing?.has(deployed.id)) placed.push({ deployed, ledger });
      }
    }
  }
  return placed;
}

/** Generations and failures of a deployment, five minutes by five minutes, and of the day before it. */
async function readFailures(
  { scope, rule, windows }: Task<Rule>,
  { deployed }: Placed,
): Promise<(window: Window) => Failures | null> {
  const { prompt, from, to, atMs } = deployed;
  const until = Math.min(windows.at(-1)?.to ?? 0, endOf(deployed));
  const nowUs = scope.now.getTime() * US_PER_MS;
  if (until <= atMs || !isLivingAt(0, atMs * US_PER_MS, nowUs)) return () => null;
  const read = (version: number, span: Window, level: 0 | 1): Promise<Map<number, Cell>> =>
    readGroupedCells(
      scope,
      {
        prompt,
        versions: storedOf(version),
        ranges: [slotsIn(level, span)],
        filter: filterOf(rule),
        wish: { only: "" },
      },
      ({ slot }) => slot,
    );
  const [since, before] = await Promise.all([
    read(to, { from: atMs, to: until }, 0),
    read(from, { from: atMs - DAY_MS, to: atMs }, 1),
  ]);
  const control = mergedOf([...before.values()]);
  const slots = [...since].sort(([a], [b]) => a - b);
  return (window) => {
    const end = slotsIn(0, { from: atMs, to: window.to }).to;
    const cells = slots.filter(([slot]) => slot < end).map(([, cell]) => cell);
    const all = mergedOf(cells);
    return {
      n: all.n,
      errors: all.errors,
      minutes: minutesUsed(cells),
      control: { n: control.n, errors: control.errors },
    };
  };
}

/** Every metric of a deployment before and after it. */
async function readTests(
  { scope, rule }: Task<Rule>,
  { deployed, ledger }: Placed,
  hours: number,
): Promise<Tested[]> {
  const start = startOf(deployed);
  const from = start - HISTORY_HOURS * HOUR_MS;
  // What the label served hour by hour: the same family of versions, whichever of them it was.
  const served = servedHours(ledger, from, HISTORY_HOURS);
  const versions = [...new Set([...served.flatMap((one) => one ?? []), deployed.to])];
  const cellOf = await readHours(scope, {
    ...rule,
    prompt: deployed.prompt,
    versions,
    from,
    to: start + hours * HOUR_MS,
    metric: null,
  });
  const cells = Array.from({ length: HISTORY_HOURS + hours }, (_, hour) => {
    const version = hour < HISTORY_HOURS ? (served[hour] ?? null) : deployed.to;
    return version === null ? undefined : cellOf(version, from + hour * HOUR_MS);
  });
  const before = mergedOf(cells.slice(0, HISTORY_HOURS));
  const after = mergedOf(cells.slice(HISTORY_HOURS));
  const wanted = rule.metrics && new Set(rule.metrics);
  const margins = new Map([
    ...(await marginsOf(scope, deployed.prompt)),
    ...Object.entries(rule.margins),
  ]);
  return comparedMetrics([before, after], margins, null)
    .filter(({ id, margin, kind }) =>
      wanted
        ? wanted.has(id)
        : USUAL_METRICS.has(id) ||
          (id.startsWith("score:") && margin !== null && kind !== "categories"),
    )
    .flatMap(
      (metric) =>
        testHours(
          metric,
          cells.map((cell) => hourOf(metric, cell)),
          hours,
        ) ?? [],
    );
}

/** The look whose time has come in a window; undefined for none. */
const dueLook = (deployed: Deployed, window: Window): number | undefined =>
  LOOK_HOURS.find((hours) => {
    const end = startOf(deployed) + hours * HOUR_MS;
    return end > window.from && end <= window.to;
  });

async function looksAt(task: Task<Rule>, placed: Placed): Promise<Map<number, Look>> {
  const { rule, windows } = task;
  const { deployed, ledger } = placed;
  const failuresIn = await readFailures(task, placed);
  const looks = new Map<number, Look>();
  const until = standsUntil(ledger, deployed);
  for (const window of windows) {
    if (window.to <= deployed.atMs || window.to > until) continue;
    const hours = dueLook(deployed, window);
    const failures = window.to <= endOf(deployed) ? failuresIn(window) : null;
    if (hours !== undefined) {
      const tests = await readTests(task, placed, hours);
      const span = { from: startOf(deployed), to: window.to };
      looks.set(window.to, lookAtDeployment(rule, deployed, { window: span, hours, tests }));
    } else if (window.to < endOf(deployed)) {
      const span = { from: deployed.atMs, to: window.to };
      looks.set(window.to, lookForEmergency(deployed, span, failures ?? NOTHING));
    } else {
      looks.set(window.to, lookAgain(deployed, window));
    }
  }
  return looks;
}

const NOTHING: Failures = { n: 0, errors: 0, minutes: 0, control: { n: 0, errors: 0 } };

/** What five-minute ticks say of the deployments that a rule watches. */
export async function readRegression(task: Task<Rule>): Promise<Seen[]> {
  const all: { placed: Placed; looks: Map<number, Look> }[] = [];
  for (const placed of await placedIn(task)) {
    all.push({ placed, looks: await looksAt(task, placed) });
  }
  return task.windows.map((window) => ({
    at: window.to,
    looks: all.flatMap(({ placed, looks }) => {
      const look = looks.get(window.to);
      return look ? [{ watch: deploymentWatch(placed.deployed), look }] : [];
    }),
  }));
}
