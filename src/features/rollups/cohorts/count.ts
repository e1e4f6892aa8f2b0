import { binOf } from "../../../lib/sketch/sketch.ts";
import { cellOf, CELLS } from "../../../lib/split/cells.ts";
import type { GenerationItem, ScoreItem } from "../../ingest/index.ts";
import { type Amount, exactly, hasFailed, measureOf } from "../fold/items.ts";
import { scoreMetric } from "../model.ts";
import { boundedName } from "../names.ts";
import type { Arm, Cohort, Series } from "./cohort.ts";
import { type CohortMetric, type CohortPlan, isEvent } from "./plan.ts";

const US_PER_MINUTE = 60_000_000;
const STEPS_PER_POINT = 1e6;

/** Positions in an item: project, prompt, version, start, environment. */
const PROMPT = 2;
const VERSION = 3;
const START = 4;
const ENVIRONMENT = 5;

/** Who the version was drawn for; the tail of both kinds of item. */
type Drawn = { trace: string; userCell: number | null; split: string | null };

function drawnOf(item: Amount): Drawn | undefined {
  const trace = item[0] === "G" ? item[17] : item[13];
  if (trace === undefined) return undefined;
  const [userCell = null, split = null] =
    item[0] === "G" ? [item[18], item[19]] : [item[14], item[15]];
  return { trace, userCell, split };
}

/**
 * How long the calls of caching processes go into one cell. A process keeps what it fetched for a
 * minute, which begins whenever it fetched, and serves it once more after that: in cells of one
 * minute a draw would lie in two or three of them, half its likeness would not show, and of rollouts
 * without any fault a few in a hundred were held. Three minutes hold most draws whole.
 */
const PROCESS_US = 3 * US_PER_MINUTE;

/**
 * Where a unit's values go. A cell that is too coarse only costs time, one that is too fine hides
 * how alike its values are: so a user who is not known counts as one trace, and processes, which
 * nothing names, share a stretch of time.
 */
function cellIn({ unit }: CohortPlan, { trace, userCell }: Drawn, start: number): number {
  if (unit === "process") return cellOf(String(Math.floor(start / PROCESS_US)));
  return unit === "key" && userCell !== null ? userCell : cellOf(trace);
}

function add(series: Series, cell: number, value: number, sign: 1 | -1): void {
  series.n[cell] = (series.n[cell] ?? 0) + sign;
  if (value === 0) return;
  series.sum[cell] = (series.sum[cell] ?? 0) + sign * value;
  const square = value * value;
  const exact = square <= Number.MAX_SAFE_INTEGER ? BigInt(square) : BigInt(value) * BigInt(value);
  series.sumSq += sign === 1 ? exact : -exact;
}

/** What a generation adds to a metric, in its steps; undefined for nothing. */
function stepsOfGeneration(metric: CohortMetric, item: GenerationItem): number | undefined {
  switch (metric.kind) {
    case "log": {
      const value = measureOf(item, metric.of);
      return value !== null && value > 0 ? binOf(value) : undefined;
    }
    case "cost": {
      const value = measureOf(item, "cost");
      return value === null ? undefined : Math.min(value, Math.floor(metric.capNanoUsd));
    }
    case "slow": {
      const value = measureOf(item, "latency");
      return value === null ? undefined : Number(binOf(value) > metric.aboveBin);
    }
    case "score":
    case "bad":
      return undefined;
  }
}

/** @param name what buckets call the score */
function stepsOfScore(metric: CohortMetric, item: ScoreItem, name: string): number | undefined {
  if (metric.kind !== "score" && metric.kind !== "bad") return undefined;
  if (!metric.of.includes(name)) return undefined;
  const value = item[11];
  const category = item[12];
  if (metric.kind === "bad") {
    return category === null
      ? undefined
      : Number(metric.categories.includes(boundedName(category)));
  }
  if (value === null) return undefined;
  const min = Math.round(metric.min * STEPS_PER_POINT);
  const max = Math.round(metric.max * STEPS_PER_POINT);
  return Math.min(Math.max(exactly(value), min), max);
}

/** What an item adds to a metric, in its steps. */
function stepsOf(item: Amount): (metric: CohortMetric) => number | undefined {
  if (item[0] === "G") return (metric) => stepsOfGeneration(metric, item);
  const [, , , , , , , level, source, dataType, name] = item;
  const named = scoreMetric({ level, source, dataType, name });
  return (metric) => stepsOfScore(metric, item, named);
}

function countGeneration(
  { arm, plan, cell }: { arm: Arm; plan: CohortPlan; cell: number },
  item: GenerationItem,
  sign: 1 | -1,
): void {
  const start = item[START];
  if (start >= plan.fromUs) arm.served[cell] = (arm.served[cell] ?? 0) + sign;
  if (start < plan.eventsFromUs) return;
  const failed = hasFailed(item);
  add(arm.errors, cell, failed ? 1 : 0, sign);
  if (!failed) return;
  const minute = Math.floor(start / US_PER_MINUTE) % CELLS;
  arm.errorMinutes[minute] = (arm.errorMinutes[minute] ?? 0) + sign;
}

/** The version's sums in which an item counts; undefined when it is none of the plan's. */
function armOf({ plan, control, candidate }: Cohort, item: Amount): Arm | undefined {
  if (item[PROMPT] !== plan.prompt || item[ENVIRONMENT] !== plan.environment) return undefined;
  if (plan.untilUs !== null && item[START] >= plan.untilUs) return undefined;
  if (item[VERSION] === plan.candidate) return candidate;
  return item[VERSION] === plan.control ? control : undefined;
}

/**
 * Adds (1) or takes away (-1) what one item of the cohort's project contributes to it. A function
 * of item and plan alone, and a group: whatever was added can be taken away again, in any order.
 */
export function countInCohort(cohort: Cohort, item: Amount, sign: 1 | -1): void {
  const arm = armOf(cohort, item);
  if (!arm) return;
  const { plan } = cohort;
  const start = item[START];
  const drawn = drawnOf(item);
  if (!drawn || (drawn.split !== null && drawn.split !== plan.split)) return;
  const cell = cellIn(plan, drawn, start);
  if (item[0] === "G") countGeneration({ arm, plan, cell }, item, sign);
  const stepsIn = stepsOf(item);
  for (let i = 0; i < plan.metrics.length; i++) {
    const metric = plan.metrics[i];
    const series = arm.metrics[i];
    if (!metric || !series) continue;
    if (start < (isEvent(metric) ? plan.eventsFromUs : plan.fromUs)) continue;
    const steps = stepsIn(metric);
    if (steps !== undefined) add(series, cell, steps, sign);
  }
}
