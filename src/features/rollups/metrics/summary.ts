import { quantiles } from "../../../lib/sketch/sketch.ts";
import { type Cell, emptyStat, mergeStatInto, type Stat } from "../cell.ts";
import type { Distribution, ScoreLine, Summed, VersionMetrics } from "../contract.ts";
import {
  inUnit,
  knownInUnit,
  type Measure,
  MEASURES,
  occurrencesOf,
  type Scale,
  SCORE_SCALE,
} from "../measures.ts";
import { parseScoreMetric } from "../model.ts";
import { intervalAt, meanInterval, shareEstimate, sharesOf } from "./intervals.ts";

const US_PER_MS = 1e3;

export const meanOf = ({ n, sum }: Stat): number | null => (n === 0 ? null : Number(sum) / n);

function distribution(stat: Stat, scale: Scale): Distribution {
  const [p50, p95, p99] = quantiles(stat.sketch, [0.5, 0.95, 0.99], stat);
  return {
    n: stat.n,
    mean: knownInUnit(meanOf(stat), scale),
    min: knownInUnit(stat.min, scale),
    p50: knownInUnit(p50, scale),
    p95: knownInUnit(p95, scale),
    p99: knownInUnit(p99, scale),
    max: knownInUnit(stat.max, scale),
    intervals: {
      mean: meanInterval(stat, scale),
      p50: intervalAt(stat, 0.5, scale),
      p95: intervalAt(stat, 0.95, scale),
      p99: intervalAt(stat, 0.99, scale),
    },
  };
}

const summed = (stat: Stat, scale: Scale): Summed => ({
  ...distribution(stat, scale),
  total: stat.n === 0 ? null : inUnit(Number(stat.sum), scale),
});

function scoreLine(
  { name, source, dataType }: { name: string; source: string | null; dataType: string },
  stat: Stat,
): ScoreLine {
  const line = { name, source, dataType, n: stat.n };
  if (dataType === "NUMERIC") {
    const [p5, p50, p95] = quantiles(stat.sketch, [0.05, 0.5, 0.95], stat);
    return {
      ...line,
      mean: knownInUnit(meanOf(stat), SCORE_SCALE),
      min: knownInUnit(stat.min, SCORE_SCALE),
      p5: knownInUnit(p5, SCORE_SCALE),
      p50: knownInUnit(p50, SCORE_SCALE),
      p95: knownInUnit(p95, SCORE_SCALE),
      max: knownInUnit(stat.max, SCORE_SCALE),
      intervals: {
        mean: meanInterval(stat, SCORE_SCALE),
        p5: intervalAt(stat, 0.05, SCORE_SCALE),
        p50: intervalAt(stat, 0.5, SCORE_SCALE),
        p95: intervalAt(stat, 0.95, SCORE_SCALE),
      },
      distribution: occurrencesOf(stat.sketch),
    };
  }
  if (stat.categories.size === 0) return line;
  const sorted = [...stat.categories].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const n = sorted.reduce((sum, [, count]) => sum + count, 0);
  return { ...line, categories: Object.fromEntries(sorted), shares: sharesOf(sorted, n) };
}

/** Scores of one name and type; `source` null is over all sources. */
export type ScoreGroup = { name: string; source: string | null; dataType: string; stat: Stat };

/** A group per name and source, and one per name over all sources; the levels of a name are merged. */
export function scoreGroups(cell: Cell): ScoreGroup[] {
  const groups = new Map<string, ScoreGroup>();
  for (const [metric, stat] of cell.metrics) {
    const parsed = parseScoreMetric(metric);
    if (!parsed) continue;
    for (const source of [parsed.source, null]) {
      const { name, dataType } = parsed;
      const id = JSON.stringify([name, dataType, source]);
      const group = groups.get(id) ?? { name, source, dataType, stat: emptyStat() };
      mergeStatInto(group.stat, stat);
      groups.set(id, group);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

export const instantOf = (us: number | null): string | null =>
  us === null ? null : new Date(us / US_PER_MS).toISOString();

/** First and last start of a version's generations, in µs; null when there is none. */
export type Uses = { first: number | null; last: number | null };

/** What is told of a version beside its cells. */
export type VersionFacts = {
  version: number;
  labels: readonly string[];
  /** Generations that a label led to it; they are in the cell too. */
  countThroughLabel: number;
  ever: Uses;
  /** Where the generations behind the numbers are read. */
  observations: string;
};

/** The metrics of one version over all that `cell` covers. */
export function summarise(cell: Cell, facts: VersionFacts): VersionMetrics {
  const of = (measure: Measure): [Stat, Scale] => {
    const { metric, scale } = MEASURES[measure];
    return [cell.metrics.get(metric) ?? emptyStat(), scale];
  };
  const { min: first, max: last } = cell.metrics.get("at") ?? emptyStat();
  return {
    version: facts.version,
    labels: [...facts.labels],
    count: cell.n,
    countThroughLabel: facts.countThroughLabel,
    errors: cell.errors,
    errorRate: shareEstimate(cell.errors, cell.n),
    firstAt: instantOf(first),
    lastAt: instantOf(last),
    firstEverAt: instantOf(facts.ever.first),
    lastEverAt: instantOf(facts.ever.last),
    latencyMs: distribution(...of("latencyMs")),
    timeToFirstTokenMs: distribution(...of("timeToFirstTokenMs")),
    inputTokens: summed(...of("inputTokens")),
    outputTokens: summed(...of("outputTokens")),
    totalTokens: summed(...of("totalTokens")),
    costUsd: summed(...of("costUsd")),
    inputCostUsd: summed(...of("inputCostUsd")),
    outputCostUsd: summed(...of("outputCostUsd")),
    cachedCostUsd: summed(...of("cachedCostUsd")),
    scores: scoreGroups(cell).map(({ stat, ...group }) => scoreLine(group, stat)),
    observations: facts.observations,
  };
}
