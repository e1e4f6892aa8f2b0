import {
  addCategory,
  type Cell,
  countNumber,
  emptyStat,
  greater,
  lesser,
  mergeCellInto,
  mergeStatInto,
  type Stat,
} from "../cell.ts";
import { cellId, type CellKey } from "../model.ts";
import { isLiving, type Level, minuteOf, slotOf, spanOf } from "../slots.ts";
import { type Amount, hasFailed, type NetChange, type Part, partsOf } from "./items.ts";

/**
 * What a run changes in one metric of one cell. `stat.min` and `stat.max` are the extremes of what
 * was added; `goneMin` and `goneMax` of what was taken away and not added again since.
 */
export type StatDelta = { stat: Stat; goneMin: number | null; goneMax: number | null };

export type CellDelta = {
  key: CellKey;
  n: number;
  errors: number;
  minutes: number[];
  metrics: Map<string, StatDelta>;
};

/** Changes by `cellId`. */
export type Deltas = Map<string, CellDelta>;

export function deltaAt(deltas: Deltas, key: CellKey): CellDelta {
  const id = cellId(key);
  const known = deltas.get(id);
  if (known) return known;
  const delta = { key, n: 0, errors: 0, minutes: [0, 0, 0, 0, 0], metrics: new Map() };
  deltas.set(id, delta);
  return delta;
}

function metricOf(delta: CellDelta, metric: string): StatDelta {
  const known = delta.metrics.get(metric);
  if (known) return known;
  const change: StatDelta = { stat: emptyStat(), goneMin: null, goneMax: null };
  delta.metrics.set(metric, change);
  return change;
}

/** Adds (1) or takes away (-1) one item, in the order in which the log says it happened. */
export function count(deltas: Deltas, item: Amount, sign: 1 | -1): void {
  const [, project, prompt, version, start, environment, model] = item;
  const slot = slotOf(0, start);
  const delta = deltaAt(deltas, { level: 0, project, prompt, version, slot, environment, model });
  if (item[0] === "G") {
    const minute = minuteOf(start);
    delta.n += sign;
    delta.errors += hasFailed(item) ? sign : 0;
    delta.minutes[minute] = (delta.minutes[minute] ?? 0) + sign;
  }
  for (const part of partsOf(item)) countPart(metricOf(delta, part.metric), part, sign);
}

function countPart(change: StatDelta, part: Part, sign: 1 | -1): void {
  const { stat } = change;
  if (!("value" in part)) {
    stat.n += sign;
    if ("category" in part) addCategory(stat.categories, part.category, sign);
    return;
  }
  const { value } = part;
  countNumber(stat, part, sign);
  if (sign < 0) {
    change.goneMin = lesser(change.goneMin, value);
    change.goneMax = greater(change.goneMax, value);
    return;
  }
  stat.min = lesser(stat.min, value);
  stat.max = greater(stat.max, value);
  // Added after everything at or beyond it was taken away: the extreme is there again.
  if (change.goneMin !== null && value <= change.goneMin) change.goneMin = null;
  if (change.goneMax !== null && value >= change.goneMax) change.goneMax = null;
}

/** Adds one log row's change. */
export function countChange(deltas: Deltas, { removed, added }: NetChange): void {
  for (const item of removed) count(deltas, item, -1);
  for (const item of added) count(deltas, item, 1);
}

function addDelta(into: CellDelta, from: CellDelta): void {
  into.n += from.n;
  into.errors += from.errors;
  for (const [metric, { stat, goneMin, goneMax }] of from.metrics) {
    const sum = metricOf(into, metric);
    mergeStatInto(sum.stat, stat);
    sum.goneMin = lesser(sum.goneMin, goneMin);
    sum.goneMax = greater(sum.goneMax, goneMax);
  }
}

/** The same changes at every level that lives, finest first. */
export function atAllLevels(fine: Deltas, nowUs: number): Record<Level, CellDelta[]> {
  const hours: Deltas = new Map();
  const days: Deltas = new Map();
  for (const delta of fine.values()) {
    const { from } = spanOf(0, delta.key.slot);
    addDelta(deltaAt(hours, { ...delta.key, level: 1, slot: slotOf(1, from) }), delta);
    addDelta(deltaAt(days, { ...delta.key, level: 2, slot: slotOf(2, from) }), delta);
  }
  const living = (deltas: Deltas): CellDelta[] =>
    [...deltas.values()].filter(({ key }) => isLiving(key.level, key.slot, nowUs));
  return { 0: living(fine), 1: living(hours), 2: living(days) };
}

/** Applies a change to the stored cell, in place, extremes included as far as additions tell. */
export function apply(cell: Cell, delta: CellDelta): void {
  const { n, errors, minutes } = delta;
  const metrics = new Map([...delta.metrics].map(([metric, { stat }]) => [metric, stat]));
  mergeCellInto(cell, { n, errors, minutes, metrics });
}
