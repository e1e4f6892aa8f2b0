import {
  addCategory,
  type Cell,
  countNumber,
  emptyCell,
  greater,
  lesser,
  statOf,
} from "../../../src/features/rollups/cell.ts";
import { binOf } from "../../../src/lib/sketch/sketch.ts";

/** A generation as a bucket counts it. Latency in ms, cost in USD. */
export type Made = {
  latencyMs?: number;
  costUsd?: number;
  inputTokens?: number;
  outputTokens?: number;
  failed?: boolean;
  /** A judge's score, a thumb, a category. */
  quality?: number;
  helpful?: boolean;
  tone?: string;
};

function addNumber(cell: Cell, metric: string, amount: number | undefined): void {
  if (amount === undefined) return;
  const value = Math.round(amount);
  const stat = statOf(cell, metric);
  countNumber(stat, { value, bin: binOf(value), isScore: metric.includes(":NUMERIC:") }, 1);
  stat.min = lesser(stat.min, value);
  stat.max = greater(stat.max, value);
}

function addName(cell: Cell, metric: string, name: string | undefined): void {
  if (name === undefined) return;
  const stat = statOf(cell, metric);
  stat.n += 1;
  addCategory(stat.categories, name, 1);
}

const times = (amount: number | undefined, factor: number): number | undefined =>
  amount === undefined ? undefined : amount * factor;

/** Counts a generation, in place. @param atUs its start */
export function addMade(cell: Cell, made: Made, atUs?: number): void {
  cell.n += 1;
  if (made.failed) cell.errors += 1;
  if (atUs !== undefined) {
    const at = statOf(cell, "at");
    at.n += 1;
    at.sum += BigInt(atUs);
    at.min = lesser(at.min, atUs);
    at.max = greater(at.max, atUs);
  }
  addNumber(cell, "latency", times(made.latencyMs, 1e3));
  addNumber(cell, "cost", times(made.costUsd, 1e9));
  addNumber(cell, "tin", made.inputTokens);
  addNumber(cell, "tout", made.outputTokens);
  addNumber(cell, "O:EVAL:NUMERIC:quality", times(made.quality, 1e6));
  addName(
    cell,
    "O:API:BOOLEAN:helpful",
    made.helpful === undefined ? undefined : made.helpful ? "True" : "False",
  );
  addName(cell, "O:API:CATEGORICAL:tone", made.tone);
}

export function cellOf(all: readonly Made[]): Cell {
  const cell = emptyCell();
  for (const made of all) addMade(cell, made);
  return cell;
}
