import { fnv1a } from "../hash.ts";

/** Cells in which the sums of an arm are kept apart, so that units which belong together show. */
export const CELLS = 256;

/** The cell of a unit, such as a user or a trace: always the same one, from 0 on. */
export function cellOf(unit: string): number {
  const hash = fnv1a(unit);
  // All bits have a say: the low ones alone follow the last letters too closely.
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (CELLS - 1);
}
