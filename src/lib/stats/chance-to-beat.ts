import { normalCdf } from "./distributions.ts";
import type { Estimate } from "./half-normal-mixture.ts";

/**
 * "Chance to beat control": the posterior chance that the treatment is better, with a flat prior.
 *
 * For display only. It peeks as badly as a p-value, so nothing may be decided on it.
 *
 * @param estimate degradation, positive is worse; variance > 0
 * @returns a fraction in [0, 1]
 * @throws RangeError for a variance not above 0
 */
export function chanceToBeat({ degradation, variance }: Estimate): number {
  if (!(variance > 0)) throw new RangeError(`a variance of ${variance}`);
  return normalCdf(-degradation / Math.sqrt(variance));
}
