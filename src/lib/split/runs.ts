import { SLOTS, type SlotRange } from "./split.ts";

/** Ranges in their shortest JSON: arm and number of slots, one after another from slot 0. */
export type Run = [arm: number, slots: number];

export const runsOf = (ranges: readonly SlotRange[]): Run[] =>
  ranges.map(({ arm, from, to }) => [arm, to - from]);

/** Whose slot it is; undefined when no run holds it. */
export function armOfRuns(runs: readonly Run[], slot: number): number | undefined {
  let to = 0;
  for (const [arm, slots] of runs) {
    to += slots;
    if (slot < to) return arm;
  }
  return undefined;
}

/** The reverse. @throws RangeError unless the runs hold every slot once */
export function rangesOfRuns(runs: readonly Run[]): SlotRange[] {
  let from = 0;
  const ranges = runs.map(([arm, slots]) => ({ arm, from, to: (from += slots) }));
  if (from !== SLOTS) throw new RangeError(`runs hold ${from} slots instead of ${SLOTS}`);
  return ranges;
}
