import type { MetricLine } from "../../features/comparisons/contract.ts";
import type { Answer } from "../api/client.ts";

export type ComparedLine = Answer<typeof MetricLine>;

/**
 * A metric on the common scale of the plot: margins are 1, and more is worse, whatever the metric's
 * own scale and direction. An end of null has no bound.
 */
export type ForestRow = {
  metric: string;
  low: number | null;
  high: number | null;
  estimate: number;
};

/** How far the plot reaches to each side at least and at most, in margins. */
const LEAST_REACH = 2;
const MOST_REACH = 12;

/** A plot in pixels, and how many margins it shows to each side; what goes on beyond has an arrow. */
export type Place = { width: number; left: number; right: number; reach: number };

/** As far as the estimates and the intervals that end somewhere, within reason. */
export function reachOf(rows: readonly ForestRow[]): number {
  const ends = rows.flatMap(({ low, high, estimate }) =>
    [low, high, estimate].filter((end) => end !== null).map(Math.abs),
  );
  const far = ends.filter((end) => end <= MOST_REACH);
  return Math.min(MOST_REACH, Math.max(LEAST_REACH, Math.ceil(Math.max(0, ...far) * 1.05)));
}

type Ends = { low: number | null; high: number | null };

/** An effect on the scale of its test, but for a factor. */
function onScale({ margin, effect, control }: ComparedLine, value: number): number {
  if (effect?.unit === "ratio") return Math.log(value);
  if (margin?.scale === "log") return Math.log1p(value);
  const rate = control.estimate.value ?? 0;
  return margin?.scale === "events" && rate > 0 ? Math.log1p(value / rate) : value;
}

/** The estimate on the scale of the test: where it lies within its interval, there too. */
function middleOf(line: ComparedLine, judged: Ends): number | null {
  const { effect } = line;
  if (!effect) return null;
  const own = onScale(line, effect.estimate);
  const [low, high] = [effect.interval.low, effect.interval.high];
  if (low === null || high === null || judged.low === null || judged.high === null) {
    return Number.isFinite(own) ? own : null;
  }
  const [from, to] = [onScale(line, low), onScale(line, high)];
  const share = to > from && Number.isFinite(from) ? (own - from) / (to - from) : 0.5;
  return judged.low + Math.min(1, Math.max(0, share)) * (judged.high - judged.low);
}

/**
 * Where a metric stands, from the numbers that its verdict was made from.
 *
 * @returns null where there is no test, or no margin to compare with
 */
export function forestRow(line: ComparedLine): ForestRow | null {
  const { metric, margin, inputs } = line;
  const { judged } = inputs;
  if (!judged || !margin || !(judged.margin > 0)) return null;
  const estimate = middleOf(line, judged);
  if (estimate === null) return null;
  const sign = margin.better === "lower" ? 1 : -1;
  const inMargins = (end: number | null): number | null =>
    end === null ? null : (sign * end) / judged.margin;
  const ends = [inMargins(judged.low), inMargins(judged.high)];
  const [low = null, high = null] = sign === 1 ? ends : ends.toReversed();
  return { metric, low, high, estimate: (sign * estimate) / judged.margin };
}

/** A value of the common scale as a place in pixels, held at the ends of the plot. */
export const placeOf = (value: number, { width, left, right, reach }: Place): number =>
  left +
  ((Math.max(-reach, Math.min(reach, value)) + reach) / (2 * reach)) * (width - left - right);

/** The bar of an interval, and whether it goes on beyond an end of the plot. */
export function barOf({ low, high }: ForestRow, place: Place) {
  return {
    from: placeOf(low ?? -Infinity, place),
    to: placeOf(high ?? Infinity, place),
    goesOnBelow: low === null || low < -place.reach,
    goesOnAbove: high === null || high > place.reach,
  };
}
