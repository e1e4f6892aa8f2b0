import { type Chance, informationToDecide } from "./passage.ts";

/** What is expected of one guardrail at present traffic, both arms together. */
export type PlannedGuardrail = {
  name: string;
  /** Factor for clustered units, >= 1. */
  designEffect?: number;
} & (
  | {
      kind: "mean";
      valuesPerHour: number;
      /** Standard deviation of one value, > 0, on the scale of the margin. */
      sd: number;
      /** > 0. */
      margin: number;
    }
  | {
      kind: "events";
      /** Bad events per hour while nothing is wrong. */
      eventsPerHour: number;
      /** > 1. */
      marginRatio: number;
    }
);

export type PlannedStage = {
  /** Share of the candidate, in (0, 1). */
  share: number;
  /** Least time in the stage. */
  minHours: number;
};

export type RolloutPlan = {
  generationsPerHour: number;
  guardrails: readonly PlannedGuardrail[];
  stages: readonly PlannedStage[];
  /** Guardrails that must be proven safe to leave a stage; the last stage needs all. */
  requiredToStep: readonly string[];
  alphaSafe: number;
  maxHours: number;
};

export type RolloutForecast = {
  /** Expected time in each stage and generations served in it; 0 in a stage never reached. */
  stages: { share: number; hours: number; treatmentN: number; controlN: number }[];
  /** Hours from the start until each guardrail is proven safe; Infinity when it never will be. */
  guardrails: { name: string; hours: number }[];
  /** Hours until promotion; Infinity when it cannot happen. */
  hours: number;
  /** Whether that is within the time the rollout has. */
  finishes: boolean;
};

/**
 * Information a guardrail gains per hour, in units of 1/margin².
 *
 * For events a bad event carries the variance of "who got it", the geometric mean of that at no
 * difference and at the margin, which foretells the count test within 5 % for shares of 5 to 50 %.
 *
 * @param share of the candidate, in (0, 1)
 * @throws RangeError outside the domain
 */
export function informationPerHour(guardrail: PlannedGuardrail, share: number): number {
  const { designEffect = 1 } = guardrail;
  if (!(share > 0 && share < 1 && designEffect >= 1)) {
    throw new RangeError(`share ${share}, design effect ${designEffect}`);
  }
  if (guardrail.kind === "mean") {
    const { valuesPerHour, sd, margin } = guardrail;
    if (!(valuesPerHour >= 0 && sd > 0 && margin > 0)) {
      throw new RangeError(`${guardrail.name}: ${valuesPerHour} an hour, sd ${sd}, ${margin}`);
    }
    return (valuesPerHour * share * (1 - share) * margin ** 2) / sd ** 2 / designEffect;
  }
  const { eventsPerHour, marginRatio } = guardrail;
  if (!(eventsPerHour >= 0 && marginRatio > 1)) {
    throw new RangeError(`${guardrail.name}: ${eventsPerHour} an hour, ratio ${marginRatio}`);
  }
  const atMargin = (share * marginRatio) / (share * marginRatio + 1 - share);
  const perEvent = Math.sqrt(share * (1 - share) * atMargin * (1 - atMargin));
  return (eventsPerHour * perEvent * Math.log(marginRatio) ** 2) / designEffect;
}

/**
 * Hours at one share until harm of a given size is proven, or safety when nothing is wrong
 * (`effectInMargins` 1).
 *
 * @param effectInMargins true effect in margins, >= 1
 * @param alpha level of this one test: for harm the family's, over the number of guardrails
 * @returns Infinity without traffic
 * @throws RangeError outside the domain
 */
export const hoursToDecide = (
  guardrail: PlannedGuardrail,
  share: number,
  { effectInMargins, alpha, chance }: { effectInMargins: number; alpha: number; chance: Chance },
): number =>
  informationToDecide(effectInMargins, alpha, chance) / informationPerHour(guardrail, share);

/**
 * How a rollout of a version that is no different would go at present traffic: evidence adds up
 * over stages, a stage ends when its time is over and what it needs is proven, the last one when
 * all is.
 *
 * @param chance whether each proof comes when half of all runs have it, or nine in ten
 * @throws RangeError outside the domain, or without a stage
 */
export function forecastRollout(plan: RolloutPlan, chance: Chance): RolloutForecast {
  if (plan.stages.length === 0) throw new RangeError("no stage");
  const need = informationToDecide(1, plan.alphaSafe, chance);
  const proofs: Proof[] = plan.guardrails.map((guardrail) => ({
    guardrail,
    missing: need,
    provenAt: Infinity,
  }));
  const stages: RolloutForecast["stages"] = [];
  let now = 0;
  for (const [index, stage] of plan.stages.entries()) {
    const required =
      index === plan.stages.length - 1
        ? proofs
        : proofs.filter(({ guardrail }) => plan.requiredToStep.includes(guardrail.name));
    const hours = Number.isFinite(now) ? hoursInStage(stage, required) : 0;
    gather(proofs, stage.share, { from: now, hours });
    const served = hours > 0 ? hours * plan.generationsPerHour : 0;
    stages.push({
      share: stage.share,
      hours,
      treatmentN: served * stage.share,
      controlN: served * (1 - stage.share),
    });
    now += hours;
  }
  return {
    stages,
    guardrails: proofs.map(({ guardrail, provenAt }) => ({
      name: guardrail.name,
      hours: provenAt,
    })),
    hours: now,
    finishes: now <= plan.maxHours,
  };
}

/** What a guardrail still needs, times margin², and when it had it all. */
type Proof = { guardrail: PlannedGuardrail; missing: number; provenAt: number };

/** Hours until a guardrail has what it needs; Infinity when it gains nothing. */
const hoursLeft = ({ guardrail, missing }: Proof, share: number): number =>
  missing > 0 ? missing / informationPerHour(guardrail, share) : 0;

const hoursInStage = ({ share, minHours }: PlannedStage, required: readonly Proof[]): number =>
  Math.max(minHours, ...required.map((proof) => hoursLeft(proof, share)));

function gather(
  proofs: readonly Proof[],
  share: number,
  { from, hours }: { from: number; hours: number },
): void {
  for (const proof of proofs) {
    if (proof.missing === 0) continue;
    const left = hoursLeft(proof, share);
    if (left <= hours) {
      proof.missing = 0;
      proof.provenAt = from + left;
    } else {
      proof.missing -= informationPerHour(proof.guardrail, share) * hours;
    }
  }
}
