import { MIN_CELLS } from "../../lib/stats/design-effect.ts";
import { MIN_PER_ARM } from "../../lib/stats/half-normal-mixture.ts";
import type { Interval } from "../../lib/stats/interval.ts";
import { mergeMoments, type Moments, NO_MOMENTS } from "../../lib/stats/moments.ts";
import { isMismatch } from "../../lib/stats/srm.ts";
import type { Evidence as EvidenceView } from "./contract.ts";
import type { Course, Decision } from "./decide.ts";
import { type Inputs, isMismatched, lnMismatch, type Read, readGuardrail } from "./evidence.ts";
import type { StageSums } from "./inputs.ts";
import type { RolloutState, RolloutUnit } from "./model.ts";
import type { Guardrail, Terms } from "./terms.ts";

/** What a check saw and said, as it is shown. */
export type CheckView = {
  state: RolloutState;
  stage: number;
  decision: string;
  sampleRatio: {
    control: number;
    candidate: number;
    expectedShare: number | null;
    lnE: number | null;
    mismatch: boolean;
  };
  guardrails: (EvidenceView & { metric: string })[];
};

const known = (x: number): number | null => (Number.isFinite(x) ? x : null);

const boundsOf = ({ low, high }: Interval) => ({ low: known(low), high: known(high) });

const isRatio = ({ kind, margin }: Guardrail): boolean =>
  kind === "events" || margin.scale === "log";

/** A degradation as people read it: candidate against control, a ratio or a difference. */
function shownOf(guardrail: Guardrail, degradation: number): number {
  const difference = guardrail.margin.better === "lower" ? degradation : -degradation;
  return isRatio(guardrail) ? Math.exp(difference) : difference;
}

function shownInterval(guardrail: Guardrail, { low, high }: Interval): Interval {
  const ends = [shownOf(guardrail, low), shownOf(guardrail, high)].sort((a, b) => a - b);
  return { low: ends[0] ?? low, high: ends[1] ?? high };
}

/** An arm over all stages: for people, never for a test. */
function armOf(guardrail: Guardrail, arms: readonly Moments[]) {
  const { n, mean } = arms.reduce(mergeMoments, NO_MOMENTS);
  if (n === 0) return { n, value: null };
  const isLog = guardrail.kind === "mean" && guardrail.margin.scale === "log";
  return { n, value: isLog ? Math.exp(mean) / guardrail.perUnit : mean };
}

/** Each bound at the level of its own test: harm below, safety above. */
function boundsAt(guardrail: Guardrail, stages: readonly StageSums[], terms: Terms): Interval {
  const harm = readGuardrail(guardrail, stages, terms.alphaHarm / terms.guardrails.length);
  const safe = readGuardrail(guardrail, stages, terms.alphaSafe);
  return {
    low: harm.tested ? harm.interval.low : -Infinity,
    high: safe.tested ? safe.interval.high : Infinity,
  };
}

const UNIT_WORDS: Record<RolloutUnit, string> = {
  request: "requests",
  key: "users",
  process: "stretches of three minutes",
};

type Untold = Extract<Read, { tested: false }>;

function whyUntested({ values }: Guardrail, read: Untold, unit: RolloutUnit): string {
  switch (read.because) {
    case "too-few-units":
      return `Needs values from ${MIN_CELLS} ${UNIT_WORDS[unit]} of each version; one has ${read.cells}`;
    case "too-few":
      return `Needs ${MIN_PER_ARM[values]} values of each version`;
    case "no-variance":
      return "All values are alike, so nothing can be tested";
    case "one-category":
    case "baseline":
      return "Nothing to compare with";
  }
}

type Tested = Extract<Read, { tested: true }>;

function whyOpen({ degradation, margin, lnHarm, lnSafe }: Tested, needs: Needs): string {
  const found = (lnE: number, need: number) => `${lnE.toFixed(2)} of ${need.toFixed(2)}`;
  return degradation >= margin
    ? `Looks worse by its margin or more; evidence of harm is at ${found(lnHarm, needs.harm)}`
    : `Within its margin; evidence of safety is at ${found(lnSafe, needs.safe)}`;
}

type Needs = { harm: number; safe: number };

