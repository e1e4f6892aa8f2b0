import { quantile } from "../../../lib/sketch/sketch.ts";
import { quantileInterval } from "../../../lib/stats/quantile-interval.ts";
import type { LocalDay } from "../../../lib/time/zone.ts";
import { FALLBACK_VERSION, promptVersionOf, UNRESOLVED_VERSION } from "../../ingest/model.ts";
import { type Cell, emptyCell, emptyStat, mergeCellInto } from "../../rollups/model.ts";
import type {
  DayLine,
  Deployment,
  Incident,
  Leftover,
  PromptReport,
  Quantile,
  Rollout,
  Totals,
  VersionLine,
} from "../contract.ts";
import { changeOf } from "../totals.ts";
import type { Section, Tested } from "./model.ts";

const US_PER_MS = 1000;
const MS_PER_HOUR = 3_600_000;
const NANO_PER_USD = 1e9;

/** A day with what each stored version did on it. */
export type DayOfCells = { day: LocalDay; cells: ReadonlyMap<number, Cell> };

/** All versions of a prompt as one; fallbacks and labels that led nowhere are no version. */
export function versionsTogether({ cells }: Pick<DayOfCells, "cells">): Cell {
  const sum = emptyCell();
  for (const [stored, cell] of cells) {
    if (promptVersionOf(stored) !== null) mergeCellInto(sum, cell);
  }
  return sum;
}

/** Each version of the prompt, whether it was named or a label led to it. */
export function byVersion({ cells }: Pick<DayOfCells, "cells">): Map<number, Cell> {
  const sums = new Map<number, Cell>();
  for (const [stored, cell] of cells) {
    const version = promptVersionOf(stored);
    if (version === null) continue;
    const sum = sums.get(version) ?? emptyCell();
    mergeCellInto(sum, cell);
    sums.set(version, sum);
  }
  return sums;
}

const usdOf = (nano: bigint): number => Number((Number(nano) / NANO_PER_USD).toFixed(12));

function totalsOf({ n, errors, metrics }: Cell): Totals {
  const cost = metrics.get("cost") ?? emptyStat();
  const costUsd = cost.n === 0 ? null : usdOf(cost.sum);
  return { count: n, errors, costUsd, costKnown: cost.n };
}

const inMs = (us: number): number => Number((us / US_PER_MS).toFixed(3));

function latencyOf({ metrics }: Cell, p: number): Quantile {
  const latency = metrics.get("latency") ?? emptyStat();
  const us = quantile(latency.sketch, p, latency);
  const found = quantileInterval(latency.sketch, p, latency);
  const bound = (us: number): number | null => (Number.isFinite(us) ? inMs(us) : null);
  return {
    value: us === null ? null : inMs(us),
    interval: found.known
      ? { low: bound(found.interval.low), high: bound(found.interval.high) }
      : null,
    needs: found.known ? null : found.need,
  };
}

function dayLine(day: DayOfCells): DayLine {
  const { count, errors, costUsd } = totalsOf(versionsTogether(day));
  const { date, fromMs, toMs } = day.day;
  return { day: date, hours: (toMs - fromMs) / MS_PER_HOUR, count, errors, costUsd };
}

function fullDayLine(day: DayOfCells): PromptReport["days"][number] {
  const all = versionsTogether(day);
  const counts = [...byVersion(day)].map(([version, { n }]) => [String(version), n] as const);
  return {
    ...dayLine(day),
    latencyP50Ms: latencyOf(all, 0.5).value,
    latencyP95Ms: latencyOf(all, 0.95).value,
    versions: Object.fromEntries(counts),
  };
}

/** Days as one, by stored version. */
function together(days: readonly DayOfCells[]): DayOfCells["cells"] {
  const sums = new Map<number, Cell>();
  for (const [stored, cell] of days.flatMap(({ cells }) => [...cells])) {
    const sum = sums.get(stored) ?? emptyCell();
    mergeCellInto(sum, cell);
    sums.set(stored, sum);
  }
  return sums;
}

function versionLines(
  cells: DayOfCells["cells"],
  labels: ReadonlyMap<number, readonly string[]>,
): VersionLine[] {
  const each = [...byVersion({ cells })].sort(([a], [b]) => b - a);
  const total = each.reduce((sum, [, { n }]) => sum + n, 0);
  return each
    .filter(([, { n }]) => n > 0)
    .map(([version, cell]) => {
      const { count, errors, costUsd } = totalsOf(cell);
      return {
        version,
        labels: [...(labels.get(version) ?? [])],
        count,
        share: count / total,
        errors,
        costUsd,
        latencyP50Ms: latencyOf(cell, 0.5),
        latencyP95Ms: latencyOf(cell, 0.95),
      };
    });
}

/** All that a section is made of. */
export type SectionParts = {
  prompt: string;
  current: readonly DayOfCells[];
  /** As many days before. */
  previous: readonly DayOfCells[];
  isExact: boolean;
  /** Where labels pointed at the end of the period. */
  labels: ReadonlyMap<number, readonly string[]>;
  tests: Tested[];
  deployments: Deployment[];
  incidents: Incident[];
  rollouts: Rollout[];
  leftovers: Leftover[];
};

/** What a report says of one prompt, as far as it can be said without the others. */
export function sectionOf(parts: SectionParts): Section {
  const { prompt, tests, deployments, incidents, rollouts, leftovers, isExact } = parts;
  const cells = together(parts.current);
  const totals = totalsOf(versionsTogether({ cells }));
  const previous = totalsOf(versionsTogether({ cells: together(parts.previous) }));
  return {
    prompt,
    totals,
    previous,
    change: changeOf(totals, previous),
    fallback: cells.get(FALLBACK_VERSION)?.n ?? 0,
    unresolved: cells.get(UNRESOLVED_VERSION)?.n ?? 0,
    days: parts.current.map(fullDayLine),
    previousDays: parts.previous.map(dayLine),
    versions: versionLines(cells, parts.labels),
    tests,
    deployments,
    incidents,
    rollouts,
    leftovers,
    isExact,
  };
}
