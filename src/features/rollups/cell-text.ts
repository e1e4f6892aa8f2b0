import { emptySketch } from "../../lib/sketch/sketch.ts";
import { decodeSketch, encodeSketch, readSketch } from "../../lib/sketch/text.ts";
import type { Cell, Stat } from "./cell.ts";

/*
 * A bucket as text, version 1. Canonical: equal cells have equal texts. Trailing empty parts of a
 * statistic are left out, and so are minutes without a generation.
 */
const VERSION = 1;

type StatText = [
  n: number,
  sum: string,
  sumSq: string,
  min: number | null,
  max: number | null,
  bins: string,
  categories?: Record<string, number>,
  isCrowded?: 1,
];
type CellText = { v: number; n: number; e: number; p?: number[]; m: Record<string, StatText> };

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

const statText = (stat: Stat): StatText => {
  const { n, sum, sumSq, min, max, sketch, categories, isCrowded } = stat;
  const bins = sketch.bins.size === 0 ? "" : encodeSketch(sketch);
  const numbers: StatText = [n, sum.toString(), sumSq.toString(), min, max, bins];
  if (categories.size > 0) numbers.push(Object.fromEntries([...categories].sort(byName)));
  if (categories.size > 0 && isCrowded) numbers.push(1);
  return numbers;
};

export function encodeCell({ n, errors, minutes, metrics }: Cell): string {
  const text: CellText = { v: VERSION, n, e: errors, m: {} };
  if (minutes.some((count) => count !== 0)) text.p = minutes;
  for (const [metric, stat] of [...metrics].sort(byName)) text.m[metric] = statText(stat);
  return JSON.stringify(text);
}

function statFrom(
  [n, sum, sumSq, min, max, bins, categories, isCrowded]: StatText,
  decode = decodeSketch,
): Stat {
  return {
    n,
    sum: BigInt(sum),
    sumSq: BigInt(sumSq),
    min,
    max,
    sketch: bins === "" ? emptySketch() : decode(bins),
    categories: new Map(Object.entries(categories ?? {})),
    ...(isCrowded === 1 ? { isCrowded: true } : {}),
  };
}

const requireVersion = (v: number): void => {
  if (v !== VERSION) throw new RangeError(`a bucket of unknown version ${String(v)}`);
};

/** Which metrics of a cell are read; sketches cost time to decode. */
export type IsWanted = (metric: string) => boolean;
export const all: IsWanted = () => true;

/** Reads what `encodeCell` wrote, or the wanted metrics of it. @throws RangeError for another version */
export function decodeCell(data: string, isWanted = all): Cell {
  const { v, n, e, p, m } = JSON.parse(data) as CellText;
  requireVersion(v);
  return {
    n,
    errors: e,
    minutes: p ?? [0, 0, 0, 0, 0],
    metrics: new Map(
      Object.entries(m)
        .filter(([metric]) => isWanted(metric))
        .map(([metric, stat]) => [metric, statFrom(stat)]),
    ),
  };
}

/** SQL for the text of a cell with one metric alone, which `decodePart` reads. @param path SQL of its JSON path, of `pathOf` */
export const partSql = (path: string): string =>
  `json_extract(data, '$.v', '$.n', '$.e', '$.p', ${path})`;

export const pathOf = (metric: string): string => `$.m."${metric}"`;

type PartText = [v: number, n: number, e: number, p: number[] | null, stat: StatText | null];

/** Reads what `partSql` made of a cell. @throws RangeError for another version */
export function decodePart(data: string, metric: string): Cell {
  const [v, n, errors, minutes, stat] = JSON.parse(data) as PartText;
  requireVersion(v);
  return {
    n,
    errors,
    minutes: minutes ?? [0, 0, 0, 0, 0],
    metrics: new Map(stat ? [[metric, statFrom(stat, readSketch)]] : []),
  };
}
