import { type ErrorCount, isEmergency } from "../../lib/stats/design-effect.ts";
import { type Reading, readEvents, readMean } from "../../lib/stats/guardrail.ts";
import type { Moments } from "../../lib/stats/moments.ts";
import type { Untested } from "../../lib/stats/outcome.ts";
import { isMismatch, lnSrm } from "../../lib/stats/srm.ts";
import { type Cohort, errorCountOf } from "../rollups/model.ts";
import { scoredSums, servedSums, type ServedSums, type StageSums, sumsOf } from "./inputs.ts";
import type { RolloutUnit } from "./model.ts";
import type { Guardrail, Terms } from "./terms.ts";

/** All that one check rests on: small enough to be stored with each decision. */
export type Inputs = {
  guardrails: { metric: string; stages: StageSums[]; scored: ServedSums[] | null }[];
  served: ServedSums[];
  /** What the emergency rule looks at. */
  errors: { control: ErrorCount; candidate: ErrorCount };
};

/** What a guardrail reads. `too-few-units`: values came from too few users, or minutes, so far. */
export type Read = Reading | Untested | { tested: false; because: "too-few-units"; cells: number };

/** Evidence at one instant, as far as decisions need it. */
export type Evidence = {
  readings: { name: string; reading: Read }[];
  mismatch: boolean;
  /** Most candidate calls fail while the control's do not. */
  emergency: boolean;
  /** Generations of both arms, to see whether any come. */
  seen: number;
};

const NO_ERRORS: ErrorCount = { generations: 0, errors: 0, errorMinutes: 0 };

const addErrors = (a: ErrorCount, b: ErrorCount): ErrorCount => ({
  generations: a.generations + b.generations,
  errors: a.errors + b.errors,
  errorMinutes: a.errorMinutes + b.errorMinutes,
});

/** The sums of all cohorts of a rollout that count, oldest first. */
export const inputsOf = (
  { guardrails, unit }: { guardrails: readonly Guardrail[]; unit: RolloutUnit },
  cohorts: readonly Cohort[],
): Inputs => ({
  guardrails: guardrails.map((guardrail) => ({
    metric: guardrail.metric,
    stages: sumsOf(guardrail, cohorts, unit),
    scored: isOfScores(guardrail) ? scoredSums(guardrail, cohorts, unit) : null,
  })),
  served: servedSums(cohorts, unit),
  errors: {
    control: cohorts.map(({ control }) => errorCountOf(control)).reduce(addErrors, NO_ERRORS),
    candidate: cohorts.map(({ candidate }) => errorCountOf(candidate)).reduce(addErrors, NO_ERRORS),
  },
});

const isOfScores = ({ series }: Guardrail): boolean =>
  series !== null && (series.kind === "score" || series.kind === "bad");

type Counted = StageSums & { effect: NonNullable<StageSums["effect"]> };
/** Of zeros and ones; the mean of many is off by rounding. */
const eventsIn = ({ n, mean }: Moments): number => Math.round(n * mean);

const isCounted = (stage: StageSums): stage is Counted => stage.effect !== null;

/**
 * What a guardrail says of its sums. Stages with too few units are left out.
 *
 * @param alpha level of the bounds; null leaves them out
 */
export function readGuardrail(
  { kind, bound, margin, values }: Guardrail,
  stages: readonly StageSums[],
  alpha: number | null,
): Read {
  const counted = stages.filter(isCounted);
  if (counted.length === 0) {
    const cells = Math.max(0, ...stages.map((stage) => stage.cells));
    return { tested: false, because: "too-few-units", cells };
  }
  if (kind === "mean") {
    const strata = counted.map(({ control, candidate, effect }) => ({
      control,
      treatment: candidate,
      designEffect: { control: effect.control, treatment: effect.candidate },
    }));
    return readMean({ strata, margin: bound, better: margin.better, values, alpha });
  }
  const counts = counted.map(({ share, control, candidate, effect }) => ({
    share,
    controlEvents: eventsIn(control) / effect.control,
    treatmentEvents: eventsIn(candidate) / effect.candidate,
  }));
  return readEvents(counts, bound, alpha);
}

/** ln E of a sample ratio mismatch; null while no stage has enough units. */
export function lnMismatch(served: readonly ServedSums[]): number | null {
  const counted = served.flatMap(({ share, control, candidate, effect }) =>
    effect === null
      ? []
      : [
          [
            { count: candidate / effect, weight: share },
            { count: control / effect, weight: 1 - share },
          ],
        ],
  );
  return counted.length === 0 ? null : lnSrm(counted);
}

export const isMismatched = (served: readonly ServedSums[]): boolean => {
  const lnE = lnMismatch(served);
  return lnE !== null && isMismatch(lnE);
};

/** What the sums say, as far as decisions need it. Metrics of the inputs are those of the terms. */
export function evidenceOf({ guardrails }: Terms, inputs: Inputs): Evidence {
  return {
    readings: guardrails.map((guardrail, i) => ({
      name: guardrail.metric,
      reading: readGuardrail(guardrail, inputs.guardrails[i]?.stages ?? [], null),
    })),
    mismatch:
      isMismatched(inputs.served) ||
      inputs.guardrails.some(({ scored }) => scored !== null && isMismatched(scored)),
    emergency: isEmergency(inputs.errors.candidate, inputs.errors.control),
    seen: inputs.errors.candidate.generations + inputs.errors.control.generations,
  };
}
