import type { Effect } from "../contract.ts";

const NAMES: Record<string, string> = {
  latencyMs: "Latency",
  timeToFirstTokenMs: "Time to first token",
  outputTokens: "Output length",
  costUsd: "Cost per generation",
  costUsdWinsorised: "Cost per generation, cut at p99",
  errors: "Error rate",
  slowShare: "Share of slow generations",
};

/** A metric in words; a score by its name. */
export const nameOfMetric = (id: string): string =>
  NAMES[id] ?? (id.startsWith("score:") ? `Score ${id.slice("score:".length)}` : id);

/** Three significant digits, without an exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "no bound" : "no bound below";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(digits, 12));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

const UNITS: Record<Effect["unit"], (x: number) => string> = {
  relative: (x) => `${short(x * 100)} %`,
  points: (x) => `${short(x * 100)} points`,
  ratio: (x) => `${short(x)} ×`,
  unit: short,
};

const signed = (text: string): string =>
  /^[-0n]/.test(text) ? text.replace("-", "−") : `+${text}`;

/** A value of an effect, with its sign. @param value null: no bound */
export const valueText = (unit: Effect["unit"], value: number | null): string =>
  value === null ? "no bound" : unit === "ratio" ? UNITS.ratio(value) : signed(UNITS[unit](value));

/** `+12 % (+5 % to +19 %)`, the interval at 95 %. */
export const effectText = ({ unit, estimate, interval: { low, high } }: Effect): string =>
  `${valueText(unit, estimate)} (95 % interval ${valueText(unit, low)} to ${valueText(unit, high)})`;

export const marginText = (unit: Effect["unit"], margin: number): string => UNITS[unit](margin);
