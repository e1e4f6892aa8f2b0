import type { Look } from "./look.ts";
import type { Unit } from "./units.ts";

/** One series of a chart. `key` is the field of the rows that holds its numbers. */
export type Line = {
  key: string;
  name: string;
  look: Look;
  as: "line" | "bar";
  /** Series of one stack stand on each other. */
  stack?: string;
  /** The field that holds `[low, high]`: whiskers at each point, or a band along the line. */
  range?: string;
  rangeAs?: "whiskers" | "band";
  /** The field that holds how many values each number is of; absent for a line that is no measurement. */
  sizes?: string;
};

/** One step of time. null is a gap: nothing is known of it. */
export type Row = { at: number } & Record<string, number | null | [number, number]>;

/** What a chart over time draws. */
export type TimeChart = {
  rows: Row[];
  lines: Line[];
  unit: Unit;
  stepMs: number;
  fromMs: number;
  toMs: number;
  /** Generations, or values, that the picture is of. */
  n: number;
  marks: Mark[];
};

/** A deployment, on the time axis. */
export type Mark = { atMs: number; says: string[] };

/** Rows of all series by their instants, in order; what a series does not know is a gap. */
export function mergeRows(
  series: readonly { key: string; points: readonly { at: number; fields: Omit<Row, "at"> }[] }[],
): Row[] {
  const rows = new Map<number, Row>();
  for (const { points } of series) {
    for (const { at, fields } of points) {
      rows.set(at, Object.assign(rows.get(at) ?? { at }, fields));
    }
  }
  const keys = series.map(({ key }) => key);
  const sorted = [...rows.values()].sort((a, b) => a.at - b.at);
  for (const row of sorted) for (const key of keys) row[key] ??= null;
  return sorted;
}

/** Whether anything is there to be drawn. */
export const isBlank = ({ rows, lines }: TimeChart): boolean =>
  !rows.some((row) => lines.some(({ key }) => row[key] !== null && row[key] !== undefined)) ||
  rows.every((row) => lines.every(({ key, sizes }) => (row[sizes ?? key] ?? row[key] ?? 0) === 0));

/** Where the vertical axis ends: the least and the greatest that is drawn, stacks added up. */
export function reachOf({ rows, lines }: TimeChart): { least: number; greatest: number } {
  let [least, greatest] = [Infinity, -Infinity];
  const take = (value: number): void => {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  };
  for (const row of rows) {
    const stacks = new Map<string, number>();
    for (const { key, range, stack } of lines) {
      const [value, band] = [row[key], range === undefined ? undefined : row[range]];
      if (Array.isArray(band)) band.forEach(take);
      if (typeof value !== "number") continue;
      if (stack === undefined) take(value);
      else stacks.set(stack, (stacks.get(stack) ?? 0) + value);
    }
    stacks.forEach(take);
  }
  return least > greatest ? { least: 0, greatest: 1 } : { least, greatest };
}
