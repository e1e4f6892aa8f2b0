import { centralT, centralZ } from "../../lib/stats/distributions.ts";
import { around, CONFIDENCE, type Interval } from "../../lib/stats/interval.ts";
import { wilsonInterval } from "../../lib/stats/wilson.ts";

type Sample = { n: number; mean?: number | null | undefined; sd?: number | null | undefined };

/** Student's interval of a mean, 95 %. @returns null below two values, where nobody can say */
export function meanInterval({ n, mean, sd }: Sample): Interval | null {
  if (n < 2 || typeof mean !== "number" || typeof sd !== "number") return null;
  return around(mean, (centralT(CONFIDENCE, n - 1) * sd) / Math.sqrt(n));
}

const Z = centralZ(CONFIDENCE);

/** Wilson's interval of a share, 95 %. @returns null of nothing */
export const shareInterval = (successes: number, trials: number): Interval | null =>
  trials > 0 ? wilsonInterval({ successes, trials }, Z) : null;
