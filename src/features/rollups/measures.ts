import { distributionOf } from "../../lib/sketch/plain.ts";
import type { Sketch } from "../../lib/sketch/sketch.ts";
import type { Metric } from "./cell.ts";
import { SCORE_UNIT } from "./score-unit.ts";

/** How a metric's whole numbers become the API's: so many to a unit, so many digits after the point. */
export type Scale = { perUnit: number; digits: number };

const MS: Scale = { perUnit: 1e3, digits: 6 };
const TOKENS: Scale = { perUnit: 1, digits: 6 };
const USD: Scale = { perUnit: 1e9, digits: 12 };
export const SCORE_SCALE: Scale = { perUnit: SCORE_UNIT, digits: 9 };

/** What is measured of a generation, by the names of the API. */
export const MEASURES = {
  latencyMs: { metric: "latency", scale: MS },
  timeToFirstTokenMs: { metric: "ttft", scale: MS },
  inputTokens: { metric: "tin", scale: TOKENS },
  outputTokens: { metric: "tout", scale: TOKENS },
  totalTokens: { metric: "ttot", scale: TOKENS },
  costUsd: { metric: "cost", scale: USD },
  inputCostUsd: { metric: "costIn", scale: USD },
  outputCostUsd: { metric: "costOut", scale: USD },
  cachedCostUsd: { metric: "costCached", scale: USD },
} as const satisfies Record<string, { metric: Metric; scale: Scale }>;
export type Measure = keyof typeof MEASURES;

export const isMeasure = (name: string): name is Measure => Object.hasOwn(MEASURES, name);

/** A number of the API; digits beyond are noise of the division. */
export const inUnit = (amount: number, { perUnit, digits }: Scale): number =>
  Number((amount / perUnit).toFixed(digits));

/** As `inUnit`, where null stays unknown. */
export const knownInUnit = (amount: number | null | undefined, scale: Scale): number | null =>
  amount === null || amount === undefined ? null : inUnit(amount, scale);

/** How often a value of a score was given. */
export type Occurrence = { value: number; count: number };

/** Ascending. @returns null for no values, more than 50 different ones, or some that are not plain */
export function occurrencesOf(scores: Sketch): Occurrence[] | null {
  if (scores.n === 0) return null;
  const told = distributionOf(scores);
  return told && told.map(([x, count]) => ({ value: inUnit(x, SCORE_SCALE), count }));
}
