import type { ScorePatch } from "../../../scores/model.ts";
import { matchesTrace, type TraceFilter } from "../filter.ts";
import type { BehindFilters } from "../generations/contract.ts";
import { matchesBehind, matchesScore } from "../generations/match.ts";
import type { ObservationRecord, TraceSummary } from "../record.ts";

/** A trace with what is behind it. */
export type Behind = {
  trace: TraceSummary;
  observations: readonly ObservationRecord[];
  scores: readonly ScorePatch[];
};

const ASKS_OF_GENERATIONS = [
  "promptName",
  "promptVersion",
  "promptLabel",
  "model",
  "failed",
] as const;

/** @param labelsOf labels that a generation's version had at its start */
export function matchesWalk(
  { trace, observations, scores }: Behind,
  query: BehindFilters & TraceFilter,
  labelsOf: (record: ObservationRecord) => readonly string[],
): boolean {
  const asks = ASKS_OF_GENERATIONS.some((name) => query[name] !== undefined);
  const { promptLabel, scoreName } = query;
  return (
    matchesTrace(trace, query) &&
    (!asks ||
      observations.some(
        (one) =>
          matchesBehind(one, query) &&
          (promptLabel === undefined || labelsOf(one).includes(promptLabel)),
      )) &&
    (scoreName === undefined || scores.some((score) => matchesScore(score, query)))
  );
}
