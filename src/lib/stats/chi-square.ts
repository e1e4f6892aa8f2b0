import { chiSquareUpperTail } from "./distributions.ts";
import { type Untested, untested } from "./outcome.ts";

/** How often each category occurred. */
export type CategoryCounts = ReadonlyMap<string, number>;

export type ChiSquareTest = {
  tested: true;
  statistic: number;
  degreesOfFreedom: number;
  p: number;
  /** Cramér V in [0, 1]: 0 is the same mix in both arms, 1 no category in common. */
  cramerV: number;
  /** Names of the categories that were counted as one, because too rare alone. */
  merged: string[];
};

/** Below this expected count a category is merged with others. Source: Cochran (1954). */
export const MIN_EXPECTED = 5;

type Row = { names: string[]; treatment: number; control: number };

/**
 * Pearson's chi-square test that two arms have the same mix of categories.
 *
 * Categories with an expected count below 5 in either arm are counted as one; if that one is still
 * too rare, the rarest of the others joins it. Ties go by name, so the order of the counts does not
 * matter. Cramér V is of the table that was tested.
 *
 * @returns untested when an arm is empty or fewer than two categories are left
 * @throws RangeError for a negative count
 * @see Pearson (1900), Phil. Mag. 50:157-175; Cochran (1954), Biometrics 10:417-451; Cramér (1946)
 */
export function chiSquare(
  treatment: CategoryCounts,
  control: CategoryCounts,
): ChiSquareTest | Untested {
  const rows = rowsOf(treatment, control);
  const nT = sumOf(rows, (row) => row.treatment);
  const nC = sumOf(rows, (row) => row.control);
  if (nT === 0 || nC === 0) return untested("too-few");
  const total = nT + nC;
  const smallerShare = Math.min(nT, nC) / total;
  const { kept, merged } = mergeRare(rows, MIN_EXPECTED / smallerShare);
  if (kept.length < 2) return untested("one-category");
  const statistic = sumOf(kept, (row) => {
    const all = row.treatment + row.control;
    const expectedT = (all * nT) / total;
    const expectedC = (all * nC) / total;
    return (
      (row.treatment - expectedT) ** 2 / expectedT + (row.control - expectedC) ** 2 / expectedC
    );
  });
  const degreesOfFreedom = kept.length - 1;
  return {
    tested: true,
    statistic,
    degreesOfFreedom,
    p: chiSquareUpperTail(statistic, degreesOfFreedom),
    cramerV: Math.min(1, Math.sqrt(statistic / total)),
    merged,
  };
}

function rowsOf(treatment: CategoryCounts, control: CategoryCounts): Row[] {
  const names = new Set([...treatment.keys(), ...control.keys()]);
  const rows = [...names].map((name) => ({
    names: [name],
    treatment: treatment.get(name) ?? 0,
    control: control.get(name) ?? 0,
  }));
  for (const { names, treatment, control } of rows) {
    if (!(treatment >= 0 && control >= 0)) throw new RangeError(`a negative count of ${names[0]}`);
  }
  return rows.filter((row) => sizeOf(row) > 0);
}

const sizeOf = (row: Row): number => row.treatment + row.control;
const sumOf = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

/** @param least count over both arms at which a category stands alone */
function mergeRare(rows: readonly Row[], least: number): { kept: Row[]; merged: string[] } {
  const byName = (a: Row, b: Row): number => ((a.names[0] ?? "") < (b.names[0] ?? "") ? -1 : 1);
  const ordered = [...rows].sort((a, b) => sizeOf(a) - sizeOf(b) || byName(a, b));
  const firstKept = ordered.findIndex((row) => sizeOf(row) >= least);
  const rare = firstKept === -1 ? ordered.length : firstKept;
  if (rare === 0) return { kept: ordered, merged: [] };
  let taken = rare;
  while (taken < ordered.length && sumOf(ordered.slice(0, taken), sizeOf) < least) taken++;
  const others = ordered.slice(0, taken);
  const one: Row = {
    names: others.flatMap((row) => row.names),
    treatment: sumOf(others, (row) => row.treatment),
    control: sumOf(others, (row) => row.control),
  };
  const kept = [one, ...ordered.slice(taken)];
  return { kept, merged: taken > 1 ? one.names.toSorted() : [] };
}
