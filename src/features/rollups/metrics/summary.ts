import { quantiles } from "../../../lib/sketch/sketch.ts";
import { type Cell, emptyStat, type Metric, mergeStatInto, type Stat } from "../cell.ts";
import type { Distribution, ScoreLine, Summed, VersionMetrics } from "../contract.ts";
import { parseScoreMetric } from "../model.ts";

const US_PER_MS = 1e3;
const NANO_PER_USD = 1e9;
const MILLIONTHS = 1e6;
/** Digits after the point; what is beyond them is noise of the division. */
const DIGITS = { ms: 3, tokens: 3, usd: 12, score: 9 } as const;

/** Turns a scaled amount into the unit of the answer. */
type Unit = (amount: number) => number;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const ms: Unit = (us) => rounded(us / US_PER_MS, DIGITS.ms);
const usd: Unit = (nano) => rounded(nano / NANO_PER_USD, DIGITS.usd);
const tokens: Unit = (count) => rounded(count, DIGITS.tokens);
const score: Unit = (millionths) => rounded(millionths / MILLIONTHS, DIGITS.score);

const inUnit = (amount: number | null | undefined, unit: Unit): number | null =>
  amount === null || amount === undefined ? null : unit(amount);

const meanOf = ({ n, sum }: Stat): number | null => (n === 0 ? null : Number(sum) / n);

function distribution(stat: Stat, unit: Unit): Distribution {
  const [p50, p95, p99] = quantiles(stat.sketch, [0.5, 0.95, 0.99], stat);
  return {
    n: stat.n,
    mean: inUnit(meanOf(stat), unit),
    min: inUnit(stat.min, unit),
    p50: inUnit(p50, unit),
    p95: inUnit(p95, unit),
    p99: inUnit(p99, unit),
    max: inUnit(stat.max, unit),
  };
}

const summed = (stat: Stat, unit: Unit): Summed => ({
  ...distribution(stat, unit),
  total: stat.n === 0 ? null : unit(Number(stat.sum)),
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
      mean: inUnit(meanOf(stat), score),
      min: inUnit(stat.min, score),
      p5: inUnit(p5, score),
      p50: inUnit(p50, score),
      p95: inUnit(p95, score),
      max: inUnit(stat.max, score),
    };
  }
  if (stat.categories.size === 0) return line;
  const sorted = [...stat.categories].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return { ...line, categories: Object.fromEntries(sorted) };
}

/** A line per name and source, and one per name over all sources; the levels of a name are merged. */
function scoreLines(cell: Cell): ScoreLine[] {
  type Group = { name: string; source: string | null; dataType: string; stat: Stat };
  const groups = new Map<string, Group>();
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
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { stat, ...group }]) => scoreLine(group, stat));
}

const instant = (us: number | null): string | null =>
  us === null ? null : new Date(us / US_PER_MS).toISOString();

/** The metrics of one version over all that `cell` covers. */
export function summarise(cell: Cell, version: number, labels: readonly string[]): VersionMetrics {
  const of = (metric: Metric): Stat => cell.metrics.get(metric) ?? emptyStat();
  const { min: first, max: last } = of("at");
  return {
    version,
    labels: [...labels],
    count: cell.n,
    errors: cell.errors,
    firstAt: instant(first),
    lastAt: instant(last),
    latencyMs: distribution(of("latency"), ms),
    timeToFirstTokenMs: distribution(of("ttft"), ms),
    inputTokens: summed(of("tin"), tokens),
    outputTokens: summed(of("tout"), tokens),
    totalTokens: summed(of("ttot"), tokens),
    costUsd: summed(of("cost"), usd),
    inputCostUsd: summed(of("costIn"), usd),
    outputCostUsd: summed(of("costOut"), usd),
    scores: scoreLines(cell),
  };
}
