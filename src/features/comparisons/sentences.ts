import type { Better, Verdict } from "../../lib/stats/verdict.ts";
import type { ComparedMetric } from "./model.ts";
import type { Effect, Tested } from "./outcome.ts";

const NAMES: Record<string, string> = {
  latencyMs: "Latency",
  timeToFirstTokenMs: "Time to first token",
  outputTokens: "Output length",
  costUsd: "Cost per generation",
  costUsdWinsorised: "Cost per generation, cut at the control's p99,",
  errors: "The error rate",
  slowShare: "The share of slow generations",
};

const nameOf = (id: string): string => NAMES[id] ?? `The score ${id.replace(/^score:/, "'")}'`;

/** Three significant digits, without an exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "no bound" : "no bound below";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value
    .toFixed(Math.min(digits, 12))
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

const asText: Record<Effect["unit"], (x: number) => string> = {
  relative: (x) => `${short(x * 100)} %`,
  points: (x) => `${short(x * 100)} percentage points`,
  ratio: (x) => `${short(x)} times`,
  unit: short,
};

const signed = (text: string): string => (/^[-0]/.test(text) ? text : `+${text}`);

function effectText({ unit, estimate, interval }: Effect): string {
  const text = asText[unit];
  const of = unit === "ratio" ? text : (x: number) => signed(text(x));
  return `${of(estimate)} (95 % interval ${of(interval.low)} to ${of(interval.high)})`;
}

/** The margin in the words of its scale. */
export function marginText({ margin }: ComparedMetric): string {
  if (!margin) return "no margin";
  if (margin.scale === "log") return `${short((margin.margin - 1) * 100)} %`;
  if (margin.scale === "relative") return `${short(margin.margin * 100)} %`;
  return margin.scale === "events" ? `${short(margin.margin)} times` : short(margin.margin);
}

const ENDINGS: Record<Verdict, (margin: string, better: Better) => string> = {
  worse: (margin, better) =>
    `entirely at or beyond the margin of ${margin}, on the ${better === "lower" ? "higher" : "lower"}, bad side`,
  better: (margin, better) =>
    `entirely at or beyond the margin of ${margin}, on the ${better}, good side`,
  equivalent: (margin) => `entirely inside the margin of ${margin}: nothing that matters changed`,
  "not enough data": (margin) =>
    `which reaches across the margin of ${margin}: the data allow both an effect that matters and one that does not`,
};

/** Why a tested metric has its verdict. */
export function whyTested(metric: ComparedMetric, { effect }: Tested, verdict: Verdict): string {
  const better = metric.margin?.better ?? "lower";
  const told = effect
    ? `${nameOf(metric.id)} of the candidate against the control: ${effectText(effect)}`
    : nameOf(metric.id);
  return `${told}, ${ENDINGS[verdict](marginText(metric), better)}.`;
}

/** Why a metric was not tested. */
export function whyNot(metric: ComparedMetric, because: string, needs: number | null): string {
  const need = needs === null ? "" : `; needs n ≥ ${needs} in each arm`;
  return `${nameOf(metric.id)} was not tested: ${because}${need}.`;
}

export const whyNoMargin = (metric: ComparedMetric, { effect }: Tested): string =>
  `${nameOf(metric.id)} differs by ${effect ? effectText(effect) : "an unknown amount"}; nobody said how much of it matters, so there is no verdict: say margins=${metric.id}:<number>.`;
