import type { Facts, GenerationFact, ScoreFact } from "./facts.ts";
import { ACTIVE, MANUAL } from "./plan.ts";

const fact = (
  id: string,
  name: string,
  [dataType, value]: [ScoreFact["dataType"], number | string],
  target: { observationId: string } | { traceId: string } | { sessionId: string },
): ScoreFact => ({ id, name, source: "API", dataType, value, ...target });

const at = (facts: Facts, index: number): GenerationFact => {
  const generation = facts.generations[index];
  if (!generation) throw new Error(`generation ${index} is not made yet`);
  return generation;
};

/** Scores that are sent before the generation they judge. */
export const earlyScores = (prefix: string, observationId: string): ScoreFact[] => [
  fact(`${prefix}-early-1`, "quality", ["NUMERIC", 0.25], { observationId }),
  fact(`${prefix}-early-2`, "correct", ["BOOLEAN", 1], { observationId }),
];

/**
 * Scores of every type on every level, sent after their generations.
 *
 * @param options.hasAll also text, and judgements of models and people: ABV knows neither
 */
export function lateScores(
  prefix: string,
  facts: Facts,
  { sessionId, hasAll }: { sessionId: string; hasAll: boolean },
): ScoreFact[] {
  const second = { observationId: at(facts, 1).observationId };
  const third = { observationId: at(facts, 2).observationId };
  const inTrace = { traceId: at(facts, MANUAL.length).traceId };
  return [
    fact(`${prefix}-quality`, "quality", ["NUMERIC", 0.75], second),
    fact(`${prefix}-correct`, "correct", ["BOOLEAN", 0], second),
    fact(`${prefix}-tone-1`, "tone", ["CATEGORICAL", "warm"], second),
    fact(`${prefix}-tone-2`, "tone", ["CATEGORICAL", "warm"], third),
    fact(`${prefix}-tone-3`, "tone", ["CATEGORICAL", "cold"], {
      observationId: at(facts, 3).observationId,
    }),
    ...(hasAll
      ? [
          fact(`${prefix}-remark`, "remark", ["TEXT", "reads well"], second),
          fact(`${prefix}-correction`, "output", ["CORRECTION", "Good to see you, Ada."], second),
          {
            ...fact(`${prefix}-model`, "quality", ["NUMERIC", 0.6], second),
            source: "EVAL" as const,
          },
          {
            ...fact(`${prefix}-person`, "quality", ["NUMERIC", 1], third),
            source: "ANNOTATION" as const,
          },
        ]
      : []),
    fact(`${prefix}-helpful`, "helpful", ["NUMERIC", 0.9], inTrace),
    fact(`${prefix}-satisfaction`, "satisfaction", ["NUMERIC", 5], { sessionId }),
  ];
}

/** One score said twice under the same id: the second value is the score. */
export function correctedScore(prefix: string, facts: Facts): { was: ScoreFact; is: ScoreFact } {
  const target = { observationId: at(facts, MANUAL.length + ACTIVE.length).observationId };
  return {
    was: fact(`${prefix}-corrected`, "quality", ["NUMERIC", 0.1], target),
    is: fact(`${prefix}-corrected`, "quality", ["NUMERIC", 0.5], target),
  };
}

/** The body for an SDK. Numbers and categories leave their type to be inferred. */
export function bodyOf(score: ScoreFact, traceIdOf: (observationId: string) => string) {
  const { id, name, value, source } = score;
  const isInferred = score.dataType === "NUMERIC" || score.dataType === "CATEGORICAL";
  const typed = {
    ...(isInferred ? {} : { dataType: score.dataType }),
    ...(source === "API" ? {} : { source }),
    // Who annotates says by which config.
    ...(source === "ANNOTATION" ? { configId: "config-of-reviewers" } : {}),
  };
  if ("observationId" in score) {
    const { observationId } = score;
    return { id, name, value, ...typed, observationId, traceId: traceIdOf(observationId) };
  }
  if ("traceId" in score) return { id, name, value, ...typed, traceId: score.traceId };
  return { id, name, value, ...typed, sessionId: score.sessionId };
}

/** Finds the trace of a generation that a program has made. */
export const traceOf =
  (facts: Facts) =>
  (id: string): string =>
    facts.generations.find(({ observationId }) => observationId === id)?.traceId ?? "";
