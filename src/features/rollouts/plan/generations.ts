import { logMoments, upperEdge } from "../../../lib/stats/bins.ts";
import { isRareEvent } from "../../../lib/stats/count-mixture.ts";
import {
  DEFAULT_MARGINS,
  type Margin,
  marginOnScale,
  rateMargin,
} from "../../../lib/stats/margins.ts";
import { tailOfSketch, thresholdBin, winsorisedMoments } from "../../../lib/stats/winsorised.ts";
import { type LogMeasure, MEASURES } from "../../rollups/model.ts";
import type { GENERATION_GUARDRAILS } from "../model.ts";
import type { Guardrail } from "../terms.ts";
import type { Facts } from "./facts.ts";

/** What somebody said of a guardrail, or nothing. */
export type Wish = { margin?: number | undefined; required?: boolean | undefined };

/** A guardrail, or why it cannot be had. */
export type Built = { guardrail: Guardrail } | { because: string };

export const MIN_BASELINE = "the control had fewer than 500 generations in the last 28 days";
const NANO_PER_USD = 1e9;

const asked = (usual: Margin, { margin }: Wish): Margin => ({
  ...usual,
  margin: margin ?? usual.margin,
});

/** What never varied before can hardly ever be proven safe: promotion does not wait for it. */
export function unlessConstant(guardrail: Guardrail, wish: Wish, isConstant: boolean): Built {
  if (!isConstant || wish.required !== undefined) return { guardrail };
  const note = `all of the control's ${guardrail.baseline?.n ?? 0} were alike, so there is nothing to prove safety with; harm still rolls back`;
  return { guardrail: { ...guardrail, required: false, note } };
}

const PLAIN = { isGoodShare: false, perUnit: 1, threshold: null, bad: null, note: null } as const;

function logGuardrail(
  metric: "latencyMs" | "timeToFirstTokenMs" | "outputTokens",
  { of, usual, unit }: { of: LogMeasure; usual: Margin; unit: string },
  { baseline }: Facts,
  wish: Wish,
): Built {
  const { perUnit } = MEASURES[metric].scale;
  const margin = asked(usual, wish);
  const { logs } = logMoments(baseline?.metrics.get(of)?.sketch ?? { n: 0, bins: new Map() });
  const guardrail: Guardrail = {
    ...PLAIN,
    metric,
    kind: "mean",
    series: { name: metric, kind: "log", of },
    margin,
    bound: marginOnScale(margin, 1),
    values: "continuous",
    unit,
    perUnit,
    required: wish.required ?? true,
    baseline: logs.n > 0 ? { n: logs.n, value: Math.exp(logs.mean) / perUnit } : null,
  };
  return unlessConstant(guardrail, wish, logs.n > 0 && logs.m2 === 0);
}

function slowShare({ baseline }: Facts, wish: Wish): Built {
  const latency = baseline?.metrics.get("latency")?.sketch;
  if (!latency || latency.n === 0)
    return { because: `${MIN_BASELINE}, so nothing says what slow is` };
  const aboveBin = thresholdBin(latency, 0.95);
  const { successes, trials } = tailOfSketch(latency, aboveBin);
  const margin = asked(DEFAULT_MARGINS.slowShare, wish);
  const guardrail: Guardrail = {
    ...PLAIN,
    metric: "slowShare",
    kind: "events",
    series: { name: "slowShare", kind: "slow", aboveBin },
    margin,
    bound: margin.margin,
    values: "bounded",
    unit: "share of generations",
    required: wish.required ?? true,
    threshold: upperEdge(aboveBin) / MEASURES.latencyMs.scale.perUnit,
    baseline: { n: trials, value: successes / trials },
  };
  return unlessConstant(guardrail, wish, successes === 0);
}

function cost({ baseline }: Facts, wish: Wish): Built {
  if (!baseline) return { because: `${MIN_BASELINE}, so nothing says what it usually costs` };
  const sketch = baseline.metrics.get("cost")?.sketch;
  if (!sketch || sketch.n === 0) return { because: "the cost of the control's calls is not known" };
  const cap = thresholdBin(sketch, 0.99);
  const moments = winsorisedMoments(sketch, cap);
  const mean = moments.mean / NANO_PER_USD;
  if (!(mean > 0)) return { because: "the control's calls cost nothing" };
  const margin = asked(DEFAULT_MARGINS.cost, wish);
  const capNanoUsd = upperEdge(cap);
  const guardrail: Guardrail = {
    ...PLAIN,
    metric: "costUsd",
    kind: "mean",
    series: { name: "costUsd", kind: "cost", capNanoUsd },
    margin,
    bound: marginOnScale(margin, mean),
    values: "continuous",
    unit: "USD",
    required: wish.required ?? true,
    threshold: capNanoUsd / NANO_PER_USD,
    baseline: { n: sketch.n, value: mean },
  };
  return unlessConstant(guardrail, wish, moments.m2 === 0);
}

type Common = Pick<Guardrail, "kind" | "bound" | "note" | "required">;

/** How a share of bad events is tested, given how often the control has them. */
export function eventTest(
  ratio: number,
  base: { n: number; value: number } | null,
  { required }: Wish,
): Common {
  if (base?.value === 0 && required === undefined) {
    const note = `the control had none in ${base.n}, so there is nothing to prove safety with; harm still rolls back`;
    return { kind: "events", bound: ratio, required: false, note };
  }
  const rest = { required: required ?? true };
  if (!base || isRareEvent(base.value) || base.value >= 1) {
    return { kind: "events", bound: ratio, note: null, ...rest };
  }
  const note = "more than a fifth of the control's are bad, so shares are compared as means";
  return { kind: "mean", bound: rateMargin(ratio, base.value), note, ...rest };
}

function errors({ baseline }: Facts, wish: Wish): Built {
  const margin = asked(DEFAULT_MARGINS.errors, wish);
  const base = baseline && { n: baseline.n, value: baseline.errors / baseline.n };
  return {
    guardrail: {
      ...PLAIN,
      metric: "errors",
      series: null,
      margin,
      values: "bounded",
      unit: "share of generations",
      baseline: base,
      ...eventTest(margin.margin, base, wish),
    },
  };
}

type Name = (typeof GENERATION_GUARDRAILS)[number];

/** One guardrail of generations, frozen. */
export function generationGuardrail(metric: Name, facts: Facts, wish: Wish): Built {
  const { latency, timeToFirstToken, outputTokens } = DEFAULT_MARGINS;
  switch (metric) {
    case "latencyMs":
      return logGuardrail(metric, { of: "latency", usual: latency, unit: "ms" }, facts, wish);
    case "timeToFirstTokenMs":
      return logGuardrail(metric, { of: "ttft", usual: timeToFirstToken, unit: "ms" }, facts, wish);
    case "outputTokens":
      return logGuardrail(metric, { of: "tout", usual: outputTokens, unit: "tokens" }, facts, wish);
    case "slowShare":
      return slowShare(facts, wish);
    case "costUsd":
      return cost(facts, wish);
    case "errors":
      return errors(facts, wish);
  }
}
