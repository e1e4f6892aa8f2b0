import type { LocalDay } from "../../../lib/time/zone.ts";
import type { Scope } from "../../../platform/scope.ts";
import { readGroupedCells, versionsUsedOn } from "../../rollups/index.ts";
import {
  type Cell,
  decodeCell,
  emptyCell,
  encodeCell,
  mergeCellInto,
  parseScoreMetric,
} from "../../rollups/model.ts";
import type { VersionPlace } from "../section/model.ts";
import { dayKey, isToKeep, planDays } from "./plan.ts";
import { type DayRow, findDay, keepPart, keptAmong, sumsOf } from "./store.ts";

const ANY = { environment: null, model: null };
const US_PER_MS = 1000;
/** Versions whose sums one part of a pass writes. */
const VERSIONS_PER_PART = 40;

/** What is kept of a generation's numbers; scores are kept too. */
const KEPT_METRICS = new Set(["latency", "ttft", "tin", "tout", "cost"]);

function keptPart({ n, errors, metrics }: Cell): Cell {
  const kept = [...metrics].filter(
    ([metric]) => KEPT_METRICS.has(metric) || parseScoreMetric(metric) !== undefined,
  );
  return { ...emptyCell(), n, errors, metrics: new Map(kept) };
}

/** What versions did on days: for each day, in order, a cell by version. */
export type DayCells = { days: ReadonlyMap<number, Cell>[]; isExact: boolean };

/**
 * What a prompt's versions did on each of some local days, over all environments and models.
 *
 * @param stored versions as buckets are kept by them
 */
export async function readDays(
  scope: Scope,
  { prompt, stored }: { prompt: string; stored: readonly number[] },
  days: readonly LocalDay[],
): Promise<DayCells> {
  const kept = await keptAmong(scope, days);
  const keys = new Set(kept.map(({ start, stop }) => dayKey({ fromMs: start, toMs: stop })));
  const plan = planDays(days, keys, scope.now.getTime());
  const cells = days.map(() => new Map<number, Cell>());
  const add = (index: number, version: number, cell: Cell): void => {
    const of = cells[index];
    const sum = of?.get(version);
    if (sum) mergeCellInto(sum, cell);
    else of?.set(version, cell);
  };
  const [grouped, sums] = await Promise.all([
    readGroupedCells(
      scope,
      { prompt, versions: stored, ranges: plan.ranges, filter: ANY },
      ({ version, ...bucket }) => `${plan.dayOf(bucket) ?? -1}/${version}`,
    ),
    sumsOf(
      scope,
      prompt,
      plan.kept.map(({ day }) => day),
    ),
  ]);
  for (const [group, cell] of grouped) {
    const [index = -1, version = 0] = group.split("/").map(Number);
    add(index, version, keptPart(cell));
  }
  const places = new Map(plan.kept.map(({ index, day }) => [day.fromMs, index]));
  for (const { start, version, data } of sums)
    add(places.get(start) ?? -1, version, decodeCell(data));
  return { days: cells, isExact: plan.isExact };
}

const isBeyond = (a: VersionPlace, b: VersionPlace): boolean =>
  a.prompt === b.prompt ? a.version > b.version : a.prompt > b.prompt;

const stateOf = (row: DayRow | undefined) =>
  row ? { passes: row.passes, isUnderWay: row.after !== null } : null;

/**
 * Writes some of a local day's sums, from the buckets that still answer for it to 5 minutes. Doing
 * it twice, or at once, writes the same.
 *
 * @returns whether the pass has further to go
 */
export async function keepDay(scope: Scope, day: LocalDay): Promise<{ more: boolean }> {
  const row = await findDay(scope, day);
  if (!isToKeep(day, stateOf(row), scope.now.getTime())) return { more: false };
  const { passes, after } = row ?? { passes: 0, after: null };
  const used = await versionsUsedOn(scope, {
    from: day.fromMs * US_PER_MS,
    to: day.toMs * US_PER_MS,
  });
  const open = used.filter((version) => after === null || isBeyond(version, after));
  const part = open.slice(0, VERSIONS_PER_PART);
  const until = open.length > part.length ? (part.at(-1) ?? null) : null;
  const byPrompt = Map.groupBy(part, ({ prompt }) => prompt);
  const sums = await Promise.all(
    [...byPrompt].map(async ([prompt, versions]) => {
      const stored = versions.map(({ version }) => version);
      // One day that lives: nothing of it is read from what was kept before.
      const { days } = await readDays(scope, { prompt, stored }, [day]);
      return [...(days[0] ?? [])].map(([version, cell]) => ({
        prompt,
        version,
        data: encodeCell(cell),
      }));
    }),
  );
  await keepPart(scope, { day, passes, after, until, sums: sums.flat(), used });
  return { more: until !== null };
}
