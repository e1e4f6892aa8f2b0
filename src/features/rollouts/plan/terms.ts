import { DEFAULT_POLICY } from "../../../lib/stats/rollout-decision.ts";
import { GENERATION_GUARDRAILS, METHOD_VERSION, scoreGuardrail, scoreOf } from "../model.ts";
import type { GuardrailWish, StartRollout } from "../start/contract.ts";
import type { Guardrail, Stage, Terms } from "../terms.ts";
import type { Facts, Fault } from "./facts.ts";
import { type Built, generationGuardrail } from "./generations.ts";
import { scoreGuardrailOf, seenWhere } from "./scores.ts";

export type LeftOut = { metric: string; because: string };

/** The terms of a rollout, and which usual guardrails cannot be had; or what is wrong with it. */
export type Planned = { terms: Terms; leftOut: LeftOut[] } | { fault: Fault };

const DEFAULT_GUARDRAILS = ["latencyMs", "slowShare", "costUsd", "errors"] as const;
/** Proven before the share grows; the last stage needs all. */
const EARLY = new Set<string>(["errors", "latencyMs"]);

const MIN_SILENCE_MINUTES = 30;
const USUAL_SILENCE_MINUTES = 60;
const MAX_SILENCE_MINUTES = 1440;
/** So many generations are missed before silence means something. */
const EXPECTED_IN_SILENCE = 12;

const isOwn = (metric: string): metric is (typeof GENERATION_GUARDRAILS)[number] =>
  GENERATION_GUARDRAILS.some((name) => name === metric);

function build({ unit }: StartRollout, facts: Facts, wish: GuardrailWish): Built {
  const { metric } = wish;
  const said = { ...wish, margin: wish.margin ?? facts.margins.get(metric) };
  if (isOwn(metric)) return generationGuardrail(metric, facts, said);
  return scoreGuardrailOf({ name: scoreOf(metric) ?? "", facts, unit, wish: said });
}

/** Scores that have a config which says enough, and that the control gets. */
function usualScores(start: StartRollout, facts: Facts): { metric: string }[] {
  return facts.scoreConfigs
    .filter(({ isArchived, dataType, name }) => {
      const seen = seenWhere({ name, facts, unit: start.unit }, dataType);
      return !isArchived && seen !== "nowhere";
    })
    .map(({ name }) => ({ metric: scoreGuardrail(name) }));
}

const unique = (wishes: readonly GuardrailWish[]): GuardrailWish[] => [
  ...new Map(wishes.map((wish) => [wish.metric, wish])).values(),
];

/** Those that were asked for, or the usual ones. */
function chosen(
  start: StartRollout,
  facts: Facts,
): { guardrails: Guardrail[]; leftOut: LeftOut[] } | { fault: Fault } {
  const { guardrails: asked } = start;
  const usual = [...DEFAULT_GUARDRAILS.map((metric) => ({ metric })), ...usualScores(start, facts)];
  const guardrails: Guardrail[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, wish] of (asked ?? unique(usual)).entries()) {
    const built = build(start, facts, wish);
    if ("guardrail" in built) guardrails.push(built.guardrail);
    else if (!asked) leftOut.push({ metric: wish.metric, because: built.because });
    else return { fault: { path: `guardrails.${index}.metric`, message: built.because } };
  }
  return { guardrails, leftOut };
}

function faultOf(guardrails: readonly Guardrail[]): Fault | undefined {
  const loose = guardrails.findIndex(({ margin: { scale, margin } }) => {
    const isRatio = scale === "events" || scale === "log";
    return isRatio ? margin <= 1 : margin <= 0;
  });
  if (loose >= 0) {
    const message = `the margin of ${guardrails[loose]?.metric ?? ""} is a ratio and must be above 1`;
    return { path: `guardrails.${loose}.margin`, message };
  }
  if (guardrails.some(({ required }) => required)) return undefined;
  const message =
    "none of them can be proven safe: the control never had what they watch; name another one, or say required: true";
  return { path: "guardrails", message };
}

/** Stages as fractions, each with what it needs to be left: early ones not all. */
function stagesOf({ stages }: StartRollout, guardrails: readonly Guardrail[]): Stage[] {
  const all = guardrails.filter(({ required }) => required).map(({ metric }) => metric);
  const early = all.filter((metric) => EARLY.has(metric));
  const last = stages.length - 1;
  return stages.map(({ share, minMinutes }, index) => ({
    share: share / 100,
    minMinutes,
    requires: index === last || early.length === 0 ? all : early,
  }));
}

/** Minutes without a generation before a rollout is held: the rarer calls are, the longer. */
export function silenceOf(generationsPerHour: number): number {
  if (!(generationsPerHour > 0)) return USUAL_SILENCE_MINUTES;
  const minutes = Math.ceil((EXPECTED_IN_SILENCE * 60) / generationsPerHour);
  return Math.min(MAX_SILENCE_MINUTES, Math.max(MIN_SILENCE_MINUTES, minutes));
}

/** A rollout, frozen: thresholds, margins and baselines come from what was before its start. */
export function planRollout(start: StartRollout, facts: Facts): Planned {
  const found = chosen(start, facts);
  if ("fault" in found) return found;
  const { guardrails, leftOut } = found;
  const fault = faultOf(guardrails);
  if (fault) return { fault };
  const { holdback } = start;
  return {
    leftOut,
    terms: {
      control: facts.control,
      candidate: start.candidate,
      environment: start.environment,
      unit: start.unit,
      stages: stagesOf(start, guardrails),
      guardrails,
      alphaHarm: DEFAULT_POLICY.alphaHarm,
      alphaSafe: DEFAULT_POLICY.alphaSafe,
      warmupMinutes: start.warmupMinutes,
      maxMinutes: start.maxHours * 60,
      noDataMinutes: silenceOf(facts.generationsPerHour),
      onInconclusive: start.onInconclusive,
      holdback: holdback && { share: holdback.share / 100, minutes: holdback.hours * 60 },
      method: METHOD_VERSION,
    },
  };
}
