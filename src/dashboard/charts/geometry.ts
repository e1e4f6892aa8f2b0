import type { Line, Row, TimeChart } from "./chart.ts";

/** Where instants and values lie in a picture, in pixels. */
export type Place = {
  xOf: (at: number) => number;
  yOf: (value: number) => number;
  /** Of one step of time. */
  stepWidth: number;
};

const WIDEST_BAR = 40;
/** Of a step's width; the rest is the space between bars. */
const BAR_SHARE = 0.8;
const WHISKER_END = 3;

/** Shorter paths are read faster; a tenth of a pixel is not seen. */
const px = (value: number): string => String(Math.round(value * 10) / 10);

/**
 * The bars of every series as one path each, in the order of the lines; those of one stack stand on
 * each other.
 */
export function barPaths(
  { rows, lines }: Pick<TimeChart, "rows" | "lines">,
  { xOf, yOf, stepWidth }: Place,
): Map<string, string> {
  const width = Math.min(WIDEST_BAR, stepWidth * BAR_SHARE);
  const paths = new Map(lines.filter(({ as }) => as === "bar").map(({ key }) => [key, ""]));
  for (const row of rows) {
    const left = xOf(row.at) - width / 2;
    const stacked = new Map<string, number>();
    for (const { key, stack = key } of lines) {
      const value = row[key];
      const path = paths.get(key);
      if (path === undefined || typeof value !== "number" || value === 0) continue;
      const base = stacked.get(stack) ?? 0;
      stacked.set(stack, base + value);
      const [bottom, top] = [yOf(base), yOf(base + value)];
      paths.set(key, `${path}M${px(left)} ${px(bottom)}V${px(top)}h${px(width)}V${px(bottom)}z`);
    }
  }
  return paths;
}

/** Stretches of rows that have what is asked for. */
function unbroken<T>(
  rows: readonly Row[],
  of: (row: Row) => T | null,
): { at: number; value: T }[][] {
  const stretches: { at: number; value: T }[][] = [];
  let isOpen = false;
  for (const row of rows) {
    const value = of(row);
    if (value === null) {
      isOpen = false;
      continue;
    }
    if (!isOpen) stretches.push([]);
    stretches.at(-1)?.push({ at: row.at, value });
    isOpen = true;
  }
  return stretches;
}

const numberOf = ({ key }: Line, row: Row): number | null => {
  const value = row[key];
  return typeof value === "number" ? value : null;
};

const rangeOf = ({ range = "" }: Line, row: Row): [number, number] | null => {
  const ends = row[range];
  return Array.isArray(ends) ? ends : null;
};

const through = (points: readonly string[]): string =>
  points.length === 0 ? "" : `M${points.join("L")}`;

/** From point to point; where nothing is known there is a gap. */
export const linePath = (rows: readonly Row[], line: Line, { xOf, yOf }: Place): string =>
  unbroken(rows, (row) => numberOf(line, row))
    .map((stretch) => through(stretch.map(({ at, value }) => `${px(xOf(at))} ${px(yOf(value))}`)))
    .join("");

/** The area between the ends of a line's range. */
export const bandPath = (rows: readonly Row[], line: Line, { xOf, yOf }: Place): string =>
  unbroken(rows, (row) => rangeOf(line, row))
    .map((stretch) => {
      const end = (place: 0 | 1) =>
        stretch.map(({ at, value }) => `${px(xOf(at))} ${px(yOf(value[place]))}`);
      return `${through([...end(1), ...end(0).toReversed()])}z`;
    })
    .join("");

/** An upright stroke at every point from one end of its interval to the other. */
export const whiskersPath = (rows: readonly Row[], line: Line, { xOf, yOf }: Place): string =>
  rows
    .flatMap((row) => {
      const ends = numberOf(line, row) === null ? null : rangeOf(line, row);
      if (!ends) return [];
      const [low, high] = [px(yOf(ends[0])), px(yOf(ends[1]))];
      const x = xOf(row.at);
      const [left, right] = [px(x - WHISKER_END), px(x + WHISKER_END)];
      return [`M${left} ${low}H${right}M${left} ${high}H${right}M${px(x)} ${low}V${high}`];
    })
    .join("");

/** Of a line that has more points, only some carry its sign. */
const MOST_MARKERS = 14;

/** A point without neighbours is no line: its sign is all there is to see of it. */
const isAlone = (rows: readonly Row[], line: Line, place: number): boolean =>
  [rows[place - 1], rows[place + 1]].every((row) => !row || numberOf(line, row) === null);

/** The points of a line that carry its sign. */
export function markedPoints(rows: readonly Row[], line: Line): { at: number; value: number }[] {
  const every = Math.ceil(rows.length / MOST_MARKERS);
  return rows.flatMap((row, place) => {
    const value = numberOf(line, row);
    const isMarked = place % every === 0 || isAlone(rows, line, place);
    return value !== null && isMarked ? [{ at: row.at, value }] : [];
  });
}
