/** Reproducible random numbers for tests: the same seed, the same run, on every machine. */
export type Uniform = () => number;

/** ANSI C's linear congruential generator, in (0, 1): simple enough to repeat in Python. */
export function congruential(seed: number): Uniform {
  let state = seed;
  return () => {
    state = (Math.imul(1_103_515_245, state) + 12_345) & 0x7fffffff;
    return (state + 0.5) / 2 ** 31;
  };
}

/** sfc32 (Doty-Humphrey, PractRand), in (0, 1): good and fast, for simulations. */
export function uniforms(seed: number): Uniform {
  let a = seed | 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return ((t >>> 0) + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** Standard normals by the polar method (Marsaglia, Bray 1964). */
export function normals(uniform: Uniform): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = y * factor;
      return x * factor;
    }
  };
}

/** A Poisson count by inversion; for means up to a few hundred. */
export function poisson(mean: number, uniform: Uniform): number {
  const u = uniform();
  let probability = Math.exp(-mean);
  let below = probability;
  let k = 0;
  while (below < u && k < 10 * mean + 100) {
    k++;
    probability *= mean / k;
    below += probability;
  }
  return k;
}
