import type { ScoreConfig } from "../../projects/model.ts";
import {
  type Cell,
  emptyStat,
  mergeStatInto,
  scoreMetric,
  type Stat,
} from "../../rollups/model.ts";
import type { RolloutUnit } from "../model.ts";

/** What is known before a rollout starts. */
export type Facts = {
  control: number;
  /**
   * The control in the rollout's environment: its last 7 or 28 days, whichever baselines are frozen
   * from; null where those held too little.
   */
  baseline: Cell | null;
  /** Its last 28 days, however little they hold. */
  recent: Cell;
  scoreConfigs: readonly ScoreConfig[];
  /** Margins that people set for the prompt or its project, by metric. */
  margins: ReadonlyMap<string, number>;
  /** Generations an hour at present. */
  generationsPerHour: number;
};

/** A stretch of time up to now, and how many generations came in it. Instants in ms. */
export type Traffic = { fromMs: number; toMs: number; n: number; perHour: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const US_PER_MS = 1000;

/**
 * Present traffic: of the last day, or since a control that is younger had its first generation.
 *
 * @param day what the control did in the last day
 */
export function presentTraffic(day: Cell, nowMs: number): Traffic {
  const firstUs = day.metrics.get("at")?.min ?? null;
  const sinceMs = firstUs === null ? nowMs - DAY_MS : firstUs / US_PER_MS;
  // An hour at least: a few calls at once say nothing of the hours to come.
  const fromMs = Math.floor(Math.min(nowMs - HOUR_MS, Math.max(nowMs - DAY_MS, sinceMs)));
  return { fromMs, toMs: nowMs, n: day.n, perHour: (day.n * HOUR_MS) / (nowMs - fromMs) };
}

/** The first thing that makes no sense about a plan. `path` names the field. */
export type Fault = { path: string; message: string };

const SOURCES = ["API", "EVAL", "ANNOTATION"];

/**
 * Names under which the scores of a guardrail are counted. Scores on traces judge all that a
 * trace used: they say something of one version only where a key keeps it. Those on sessions are in
 * no cohort.
 */
export const scoreSeries = (name: string, dataType: string, unit: RolloutUnit): string[] =>
  (unit === "key" ? ["O", "T"] : ["O"]).flatMap((level) =>
    SOURCES.map((source) => scoreMetric({ level, source, dataType, name })),
  );

/** All that a cell has under some names. */
export function statIn(cell: Cell, metrics: readonly string[]): Stat {
  const sum = emptyStat();
  for (const metric of metrics) {
    const stat = cell.metrics.get(metric);
    if (stat) mergeStatInto(sum, stat);
  }
  return sum;
}

/** Scores of categories that are bad, of all. */
export function badIn(stat: Stat, bad: readonly string[]): { n: number; bad: number } {
  let n = 0;
  let found = 0;
  for (const [category, count] of stat.categories) {
    n += count;
    if (bad.includes(category)) found += count;
  }
  return { n, bad: found };
}
