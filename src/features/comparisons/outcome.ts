import type { Interval } from "../../lib/stats/interval.ts";
import type { Untested } from "../../lib/stats/outcome.ts";

/**
 * What an effect is in. `relative`: 0.1 is ten percent more. `points`: of shares, 0.03 is three
 * percentage points. `ratio`: of rates. `unit`: of the metric.
 */
export type EffectUnit = "relative" | "points" | "ratio" | "unit";

/** Candidate against control; positive (or above 1) is more. */
export type Effect = { unit: EffectUnit; estimate: number; interval: Interval };

/** How large a difference is, whatever its unit. */
export type EffectSize = { name: "Hedges g" | "Cohen h" | "Cramér V"; value: number };

/** A test that was made. */
export type Tested = {
  tested: true;
  test: string;
  effect: Effect | null;
  /** Two-sided. */
  p: number;
  /** Effect and margin on the scale on which they are compared; null: the metric has no margin. */
  judged: { interval: Interval; margin: number } | null;
  size: EffectSize | null;
};

/** Why there is none, in words; `needs` is the number of values per arm that it takes. */
export type NotTested = { tested: false; because: string; needs: number | null };

export type Outcome = Tested | NotTested;

export const notTested = (because: string, needs: number | null = null): NotTested => ({
  tested: false,
  because,
  needs,
});

const REASONS: Record<Untested["because"], string> = {
  "too-few": "too few values in an arm",
  "no-variance": "all values are alike, so there is nothing to test",
  "one-category": "fewer than two categories are common enough to test",
  baseline: "the control's mean is not above zero, so nothing can be relative to it",
};

/** @param needs values per arm, told when they are too few */
export const fromUntested = ({ because }: Untested, needs: number): NotTested =>
  notTested(REASONS[because], because === "too-few" ? needs : null);
