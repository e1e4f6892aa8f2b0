import type { Metrics, VersionMetrics } from "../../../features/rollups/contract.ts";
import { VALUE_METRICS } from "../../charts/names.ts";
import { type MetricsSearch, versionsOf } from "./search.ts";

const DEFAULT_METRIC = "latencyMs";
const DEFAULT_LABEL = "production";

/** More lines than this cannot be told apart in one chart. */
const MOST_CHARTED = 8;

/**
 * The versions that charts show unless somebody chose: the busiest, ascending.
 *
 * @returns none when all fit
 */
export function busiestVersions(lines: readonly VersionMetrics[]): number[] {
  const used = lines.filter(({ count }) => count > 0);
  if (used.length <= MOST_CHARTED) return [];
  return used
    .toSorted((a, b) => b.count - a.count || b.version - a.version)
    .slice(0, MOST_CHARTED)
    .map(({ version }) => version)
    .sort((a, b) => a - b);
}

/** Versions that an address and what is known leave over. */
export type ShownVersions = {
  /** Those that were chosen and exist; none: all. */
  chosen: number[];
  /** The metrics of those. */
  metrics: Metrics;
  /** That the charts are of; none: all. */
  charted: number[];
};

export function shownVersions(all: Metrics, search: MetricsSearch): ShownVersions {
  const known = all.data.map(({ version }) => version);
  const chosen = versionsOf(search.versions).filter((version) => known.includes(version));
  if (chosen.length === 0) return { chosen, metrics: all, charted: busiestVersions(all.data) };
  const data = all.data.filter(({ version }) => chosen.includes(version));
  return { chosen, metrics: { ...all, data }, charted: chosen };
}

/** Names of scores: numbers before categories, what has the most values first. */
function scoreNames({ data }: Metrics): string[] {
  const found = new Map<string, { isNumeric: boolean; n: number }>();
  for (const { name, source, dataType, n } of data.flatMap((line) => line.scores)) {
    if (source !== null) continue;
    const isNumeric = dataType === "NUMERIC" || (found.get(name)?.isNumeric ?? false);
    found.set(name, { isNumeric, n: n + (found.get(name)?.n ?? 0) });
  }
  return [...found]
    .sort(([, a], [, b]) => Number(b.isNumeric) - Number(a.isNumeric) || b.n - a.n)
    .map(([name]) => name);
}

/** What the charts are of, and what else they could be of. */
export function chartSubjects(metrics: Metrics, search: MetricsSearch) {
  const scores = scoreNames(metrics);
  const isKnown = search.score !== undefined && scores.includes(search.score);
  const metric = search.metric ?? DEFAULT_METRIC;
  const isValue = (VALUE_METRICS as readonly string[]).includes(metric);
  return {
    scores,
    score: isKnown ? search.score : scores[0],
    labels: [...new Set([DEFAULT_LABEL, ...metrics.data.flatMap((line) => line.labels)])],
    label: search.label ?? DEFAULT_LABEL,
    /** Of the distribution. */
    metric,
    /** Of the percentiles, which a score has none of. */
    valueMetric: isValue ? metric : DEFAULT_METRIC,
    metrics: [...VALUE_METRICS, ...scores.map((name) => `score:${name}`)],
  };
}

/** Whether any generation ever named the prompt. */
export const isUsed = ({ data }: Metrics): boolean =>
  data.some(({ firstEverAt }) => firstEverAt !== null);
