/*
 * Generations that share a user, or a process that cached a prompt, are not independent. A cohort
 * keeps its sums in cells, a unit always in the same cell; how much the cells differ, beside how
 * much they would if all were independent, is the design effect: the factor on a variance, the
 * divisor of counts.
 */

/** What fell into one cell: how many, and the sum of their values (of 1 for a bad event). */
export type UnitCell = { n: number; sum: number };

export type DesignEffect =
  | { known: true; effect: number; cells: number }
  /** Too few filled cells: until then only the emergency rule may act. */
  | { known: false; cells: number; need: number };

/** Filled cells needed before the robust variance can be trusted. */
export const MIN_CELLS = 20;

/**
 * Variance of a cohort's mean, robust to any dependence inside cells: G/(G-1)·Σe²/(ΣN)² with
 * e = sum - mean·n per filled cell, G filled cells.
 *
 * @param cells n >= 0; at least two filled
 * @throws RangeError otherwise
 * @see Cochran (1977), Sampling Techniques, section 6.3 (ratio estimator); Liang, Zeger (1986),
 *   Biometrika 73:13-22
 */
export function clusterVariance(cells: readonly UnitCell[]): number {
  const filled = filledOf(cells);
  if (filled.length < 2) throw new RangeError(`${filled.length} filled cells`);
  const n = filled.reduce((total, cell) => total + cell.n, 0);
  const mean = filled.reduce((total, cell) => total + cell.sum, 0) / n;
  const scatter = filled.reduce((total, cell) => total + (cell.sum - mean * cell.n) ** 2, 0);
  return ((filled.length / (filled.length - 1)) * scatter) / n ** 2;
}

/**
 * Design effect of a cohort's mean: the robust variance over the one that supposes independence,
 * at least 1.
 *
 * @param cells of one stage and arm
 * @param independent variance of the mean if all values were independent (s²/n, or p(1-p)/n), >= 0
 * @throws RangeError for a negative cell or variance
 * @see Kish (1965), Survey Sampling, section 8.2
 */
export function designEffect(cells: readonly UnitCell[], independent: number): DesignEffect {
  if (!(independent >= 0)) throw new RangeError(`a variance of ${independent}`);
  const filled = filledOf(cells).length;
  if (filled < MIN_CELLS) return { known: false, cells: filled, need: MIN_CELLS };
  const effect = independent > 0 ? Math.max(1, clusterVariance(cells) / independent) : 1;
  return { known: true, effect, cells: filled };
}

/** Design effect of a share: `sum` counts those of `n` that were bad events. */
export function shareDesignEffect(cells: readonly UnitCell[]): DesignEffect {
  const n = cells.reduce((total, cell) => total + cell.n, 0);
  const share = n > 0 ? cells.reduce((total, cell) => total + cell.sum, 0) / n : 0;
  return designEffect(cells, n > 0 ? (share * (1 - share)) / n : 0);
}

/**
 * Design effect of the split itself, for the counts of the SRM test.
 *
 * Each arm needs its 20 filled cells: a caching process that happened not to draw the treatment in
 * its first minutes has cells that agree perfectly, and would look like a certain mismatch.
 *
 * @param treatment, control cells of one stage, the same unit at the same index; only `n` is read
 * @throws RangeError for a negative cell or arms with different numbers of cells
 */
export function splitDesignEffect(
  treatment: readonly UnitCell[],
  control: readonly UnitCell[],
): DesignEffect {
  if (treatment.length !== control.length) {
    throw new RangeError(`${treatment.length} cells against ${control.length}`);
  }
  const least = Math.min(filledOf(treatment).length, filledOf(control).length);
  if (least < MIN_CELLS) return { known: false, cells: least, need: MIN_CELLS };
  return shareDesignEffect(
    treatment.map((cell, i) => ({ n: cell.n + (control[i]?.n ?? 0), sum: cell.n })),
  );
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

function filledOf(cells: readonly UnitCell[]): UnitCell[] {
  if (cells.some(({ n }) => !(n >= 0))) throw new RangeError("a cell with a negative count");
  return cells.filter(({ n }) => n > 0);
}
