/** Random numbers that repeat: the same seed tells the same story. */
export type Random = {
  /** Uniform in [0, 1). */
  next: () => number;
  chance: (probability: number) => boolean;
  pick: <T>(from: readonly [T, ...T[]]) => T;
  /** Index of one weight, drawn in proportion to it. */
  weighted: (weights: readonly number[]) => number;
  /** Log-normal, by its median and the standard deviation of its logarithm. */
  logNormal: (median: number, sigma: number) => number;
  hex: (digits: number) => string;
};

/** mulberry32. Source: Tommy Ettinger, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function seeded(seed: number): Random {
  const next = mulberry32(seed);
  /** Standard normal, by Box and Muller. */
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)] ?? from[0],
    weighted(weights) {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let rest = next() * total;
      const index = weights.findIndex((weight) => (rest -= weight) < 0);
      return index < 0 ? weights.length - 1 : index;
    },
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    hex: (digits) =>
      Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(""),
  };
}
