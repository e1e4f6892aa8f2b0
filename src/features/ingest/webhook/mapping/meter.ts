import type { JSONValue } from "@jmespath-community/jmespath";

/** Steps of evaluation, and characters and nodes of values that are looked through whole. */
export const MAX_WORK = 5_000_000;
/** Characters and nodes of one value, shared parts counted wherever they stand. */
export const MAX_WEIGHT = 2_000_000;

/** An evaluation took more than it may. */
export class TooMuchWork extends Error {
  override readonly name = "TooMuchWork";
}

/**
 * Bounds an evaluation by counting, because a Worker's clock stands still while it computes.
 * A value's weight is what writing it out would take: `[@, @]` twenty times over is small in memory
 * and a million long when written.
 */
export class Meter {
  private work = 0;
  private readonly weights = new WeakMap<object, number>();

  spend(units: number): void {
    this.work += units;
    if (this.work > MAX_WORK) {
      throw new TooMuchWork(`the expression takes more than ${MAX_WORK} steps on this body`);
    }
  }

  /** @throws TooMuchWork beyond MAX_WEIGHT */
  weigh(value: JSONValue): number {
    const weight = this.weightOf(value);
    if (weight > MAX_WEIGHT) {
      throw new TooMuchWork(`the expression makes a value larger than ${MAX_WEIGHT} characters`);
    }
    return weight;
  }

  private weightOf(value: JSONValue): number {
    if (typeof value === "string") return 1 + value.length;
    if (typeof value !== "object" || value === null) return 1;
    const known = this.weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    for (const [key, part] of Object.entries(value)) {
      weight += (Array.isArray(value) ? 0 : key.length) + this.weightOf(part);
    }
    this.weights.set(value, weight);
    return weight;
  }
}
