import type { ExtremesItem } from "../../ingest/index.ts";
import { type Cell, greater, lesser, METRICS } from "../cell.ts";
import { type CellKey, hasNumbers, scoreMetric } from "../model.ts";
import { isLiving, type Level, slotOf, spanOf } from "../slots.ts";
import type { CellDelta, StatDelta } from "./delta.ts";
import { exactly } from "./items.ts";

/*
 * Minimum and maximum are no group: when a value that may have been the extreme is taken away, the
 * next one has to be looked up, in the finer buckets or in the rows.
 */

export type Extremes = { min: number | null; max: number | null };

/** A cell whose extremes of some metrics have to be looked up. */
export type Suspect = { key: CellKey; cell: Cell; metrics: string[] };

const isAtEdge = ({ min, max }: Extremes, { goneMin, goneMax }: StatDelta): boolean =>
  min === null ||
  max === null ||
  (goneMin !== null && goneMin <= min) ||
  (goneMax !== null && goneMax >= max);

/**
 * Finds the metrics whose extremes may be gone after `delta` was applied to `cell`, and settles in
 * place those that need no look-up: of a single value, minimum, maximum and sum are one.
 *
 * @param isClosed rows of the slot may be deleted already; extremes then only widen
 */
export function suspectOf(cell: Cell, delta: CellDelta, isClosed: boolean): Suspect | undefined {
  const metrics: string[] = [];
  for (const [metric, change] of delta.metrics) {
    const stat = cell.metrics.get(metric);
    if (!stat || stat.n === 0 || !hasNumbers(metric)) continue;
    if (stat.n === 1) {
      stat.min = Number(stat.sum);
      stat.max = stat.min;
    } else if (!isClosed && isAtEdge(stat, change)) {
      metrics.push(metric);
    }
  }
  return metrics.length > 0 ? { key: delta.key, cell, metrics } : undefined;
}

/** Sets what was looked up; what was not found is unknown. */
export function resolve({ cell, metrics }: Suspect, found: ReadonlyMap<string, Extremes>): void {
  for (const metric of metrics) {
    const stat = cell.metrics.get(metric);
    if (!stat) continue;
    const { min, max } = found.get(metric) ?? { min: null, max: null };
    stat.min = min;
    stat.max = max;
  }
}

/** The level whose buckets hold all of the key's slot; undefined when only rows do. */
export function childLevel({ level, slot }: CellKey, nowUs: number): Level | undefined {
  if (level === 0) return undefined;
  const finer = level === 2 ? 1 : 0;
  return isLiving(finer, slotOf(finer, spanOf(level, slot).from), nowUs) ? finer : undefined;
}

function widen(found: Map<string, Extremes>, metric: string, { min, max }: Extremes): void {
  const known = found.get(metric) ?? { min: null, max: null };
  found.set(metric, { min: lesser(known.min, min), max: greater(known.max, max) });
}

/** Extremes per metric over a cell's children. */
export function extremesOfCells(children: Iterable<Cell>): Map<string, Extremes> {
  const found = new Map<string, Extremes>();
  for (const child of children) {
    for (const [metric, stat] of child.metrics) widen(found, metric, stat);
  }
  return found;
}

const exact = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : exactly(value);

/** Extremes per metric from what the rows answered. */
export function extremesOfItems(items: Iterable<ExtremesItem>): Map<string, Extremes> {
  const found = new Map<string, Extremes>();
  for (const item of items) {
    if (item[0] === "G") {
      METRICS.forEach((metric, i) => {
        const [min, max] = item.slice(1 + 2 * i, 3 + 2 * i) as (number | null)[];
        widen(found, metric, { min: exact(min), max: exact(max) });
      });
    } else {
      const [, level, source, dataType, name, min, max] = item;
      const extremes = { min: exact(min), max: exact(max) };
      widen(found, scoreMetric({ level, source, dataType, name }), extremes);
    }
  }
  return found;
}
