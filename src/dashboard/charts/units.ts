import { count, duration, money, number, percent, type Shown } from "../format/number.ts";

/** What the numbers of a chart are in. `share`: a fraction, shown in percent. */
export type Unit =
  | "ms"
  | "USD"
  | "tokens"
  | "generations"
  | "generations/min"
  | "values"
  | "score"
  | "share";

const SHOWN: Record<Unit, (value: number | null | undefined) => Shown> = {
  ms: duration,
  USD: money,
  tokens: count,
  generations: count,
  "generations/min": number,
  values: count,
  score: number,
  share: percent,
};

/** A number for people, and in full. */
export const shownIn = (unit: Unit, value: number | null | undefined): Shown => SHOWN[unit](value);

/** What a unit is called beside a chart. */
export const UNIT_NAMES: Record<Unit, string> = {
  ms: "time",
  USD: "US dollars",
  tokens: "tokens",
  generations: "generations",
  "generations/min": "generations a minute",
  values: "values",
  score: "score",
  share: "share in %",
};
