import type { Reading } from "./guardrail.ts";
import type { Untested } from "./outcome.ts";

/** A guardrail and what it reads now. */
export type NamedReading = { name: string; reading: Reading | Untested };

/** Levels and times of the decision; frozen when a rollout starts. */
export type Policy = {
  /** For all guardrails together. */
  alphaHarm: number;
  /** For each guardrail: promotion needs them all, so none is corrected. */
  alphaSafe: number;
  /** Delays safe decisions and tests of means, never the event test. */
  warmupMinutes: number;
  /** Least time in a stage. */
  soakMinutes: number;
  /** Longest time from the start to an answer. */
  maxMinutes: number;
};

export const DEFAULT_POLICY: Policy = {
  alphaHarm: 0.05,
  alphaSafe: 0.05,
  warmupMinutes: 10,
  soakMinutes: 120,
  maxMinutes: 48 * 60,
};

/** All that one check looks at. */
export type RolloutCheck = {
  guardrails: readonly NamedReading[];
  /** Guardrails that were proven safe at an earlier check: once proven stays proven. */
  provenSafe: readonly string[];
  /** Those that must be proven safe to go on; by default all. */
  required?: readonly string[];
  /** The sequential SRM test is flagged, on served or on scored counts. */
  mismatch: boolean;
  minutesSinceStart: number;
  minutesInStage: number;
};

export type RolloutDecision =
  /** `guardrail` is the surest; `harmed` lists all that Holm's procedure finds, it included. */
  | { action: "roll back"; guardrail: string; harmed: string[] }
  | { action: "hold"; because: "sample ratio mismatch" }
  | { action: "advance" }
  | { action: "inconclusive"; missing: string[] }
  | { action: "continue"; missing: string[] };

/**
 * One check of a rollout. It is a function of sums and instants alone: a missed check delays, a
 * doubled one changes nothing.
 *
 * Order: harm proven and at least as large as the margin -> roll back; mismatch -> hold; every
 * required guardrail proven safe and the stage old enough -> next stage, or promotion; too old ->
 * inconclusive; else continue. Harm is tested at alpha over the number of guardrails (Bonferroni,
 * which is Holm's first step).
 *
 * @returns the decision, and the guardrails proven safe so far, in the order of the guardrails
 * @throws RangeError without guardrails, or for a required one that is not among them
 * @see Berger (1982), Technometrics 24:295-300, for the intersection-union test of safety
 */
export function decideRollout(
  check: RolloutCheck,
  policy: Policy = DEFAULT_POLICY,
): { decision: RolloutDecision; provenSafe: string[] } {
  const names = check.guardrails.map(({ name }) => name);
  const required = check.required ?? names;
  const unknown = required.find((name) => !names.includes(name));
  if (names.length === 0 || unknown !== undefined) {
    throw new RangeError(unknown === undefined ? "no guardrails" : `no guardrail ${unknown}`);
  }
  const provenSafe = safeSoFar(check, policy);
  const harmed = harmedNow(check, policy);
  const [guardrail] = harmed;
  if (guardrail !== undefined) {
    return { decision: { action: "roll back", guardrail, harmed }, provenSafe };
  }
  const missing = required.filter((name) => !provenSafe.includes(name));
  return { decision: undisturbed(check, policy, missing), provenSafe };
}

function undisturbed(check: RolloutCheck, policy: Policy, missing: string[]): RolloutDecision {
  if (check.mismatch) return { action: "hold", because: "sample ratio mismatch" };
  const soaked =
    check.minutesInStage >= policy.soakMinutes && check.minutesSinceStart >= policy.warmupMinutes;
  if (missing.length === 0 && soaked) return { action: "advance" };
  if (check.minutesSinceStart >= policy.maxMinutes) return { action: "inconclusive", missing };
  return { action: "continue", missing };
}

/** Harmed guardrails, surest first; empty unless one passes the first step and its own margin. */
function harmedNow({ guardrails, minutesSinceStart }: RolloutCheck, policy: Policy): string[] {
  const warm = minutesSinceStart >= policy.warmupMinutes;
  const bySurety = guardrails
    .map(({ name, reading }) => {
      const counts = reading.tested && (warm || reading.kind === "events");
      return {
        name,
        lnE: counts ? reading.lnHarm : -Infinity,
        matters: counts && reading.degradation >= reading.margin,
      };
    })
    .sort((a, b) => b.lnE - a.lnE);
  const neededAt = (step: number): number => Math.log((bySurety.length - step) / policy.alphaHarm);
  if (!bySurety.some(({ lnE, matters }) => matters && lnE >= neededAt(0))) return [];
  // Holm's steps on 1/E, in logarithms: the surest at alpha/k, the next at alpha/(k-1), ...
  const end = bySurety.findIndex(({ lnE }, step) => !(lnE >= neededAt(step)));
  const found = end === -1 ? bySurety : bySurety.slice(0, end);
  return found.filter(({ matters }) => matters).map(({ name }) => name);
}

/** A mismatch makes new proofs of safety worthless, so none is added while it lasts. */
function safeSoFar(check: RolloutCheck, policy: Policy): string[] {
  const mayProve = !check.mismatch && check.minutesSinceStart >= policy.warmupMinutes;
  const needed = -Math.log(policy.alphaSafe);
  return check.guardrails
    .filter(
      ({ name, reading }) =>
        check.provenSafe.includes(name) || (mayProve && reading.tested && reading.lnSafe >= needed),
    )
    .map(({ name }) => name);
}
