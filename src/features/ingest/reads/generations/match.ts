import { normaliseModel } from "../../../pricing/model.ts";
import type { ScorePatch } from "../../../scores/model.ts";
import { promptVersionOf } from "../../model.ts";
import type { ObservationRecord } from "../record.ts";
import type { BehindFilters, GenerationsQuery } from "./contract.ts";

/** A generation with what belongs to it. */
export type Full = {
  record: ObservationRecord;
  userId: string | null;
  sessionId: string | null;
  labels: string[];
  scores: { score: ScorePatch; level: "observation" | "trace" }[];
};

const equals = (wanted: string | undefined, value: string | null | undefined): boolean =>
  wanted === undefined || wanted === value;

const isWithin = (value: number, from = -Infinity, to = Infinity): boolean =>
  value >= from && value < to;

/** What a generation's row says of prompt, version, model and error. */
export function matchesBehind(
  { type, fields, linkedVersion }: ObservationRecord,
  { promptName, promptVersion, model, failed }: BehindFilters,
): boolean {
  const version = linkedVersion === null ? undefined : promptVersionOf(linkedVersion);
  return (
    type === "GENERATION" &&
    equals(promptName, fields.promptName) &&
    (promptVersion === undefined || promptVersion === version) &&
    (model === undefined || (!!fields.model && normaliseModel(fields.model) === model)) &&
    (failed === undefined || failed === (fields.level === "ERROR"))
  );
}

/** What the row alone can say. */
export function matchesRow(record: ObservationRecord, query: GenerationsQuery): boolean {
  const { startUs, environment, traceId } = record;
  return (
    startUs !== null &&
    isWithin(startUs, query.from, query.to) &&
    equals(query.environment, environment) &&
    equals(query.traceId, traceId) &&
    matchesBehind(record, query)
  );
}

export function matchesScore(score: ScorePatch, query: BehindFilters): boolean {
  if (score.name !== query.scoreName) return false;
  if (!equals(query.scoreValue, score.stringValue)) return false;
  const { scoreMin = -Infinity, scoreMax = Infinity } = query;
  if (scoreMin === -Infinity && scoreMax === Infinity) return true;
  return score.value !== undefined && score.value >= scoreMin && score.value <= scoreMax;
}

/** What its trace, the ledger and its scores have to say. */
export const matchesRest = ({ userId, sessionId, labels, scores }: Full, query: GenerationsQuery) =>
  equals(query.userId, userId) &&
  equals(query.sessionId, sessionId) &&
  (query.promptLabel === undefined || labels.includes(query.promptLabel)) &&
  (query.scoreName === undefined || scores.some(({ score }) => matchesScore(score, query)));
