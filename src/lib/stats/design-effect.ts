/*
 * Generations that share a user, or a process that cached a prompt, are not independent. A cohort
 * keeps its sums in cells, a unit always in the same cell; how much the cells differ, beside how
 * much they would if all were independent, is the design effect: the factor on a variance, the
 * divisor of counts.
 */

/**
 * What fell into each cell: how many values, and their sum (of 1 for a bad event). Columns, because
 * every check of every rollout reads thousands of them.
 */
export type UnitCells = { n: ArrayLike<number>; sum: ArrayLike<number> };

export type DesignEffect =
  | { known: true; effect: number; cells: number }
  /** Too few filled cells: until then only the emergency rule may act. */
  | { known: false; cells: number; need: number };

/** Filled cells needed before the robust variance can be trusted. */
export const MIN_CELLS = 20;

/** All cells together. @throws RangeError for a negative count */
function inAll({ n, sum }: UnitCells): { filled: number; n: number; sum: number } {
  const all = { filled: 0, n: 0, sum: 0 };
  for (let i = 0; i < n.length; i++) {
    const count = n[i] ?? 0;
    if (!(count >= 0)) throw new RangeError("a cell with a negative count");
    if (count === 0) continue;
    all.filled++;
    all.n += count;
    all.sum += sum[i] ?? 0;
  }
  return all;
}

/** How many cells hold anything. @throws RangeError for a negative count */
export const filledCells = (n: ArrayLike<number>): number => inAll({ n, sum: n }).filled;

/**
 * Variance of a cohort's mean, robust to any dependence inside cells: G/(G-1)·Σe²/(ΣN)² with
 * e = sum - mean·n per filled cell, G filled cells.
 *
 * @param cells n >= 0; at least two filled
 * @throws RangeError otherwise
 * @see Cochran (1977), Sampling Techniques, section 6.3 (ratio estimator); Liang, Zeger (1986),
 *   Biometrika 73:13-22
 */
export function clusterVariance(cells: UnitCells): number {
  const { filled, n, sum } = inAll(cells);
  if (filled < 2) throw new RangeError(`${filled} filled cells`);
  const mean = sum / n;
  let scatter = 0;
  for (let i = 0; i < cells.n.length; i++) {
    const count = cells.n[i] ?? 0;
    if (count > 0) scatter += ((cells.sum[i] ?? 0) - mean * count) ** 2;
  }
  return ((filled / (filled - 1)) * scatter) / n ** 2;
}

/**
 * Design effect of a cohort's mean: the robust variance over the one that supposes independence,
 * at least 1.
 *
 * @param cells of one stage and arm
 * @param independent variance of the mean if all values were independent (s²/n, or p(1-p)/n), >= 0,
 *   in the square of the unit of the cells' sums
 * @throws RangeError for a negative cell or variance
 * @see Kish (1965), Survey Sampling, section 8.2
 */
export function designEffect(cells: UnitCells, independent: number): DesignEffect {
  if (!(independent >= 0)) throw new RangeError(`a variance of ${independent}`);
  const filled = filledCells(cells.n);
  if (filled < MIN_CELLS) return { known: false, cells: filled, need: MIN_CELLS };
  const effect = independent > 0 ? Math.max(1, clusterVariance(cells) / independent) : 1;
  return { known: true, effect, cells: filled };
}

/** Design effect of a share: `sum` counts those of `n` that were bad events. */
export function shareDesignEffect(cells: UnitCells): DesignEffect {
  const { n, sum } = inAll(cells);
  const share = n > 0 ? sum / n : 0;
  return designEffect(cells, n > 0 ? (share * (1 - share)) / n : 0);
}

/**
 * Design effect of the split itself, for the counts of the SRM test.
 *
 * Each arm needs its 20 filled cells: a caching process that happened not to draw the treatment in
 * its first minutes has cells that agree perfectly, and would look like a certain mismatch.
 *
 * @param treatment, control counts per cell of one stage, the same unit at the same index
 * @throws RangeError for a negative cell or arms with different numbers of cells
 */
export function splitDesignEffect(
  treatment: ArrayLike<number>,
  control: ArrayLike<number>,
): DesignEffect {
  if (treatment.length !== control.length) {
    throw new RangeError(`${treatment.length} cells against ${control.length}`);
  }
  const least = Math.min(filledCells(treatment), filledCells(control));
  if (least < MIN_CELLS) return { known: false, cells: least, need: MIN_CELLS };
  const n = Float64Array.from(treatment);
  for (let i = 0; i < n.length; i++) n[i] = (n[i] ?? 0) + (control[i] ?? 0);
  return shareDesignEffect({ n, sum: treatment });
}

/** Counts of both arms are divided by one number, or the ratio would move: the greater effect. */
export function commonEffect(effects: readonly DesignEffect[]): DesignEffect {
  const least = Math.min(...effects.map(({ cells }) => cells));
  if (effects.length === 0) throw new RangeError("no cohort");
  let effect = 1;
  for (const one of effects) {
    if (!one.known) return { known: false, cells: least, need: MIN_CELLS };
    effect = Math.max(effect, one.effect);
  }
  return { known: true, effect, cells: least };
}

/** Values and errors of one arm over all cells, with the minutes in which errors happened. */
export type ErrorCount = { generations: number; errors: number; errorMinutes: number };

/**
 * The emergency rule, which acts before a design effect is known: at least half of at least 20
 * candidate generations failed, in at least 5 different minutes, and the control is under 10 %.
 *
 * @throws RangeError for impossible counts
 */
export function isEmergency(candidate: ErrorCount, control: ErrorCount): boolean {
  for (const { generations, errors } of [candidate, control]) {
    if (!(errors >= 0 && errors <= generations)) {
      throw new RangeError(`impossible counts: ${errors} of ${generations}`);
    }
  }
  return (
    candidate.generations >= 20 &&
    candidate.errorMinutes >= 5 &&
    candidate.errors >= candidate.generations / 2 &&
    control.errors < control.generations * 0.1
  );
}
