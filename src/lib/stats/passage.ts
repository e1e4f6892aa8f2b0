/*
 * How much information the one-sided mixture test needs, when its scale is the margin and a true
 * effect of so many margins is there: first passage of Brownian motion with drift over the
 * boundary. Information is 1/V; the tables are in units of 1/margin², so they hold for any metric.
 *
 * The numbers come from integrating the density of the surviving paths forward on a grid (NumPy
 * 2.4.6, SciPy 1.17.1; steps of 2 %, boundary corrected for continuous looking after Siegmund,
 * Sequential Analysis, 1985, section 10.2); paths simulated another way agree within 2 %.
 */

/** Half of all runs are decided by then, or nine in ten. */
export type Chance = "median" | "p90";

const EFFECTS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 6];

const TABLES: readonly { alpha: number; median: readonly number[]; p90: readonly number[] }[] = [
  {
    alpha: 0.05,
    median: [5.648, 3.81, 2.813, 1.8, 1.304, 1.015, 0.6986, 0.4267],
    p90: [13.81, 8.793, 6.151, 3.59, 2.421, 1.782, 1.13, 0.6269],
  },
  {
    alpha: 0.05 / 6,
    median: [9.534, 6.277, 4.534, 2.8, 1.976, 1.51, 1.013, 0.6017],
    p90: [19.53, 12.45, 8.697, 5.042, 3.372, 2.464, 1.544, 0.8439],
  },
  {
    alpha: 0.001,
    median: [14.06, 9.152, 6.529, 3.939, 2.728, 2.054, 1.348, 0.782],
    p90: [25.72, 16.42, 11.45, 6.606, 4.391, 3.188, 1.976, 1.064],
  },
];

/**
 * Information, times margin², until the test decides.
 *
 * @param effectInMargins distance of the truth from the null, in margins, >= 1: for harm the true
 *   degradation, for safety the margin minus it (1 when there is no difference). Beyond 6 the
 *   answer for 6, which is then too much
 * @param alpha level in [0.0001, 0.1]
 * @throws RangeError outside the domain
 */
export function informationToDecide(
  effectInMargins: number,
  alpha: number,
  chance: Chance,
): number {
  if (!(effectInMargins >= 1 && alpha >= 1e-4 && alpha <= 0.1)) {
    throw new RangeError(`an effect of ${effectInMargins} margins at level ${alpha}`);
  }
  const knots = TABLES.map((table) => ({
    x: -Math.log(table.alpha),
    y: lnAtEffect(table[chance], Math.min(effectInMargins, 6)),
  }));
  // Nearly straight in ln(1/alpha), so the information and not its logarithm is interpolated.
  return interpolate(
    knots.map(({ x, y }) => ({ x, y: Math.exp(y) })),
    -Math.log(alpha),
  );
}

const lnAtEffect = (row: readonly number[], effect: number): number =>
  interpolate(
    EFFECTS.map((at, i) => ({ x: Math.log(at), y: Math.log(row[i] ?? 1) })),
    Math.log(effect),
  );

type Knot = { x: number; y: number };

/** Straight lines between knots, the outer ones prolonged. @param knots at least two, x growing */
function interpolate(knots: readonly Knot[], x: number): number {
  const after = knots.findIndex((knot) => knot.x >= x);
  const right = Math.max(1, after === -1 ? knots.length - 1 : after);
  const a = knots[right - 1];
  const b = knots[right];
  if (!a || !b) throw new RangeError("two knots at least");
  return a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y);
}
