/**
 * A sketch as it was read: its bins in order, in two lists. A series reads thousands, asks each for
 * a few quantiles and lets it go, and a map of 200 bins takes longer to make than all of that. The
 * map is made when somebody wants it, and then takes the lists' place, because it may be changed.
 */
export class SketchInOrder {
  n: number;
  values?: Map<number, number>;
  #map: Map<number, number> | undefined;
  readonly #order: readonly number[];
  readonly #counts: readonly number[];

  /** @param bins ascending; none is empty. @param n the sum of the counts */
  constructor(n: number, bins: readonly number[], counts: readonly number[]) {
    this.n = n;
    this.#order = bins;
    this.#counts = counts;
  }

  get bins(): Map<number, number> {
    this.#map ??= new Map(this.#order.map((bin, i) => [bin, this.#counts[i] ?? 0]));
    return this.#map;
  }

  set bins(given: Map<number, number>) {
    this.#map = given;
  }

  forEachBin(visit: (bin: number, count: number) => void): void {
    if (this.#map) {
      this.#map.forEach((count, bin) => visit(bin, count));
      return;
    }
    for (let i = 0; i < this.#order.length; i++) visit(this.#order[i] ?? 0, this.#counts[i] ?? 0);
  }
}

/** Visits all bins, without making a map of those that were read in order. */
export function forEachBin(
  sketch: { bins: ReadonlyMap<number, number> },
  visit: (bin: number, count: number) => void,
): void {
  if (sketch instanceof SketchInOrder) sketch.forEachBin(visit);
  else sketch.bins.forEach((count, bin) => visit(bin, count));
}
