export const SCORE_TYPES = ["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT", "CORRECTION"] as const;
export type ScoreType = (typeof SCORE_TYPES)[number];

export const SCORE_SOURCES = ["API", "EVAL", "ANNOTATION"] as const;
export type ScoreSource = (typeof SCORE_SOURCES)[number];

/**
 * A judgement, already validated: `value` and `stringValue` agree with `dataType`.
 * It has at least one of observationId, traceId, sessionId; its level is the narrowest of them.
 */
export type ScorePatch = {
  id: string;
  /** Orders events about one score, see `ingest/model`. */
  clock: string;
  /** Absent with `observationId` given: the consumer asks every shard for the observation. */
  traceId?: string;
  observationId?: string;
  sessionId?: string;
  name: string;
  source: ScoreSource;
  dataType: ScoreType;
  /** NUMERIC: the value. BOOLEAN: 0 or 1. Absent otherwise. */
  value?: number;
  /** BOOLEAN: True or False. CATEGORICAL, TEXT, CORRECTION: the text. Absent for NUMERIC. */
  stringValue?: string;
  timestampUs: number;
  environment?: string;
  /** null clears an earlier comment. */
  comment?: string | null;
  metadata?: Record<string, unknown>;
  configId?: string;
  queueId?: string;
  authorUserId?: string;
  deleted?: true;
};
