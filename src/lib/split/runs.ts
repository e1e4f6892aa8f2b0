import { SLOTS, type SlotRange } from "./split.ts";

/** Ranges in their shortest JSON: arm and number of slots, one after another from slot 0. */
export type Run = [arm: number, slots: number];

export const runsOf = (ranges: readonly SlotRange[]): Run[] =>
  ranges.map(({ arm, from, to }) => [arm, to - from]);

/** The reverse. @throws RangeError unless the runs hold every slot once */
export function rangesOfRuns(runs: readonly Run[]): SlotRange[] {
  let from = 0;
  const ranges = runs.map(([arm, slots]) => ({ arm, from, to: (from += slots) }));
  if (from !== SLOTS) throw new RangeError(`runs hold ${from} slots instead of ${SLOTS}`);
  return ranges;
}
