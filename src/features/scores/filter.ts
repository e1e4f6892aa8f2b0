import type { StoredScore } from "./view.ts";

/** Every list holds the allowed values; an absent one allows all. Instants in µs since 1970. */
export type ScoreFilter = {
  ids?: readonly string[] | undefined;
  names?: readonly string[] | undefined;
  sources?: readonly string[] | undefined;
  dataTypes?: readonly string[] | undefined;
  environments?: readonly string[] | undefined;
  configIds?: readonly string[] | undefined;
  queueIds?: readonly string[] | undefined;
  traceIds?: readonly string[] | undefined;
  observationIds?: readonly string[] | undefined;
  sessionIds?: readonly string[] | undefined;
  /** Values as text: `0.5`, `true`, `good`. */
  values?: readonly string[] | undefined;
  valueMin?: number | undefined;
  valueMax?: number | undefined;
  fromUs?: number | undefined;
  /** Exclusive. */
  toUs?: number | undefined;
};

const allows = (allowed: readonly string[] | undefined, value: string | undefined): boolean =>
  allowed === undefined || (value !== undefined && allowed.includes(value));

const within = (value: number | undefined, low = -Infinity, high = Infinity): boolean =>
  (low === -Infinity && high === Infinity) ||
  (value !== undefined && value >= low && value <= high);

function valueText({ score }: StoredScore): string | undefined {
  if (score.dataType === "BOOLEAN") return score.value === 1 ? "true" : "false";
  return score.dataType === "NUMERIC" ? String(score.value) : score.stringValue;
}

const matchesWords = ({ score }: StoredScore, filter: ScoreFilter): boolean =>
  allows(filter.ids, score.id) &&
  allows(filter.names, score.name) &&
  allows(filter.sources, score.source) &&
  allows(filter.dataTypes, score.dataType) &&
  allows(filter.environments, score.environment ?? "default") &&
  allows(filter.configIds, score.configId) &&
  allows(filter.queueIds, score.queueId);

const matchesTarget = ({ score }: StoredScore, filter: ScoreFilter): boolean =>
  allows(filter.traceIds, score.traceId) &&
  allows(filter.observationIds, score.observationId) &&
  allows(filter.sessionIds, score.sessionId);

const matchesAmounts = ({ score }: StoredScore, filter: ScoreFilter): boolean =>
  within(score.value, filter.valueMin, filter.valueMax) &&
  within(score.timestampUs, filter.fromUs) &&
  !(filter.toUs !== undefined && score.timestampUs >= filter.toUs);

export const matchesScore = (stored: StoredScore, filter: ScoreFilter): boolean =>
  matchesWords(stored, filter) &&
  matchesTarget(stored, filter) &&
  matchesAmounts(stored, filter) &&
  allows(filter.values, filter.values && valueText(stored));

/** Newest first; ties by id, so that pages do not overlap. */
export const byNewest = (a: StoredScore, b: StoredScore): number =>
  b.score.timestampUs - a.score.timestampUs || (a.score.id < b.score.id ? -1 : 1);
