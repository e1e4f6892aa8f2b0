import type { Interval } from "./interval.ts";

/**
 * Where a growing function crosses zero, by bisection to the last bits.
 *
 * @param f growing and finite over `within`
 * @param within f(low) <= 0 <= f(high)
 * @throws RangeError when zero is not inside
 */
export function bisect(f: (x: number) => number, within: Interval): number {
  let { low, high } = within;
  if (!(f(low) <= 0 && f(high) >= 0)) {
    throw new RangeError(`no crossing between ${low} and ${high}`);
  }
  // The middle meets an end when no number is left between them.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
