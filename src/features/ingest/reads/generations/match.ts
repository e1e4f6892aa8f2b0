import { normaliseModel } from "../../../pricing/model.ts";
import type { ScorePatch } from "../../../scores/model.ts";
import type { ObservationRecord } from "../record.ts";
import type { GenerationsQuery } from "./contract.ts";

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

/** What the row alone can say. */
export function matchesRow(record: ObservationRecord, query: GenerationsQuery): boolean {
  const { type, startUs, environment, fields, traceId } = record;
  const { model, failed } = query;
  return (
    type === "GENERATION" &&
    startUs !== null &&
    isWithin(startUs, query.from, query.to) &&
    equals(query.promptName, fields.promptName) &&
    equals(query.environment, environment) &&
    equals(query.traceId, traceId) &&
    (model === undefined || (!!fields.model && normaliseModel(fields.model) === model)) &&
    (failed === undefined || failed === (fields.level === "ERROR"))
  );
}

function matchesScore(score: ScorePatch, query: GenerationsQuery): boolean {
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
