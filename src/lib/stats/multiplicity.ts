/*
 * Adjusted p-values for several tests at once, in the order given. Compare an adjusted p with the
 * level wanted for the whole family.
 */

/**
 * Holm's step-down adjustment: controls the chance of any false finding. For decision metrics; it
 * holds for anytime p-values too.
 *
 * @param ps p-values in [0, 1]
 * @throws RangeError outside it
 * @see Holm (1979), Scand. J. Stat. 6:65-70
 */
export function holm(ps: readonly number[]): number[] {
  let running = 0;
  return adjust(
    ps,
    (a, b) => a - b,
    (p, step) => {
      running = Math.max(running, p * (ps.length - step));
      return running;
    },
  );
}

/**
 * Benjamini and Hochberg's step-up adjustment: controls the share of false findings among all
 * findings. For lists that are read to explore.
 *
 * @param ps p-values in [0, 1]
 * @throws RangeError outside it
 * @see Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57:289-300
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  let running = 1;
  return adjust(
    ps,
    (a, b) => b - a,
    (p, step) => {
      running = Math.min(running, (p * ps.length) / (ps.length - step));
      return running;
    },
  );
}

function adjust(
  ps: readonly number[],
  order: (a: number, b: number) => number,
  next: (p: number, step: number) => number,
): number[] {
  if (ps.some((p) => !(p >= 0 && p <= 1))) throw new RangeError(`p-values ${ps.join(", ")}`);
  const sorted = ps.map((p, index) => ({ p, index })).sort((a, b) => order(a.p, b.p));
  const adjusted = ps.map(() => 1);
  for (const [step, { p, index }] of sorted.entries()) {
    adjusted[index] = Math.min(1, next(p, step));
  }
  return adjusted;
}
