/** Closed interval, in the unit of the quantity it bounds. An end may be infinite: no bound. */
export type Interval = { low: number; high: number };

/** Confidence of every interval that is shown, unless said otherwise. */
export const CONFIDENCE = 0.95;

/** `centre ± half`. @param half >= 0, may be infinite @throws RangeError otherwise */
export function around(centre: number, half: number): Interval {
  if (!(half >= 0) || !Number.isFinite(centre)) throw new RangeError(`${centre} ± ${half}`);
  return { low: centre - half, high: centre + half };
}

/** The interval of `change(x)` for x in `interval`. @param change growing */
export const mapInterval = (interval: Interval, change: (x: number) => number): Interval => ({
  low: change(interval.low),
  high: change(interval.high),
});

/** The interval of `-x`. */
export const negated = ({ low, high }: Interval): Interval => ({ low: -high, high: -low });