function verdictOf(
  read: Tested,
  needs: Needs,
  isProven: boolean,
): Pick<EvidenceView, "verdict" | "because"> {
  if (read.lnHarm >= needs.harm && read.degradation >= read.margin) {
    return { verdict: "harmful", because: "Proven worse, and by its margin or more" };
  }
  if (isProven) return { verdict: "safe", because: "Proven not to be worse by its margin or more" };
  return { verdict: "open", because: whyOpen(read, needs) };
}

const effectOf = (stages: readonly StageSums[]): number | null => {
  const effects = stages.flatMap(({ effect }) =>
    effect ? [effect.control, effect.candidate] : [],
  );
  return effects.length > 0 ? Math.max(...effects) : null;
};

/** What is known of one guardrail. */
export function evidenceView(
  terms: Terms,
  guardrail: Guardrail,
  { stages, provenSafe }: { stages: readonly StageSums[]; provenSafe: boolean },
): EvidenceView {
  const { alphaHarm, alphaSafe, guardrails, unit } = terms;
  const needs = { harm: Math.log(guardrails.length / alphaHarm), safe: -Math.log(alphaSafe) };
  const read = readGuardrail(guardrail, stages, null);
  const frame = {
    control: armOf(
      guardrail,
      stages.map(({ control }) => control),
    ),
    candidate: armOf(
      guardrail,
      stages.map(({ candidate }) => candidate),
    ),
    needHarm: needs.harm,
    needSafe: needs.safe,
    designEffect: effectOf(stages),
    provenSafe,
  };
  if (!read.tested) {
    return {
      ...frame,
      estimate: null,
      interval: null,
      inMargins: null,
      lnHarm: null,
      lnSafe: null,
      verdict: provenSafe ? "safe" : "open",
      because: whyUntested(guardrail, read, unit),
    };
  }
  const bounds = boundsAt(guardrail, stages, terms);
  const { low, high } = bounds;
  return {
    ...frame,
    estimate: shownOf(guardrail, read.degradation),
    interval: boundsOf(shownInterval(guardrail, bounds)),
    inMargins: {
      estimate: read.degradation / read.margin,
      ...boundsOf({ low: low / read.margin, high: high / read.margin }),
    },
    lnHarm: read.lnHarm,
    lnSafe: read.lnSafe,
    ...verdictOf(read, needs, provenSafe),
  };
}

/** A decision as one word or two, with what it is about. */
function said(decision: Decision): string {
  switch (decision.action) {
    case "roll back":
      return "emergency" in decision
        ? "roll back: most calls fail"
        : `roll back: ${decision.harmed.join(", ")}`;
    case "hold":
      return `hold: ${decision.because}`;
    case "advance":
      return "advance";
    case "inconclusive":
    case "continue":
      return decision.missing.length > 0
        ? `${decision.action}: waits for ${decision.missing.join(", ")}`
        : decision.action;
  }
}

function sampleRatioOf({ served, guardrails }: Inputs): CheckView["sampleRatio"] {
  let [control, candidate, expected] = [0, 0, 0];
  for (const stage of served) {
    control += stage.control;
    candidate += stage.candidate;
    expected += stage.share * (stage.control + stage.candidate);
  }
  const total = control + candidate;
  const lnE = lnMismatch(served);
  return {
    control,
    candidate,
    expectedShare: total > 0 ? expected / total : null,
    lnE,
    mismatch:
      (lnE !== null && isMismatch(lnE)) ||
      guardrails.some(({ scored }) => scored !== null && isMismatched(scored)),
  };
}

/** What a check saw and said, to be shown and kept. @param course as it is after the check */
export const checkView = (
  terms: Terms,
  inputs: Inputs,
  { course, decision }: { course: Course; decision: Decision },
): CheckView => ({
  state: course.state,
  stage: course.stage,
  decision: said(decision),
  sampleRatio: sampleRatioOf(inputs),
  guardrails: terms.guardrails.map((guardrail, i) => ({
    metric: guardrail.metric,
    ...evidenceView(terms, guardrail, {
      stages: inputs.guardrails[i]?.stages ?? [],
      provenSafe: course.provenSafe.includes(guardrail.metric),
    }),
  })),
});
