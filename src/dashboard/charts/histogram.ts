import type { Bin, Distributions } from "../../features/rollups/distribution/contract.ts";
import { type Look, lookOf } from "./look.ts";

export type Bar = { low: number; high: number; count: number; share: number };
/** The values of one version, as bars side by side; shares, so that busy and quiet versions compare. */
export type Histogram = { name: string; look: Look; n: number; bars: Bar[] };
/** The values of one version, as counts of categories. */
export type Categories = { name: string; look: Look; n: number; counts: [string, number][] };

const nameOf = (version: number, dataType: string | null, isMixed: boolean): string =>
  isMixed && dataType !== null ? `v${version} ${dataType.toLowerCase()}` : `v${version}`;

const isMixed = ({ data }: Distributions): boolean =>
  new Set(data.map(({ dataType }) => dataType)).size > 1;

const barsOf = (bins: readonly Bin[], n: number): Bar[] =>
  bins.map((bin) => ({ ...bin, share: n === 0 ? 0 : bin.count / n }));

/** Versions with numbers, those without values left out. */
export const histogramsOf = (distributions: Distributions): Histogram[] =>
  distributions.data.flatMap(({ version, dataType, n, bins }) =>
    bins === null || n === 0
      ? []
      : [
          {
            name: nameOf(version, dataType, isMixed(distributions)),
            look: lookOf(version),
            n,
            bars: barsOf(bins, n),
          },
        ],
  );

/** Versions with categories; the commonest of all versions first, in the same order everywhere. */
export function categoriesOf(distributions: Distributions): Categories[] {
  const totals = new Map<string, number>();
  for (const { categories } of distributions.data) {
    for (const [name, count] of Object.entries(categories ?? {})) {
      totals.set(name, (totals.get(name) ?? 0) + count);
    }
  }
  const names = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([n]) => n);
  return distributions.data.flatMap(({ version, dataType, n, categories }) =>
    categories === null || n === 0
      ? []
      : [
          {
            name: nameOf(version, dataType, isMixed(distributions)),
            look: lookOf(version),
            n,
            counts: names.map((name): [string, number] => [name, categories[name] ?? 0]),
          },
        ],
  );
}

export type Scale = (value: number) => number;

/** Places between 0 and 1 for values from the first bar to the last. */
export function scaleOf(histograms: readonly Histogram[], kind: "log" | "linear"): Scale {
  const ends = histograms.flatMap(({ bars }) => bars.flatMap(({ low, high }) => [low, high]));
  const positive = ends.filter((end) => end > 0);
  const isLog = kind === "log" && positive.length > 0;
  const [least, greatest] = [Math.min(...(isLog ? positive : ends)), Math.max(...ends)];
  const place = isLog
    ? // Zeros have no logarithm: they stand at the very left.
      (value: number) => (value > 0 ? Math.log(value / least) / Math.log(greatest / least) : 0)
    : (value: number) => (value - least) / (greatest - least);
  return (value) => {
    const at = place(value);
    return Number.isFinite(at) ? at : 0.5;
  };
}

const LOG_STEPS = [1, 2, 5];

/** Round values for the axis, from the least to the greatest that is drawn. */
export function valueTicks(
  histograms: readonly Histogram[],
  kind: "log" | "linear",
  linear: (least: number, greatest: number) => number[],
): number[] {
  const ends = histograms.flatMap(({ bars }) => bars.flatMap(({ low, high }) => [low, high]));
  const [least, greatest] = [Math.min(...ends), Math.max(...ends)];
  const positive = Math.min(...ends.filter((end) => end > 0));
  if (kind === "linear" || !Number.isFinite(positive)) {
    return linear(least, greatest).filter((tick) => tick >= least && tick <= greatest);
  }
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(positive)); 10 ** power <= greatest; power++) {
    for (const step of LOG_STEPS) {
      const tick = step * 10 ** power;
      if (tick >= positive && tick <= greatest) ticks.push(Number(tick.toPrecision(3)));
    }
  }
  return ticks.length > MOST_TICKS
    ? ticks.filter((tick) => tick.toExponential().startsWith("1"))
    : ticks;
}
const MOST_TICKS = 7;
