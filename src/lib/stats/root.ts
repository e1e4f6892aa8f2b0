import type { Interval } from "./interval.ts";

/** Width of the answer, as a share of the larger end. */
const PRECISION = 1e-15;

/** Steps it may take longer than bisection; usually it takes a quarter of them. */
const SLACK = 8;

/**
 * Where a growing function crosses zero, by the ITP method: secant steps, kept near enough to
 * the middle that it never takes much longer than bisection.
 *
 * @param f growing and finite over `within`
 * @param within f(low) <= 0 <= f(high)
 * @throws RangeError when zero is not inside
 * @see Oliveira, Takahashi (2020), ACM Trans. Math. Softw. 47:5
 */
export function crossing(f: (x: number) => number, within: Interval): number {
  let { low, high } = within;
  let below = f(low);
  let above = f(high);
  if (!(below <= 0 && above >= 0)) {
    throw new RangeError(`no crossing between ${low} and ${high}`);
  }
  const precision = PRECISION * Math.max(Math.abs(low), Math.abs(high));
  const width = high - low;
  let allowed = precision * 2 ** (Math.ceil(Math.log2(width / (2 * precision))) + SLACK);
  while (high - low > 2 * precision && below < 0) {
    const middle = (low + high) / 2;
    const secant = (above * low - below * high) / (above - below);
    const side = Math.sign(middle - secant);
    // Past the secant by a little: so the root is soon enclosed from both sides.
    const nudge = Math.max(precision, (0.2 / width) * (high - low) ** 2);
    const nudged = nudge <= Math.abs(middle - secant) ? secant + side * nudge : middle;
    const reach = Math.max(0, allowed - (high - low) / 2);
    const x = Math.abs(nudged - middle) <= reach ? nudged : middle - side * reach;
    const y = f(x);
    if (y < 0) [low, below] = [x, y];
    else [high, above] = [x, y];
    allowed /= 2;
  }
  return below < 0 ? high : low;
}
