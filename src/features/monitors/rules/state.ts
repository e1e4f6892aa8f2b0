import type { BudgetMark } from "../../../lib/stats/budget.ts";
import { THRESHOLD_START, type ThresholdState } from "../../../lib/stats/threshold.ts";
import type { Severity } from "../model.ts";

/**
 * What is remembered of one thing that a monitor watches, between its windows. Plain data: with the
 * rule and the next window it is all that the next state depends on.
 */
export type WatchMemory = ThresholdState & {
  /** The last window had too little history to be judged. */
  learning: boolean;
  /** When the phase began, in milliseconds since 1970. */
  since: number;
  /** Of what fires now; null while nothing does. */
  severity: Severity | null;
  /** Marks of a budget that were passed in this period, and when the period began. */
  budget: { periodMs: number; latched: BudgetMark[] } | null;
  /** What fires is that no values come. */
  isSilent?: boolean;
  /** Looks at a deployment that were made, in hours after it. */
  looks: number[];
};

export const MEMORY_START: WatchMemory = {
  ...THRESHOLD_START,
  learning: false,
  since: 0,
  severity: null,
  budget: null,
  looks: [],
};
