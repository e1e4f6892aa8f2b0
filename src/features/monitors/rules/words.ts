import type { Interval } from "../../../lib/stats/interval.ts";
import { type Metric, metricOf, type Statistic } from "../model.ts";

const DIGITS = 4;

/** Four significant digits, without an exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "no bound" : "no bound below";
  if (value === 0) return "0";
  const decimals = DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)));
  return value
    .toFixed(Math.max(0, Math.min(decimals, 12)))
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

export const percent = (share: number): string => `${short(share * 100)} %`;

/** What the numbers of a metric are in. */
export function unitOf(metric: Metric, statistic: Statistic): string {
  if (statistic === "share" || (metric.of === "errors" && statistic === "rate")) return "share";
  if (statistic === "rate") return "generations a minute";
  if (statistic === "count") return metric.of === "score" ? "scores" : "generations";
  if (metric.of !== "measure") return "score";
  if (metric.measure.endsWith("Ms")) return "ms";
  return metric.measure.endsWith("Usd") ? "USD" : "tokens";
}

/** A number with its unit. */
export function withUnit(value: number, unit: string): string {
  if (unit === "share") return percent(value);
  return unit === "score" ? short(value) : `${short(value)} ${unit}`;
}

export function intervalText(interval: Interval | null, unit: string): string {
  if (!interval || interval.low === interval.high) return "";
  return `, 95 % interval ${withUnit(interval.low, unit)} to ${withUnit(interval.high, unit)}`;
}

/** A prompt and what of it is meant. */
export function nameOf(prompt: string | null, version: number | null): string {
  if (prompt === null) return "the project";
  return version === null ? prompt : `${prompt} v${version}`;
}

/** `latencyMs p95`, `the share "False" of score:helpful`. */
export function statisticText(metric: string, statistic: Statistic, category?: string): string {
  if (statistic === "share") return `the share "${category ?? ""}" of ${metric}`;
  if (statistic === "count")
    return metricOf(metric)?.of === "count" ? "the count" : `the count of ${metric}`;
  return `${metric} ${statistic}`;
}

/** Bounds as JSON can say them. */
export const boundsOf = (interval: Interval | null) =>
  interval && {
    low: Number.isFinite(interval.low) ? interval.low : null,
    high: Number.isFinite(interval.high) ? interval.high : null,
  };
