import { HISTORY_HOURS } from "../../../lib/stats/before-after.ts";
import { beforeAfterOfMeans, comparedMetrics, hourOf, marginsOf } from "../../comparisons/index.ts";
import { type Cell, emptyCell, mergeCellInto } from "../../rollups/model.ts";
import { readHours, readSubjects, takeoverIn } from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Seen, Watch, Window } from "../rules/look.ts";
import { labelOf } from "../rules/subject.ts";
import { lookAtDrift, type Tested } from "./look.ts";

type Rule = RuleOf<"drift">;
type Hour = { n: number; mean: number };

const HOUR_MS = 3_600_000;
/** Hours at the beginning of the history that may be empty: a day's, or there are no 14 days. */
const SLACK_HOURS = 24;

export const mergedOf = (cells: readonly (Cell | undefined)[]): Cell => {
  const all = emptyCell();
  for (const cell of cells) if (cell) mergeCellInto(all, cell);
  return all;
};

const meanOf = (hours: readonly Hour[]): Hour => {
  const n = hours.reduce((sum, hour) => sum + hour.n, 0);
  return { n, mean: n > 0 ? hours.reduce((sum, hour) => sum + hour.n * hour.mean, 0) / n : 0 };
};

type Metric = ReturnType<typeof comparedMetrics>[number];

/**
 * The before/after test of one metric whose window ends the hours.
 *
 * @param hours `HISTORY_HOURS` of the past, then those of the window
 * @returns null where the past does not reach back
 */
export function testHours(metric: Metric, hours: readonly Hour[], length: number): Tested | null {
  const start = hours.length - length;
  if (!hours.slice(0, SLACK_HOURS).some(({ n }) => n > 0)) return null;
  const [before, window] = [meanOf(hours.slice(0, start)), meanOf(hours.slice(start))];
  const isUp = metric.margin?.better !== "higher";
  return {
    metric: metric.id,
    unit: metric.unit,
    n: window.n,
    nBefore: before.n,
    isNotWorse: isUp ? window.mean <= before.mean : window.mean >= before.mean,
    outcome: beforeAfterOfMeans(metric, { hours, start }, length),
  };
}

/** What rolling windows say of a version that does not change. */
export async function readDrift(task: Task<Rule>): Promise<Seen[]> {
  const { scope, rule, windows } = task;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const subjects = await readSubjects(task, { ...rule, label: labelOf(rule) });
  const span = { from: first.from - HISTORY_HOURS * HOUR_MS, to: last.to };
  const cellOf = await readHours(scope, { ...rule, ...span, versions: subjects.versions });
  const margins = new Map(await marginsOf(scope, rule.prompt));
  if (rule.margin !== undefined) margins.set(rule.metric, rule.margin);
  const hoursOf = new Map<number, { metric: Metric | undefined; hours: Hour[] }>();
  const readVersion = (version: number): { metric: Metric | undefined; hours: Hour[] } => {
    const known = hoursOf.get(version);
    if (known) return known;
    const cells: (Cell | undefined)[] = [];
    for (let ms = span.from; ms < span.to; ms += HOUR_MS) cells.push(cellOf(version, ms));
    const metric = comparedMetrics([mergedOf(cells)], margins, null).find(
      ({ id }) => id === rule.metric,
    );
    const hours = metric ? cells.map((cell) => hourOf(metric, cell)) : [];
    hoursOf.set(version, { metric, hours });
    return { metric, hours };
  };
  const testOf = ({ version }: Watch, window: Window): Tested | null => {
    const { metric, hours } = readVersion(version ?? 0);
    if (!metric) return null;
    const end = (window.to - span.from) / HOUR_MS;
    const from = (window.from - span.from) / HOUR_MS - HISTORY_HOURS;
    return testHours(metric, hours.slice(from, end), rule.windowHours);
  };
  /** A version that its label just came to has no past of its own: its deployment is judged instead. */
  const isSettled = (window: Window): boolean => {
    const move = takeoverIn(subjects, window);
    return (
      !move || move.at.getTime() <= window.from - HISTORY_HOURS * HOUR_MS + SLACK_HOURS * HOUR_MS
    );
  };
  return windows.map((window) => ({
    at: window.to,
    looks: subjects.at(window).map((watch) => {
      const tested = isSettled(window) ? testOf(watch, window) : null;
      return { watch, look: lookAtDrift(rule, { watch, window, tested }) };
    }),
  }));
}
