import { cleanText } from "../../lib/text.ts";
import type { ScoreConfig } from "../projects/model.ts";

export { boundedName, sharedPlace } from "./names.ts";

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

/** A score as a wire brought it. Null and absent are both "not said", but for `comment`. */
export type ScoreInput = Readonly<Record<string, unknown>>;

/** What a valid score says; the adapter adds its id, clock, instant and environment. */
export type ValidScore = Omit<ScorePatch, "id" | "clock" | "timestampUs" | "environment">;

/** The first thing that is wrong with a score. `path` names the field. */
export type ScoreProblem = { path: string; message: string };

/** Beyond this the millionths that buckets keep are no safe integers any more. */
export const MAX_SCORE_VALUE = 9_007_199_254;
export const MAX_SCORE_NAME = 200;
export const MAX_SCORE_ID = 800;
const MAX_CATEGORY = 500;
const MAX_TEXT = 500;
const MAX_CORRECTION = 100_000;
const MAX_COMMENT = 20_000;
const MAX_METADATA = 50_000;

/** Carries a problem out of the small readers below; never leaves `validateScore`. */
class Invalid extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function textOf(input: ScoreInput, field: string, max: number): string | undefined {
  const value = input[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new Invalid(field, "must be a string");
  const text = cleanText(value);
  if (text.length > max) throw new Invalid(field, `must be at most ${max} characters`);
  return text;
}

function oneOf<T extends string>(
  input: ScoreInput,
  field: string,
  allowed: readonly T[],
): T | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Invalid(field, `must be one of ${allowed.join(", ")}`);
  return found;
}

/** Only numbers and strings say their type themselves; the rest has to be named. */
function inferType(value: unknown): ScoreType {
  if (typeof value === "number") return "NUMERIC";
  if (typeof value === "string") return "CATEGORICAL";
  throw new Invalid("value", "is required and must be a number or a string");
}

type Value = Pick<ScorePatch, "value" | "stringValue">;

function numericOf(value: unknown, config: ScoreConfig | undefined): Value {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Invalid("value", "must be a number for dataType NUMERIC");
  }
  const low = Math.max(-MAX_SCORE_VALUE, config?.minValue ?? -Infinity);
  const high = Math.min(MAX_SCORE_VALUE, config?.maxValue ?? Infinity);
  if (!(value >= low && value <= high)) {
    throw new Invalid("value", `must be between ${low} and ${high}`);
  }
  return { value };
}

function booleanOf(value: unknown): Value {
  if (value === 1 || value === true) return { value: 1, stringValue: "True" };
  if (value === 0 || value === false) return { value: 0, stringValue: "False" };
  throw new Invalid("value", "must be 0 or 1 for dataType BOOLEAN");
}

function stringOf(value: unknown, dataType: ScoreType, max: number): string {
  if (typeof value !== "string") {
    throw new Invalid("value", `must be a string for dataType ${dataType}`);
  }
  const text = cleanText(value);
  if (text.length === 0 || text.length > max) {
    throw new Invalid("value", `must have 1 to ${max} characters for dataType ${dataType}`);
  }
  return text;
}

function categoryOf(value: unknown, config: ScoreConfig | undefined): Value {
  const stringValue = stringOf(value, "CATEGORICAL", MAX_CATEGORY);
  const labels = config?.categories.map(({ label }) => label) ?? [];
  if (config && !labels.includes(stringValue)) {
    throw new Invalid(
      "value",
      `must be one of its score config's categories: ${labels.join(", ")}`,
    );
  }
  return { stringValue };
}

const VALUES: Record<ScoreType, (value: unknown, config: ScoreConfig | undefined) => Value> = {
  NUMERIC: numericOf,
  BOOLEAN: booleanOf,
  CATEGORICAL: categoryOf,
  TEXT: (value) => ({ stringValue: stringOf(value, "TEXT", MAX_TEXT) }),
  CORRECTION: (value) => ({ stringValue: stringOf(value, "CORRECTION", MAX_CORRECTION) }),
};

type Target = Pick<ScorePatch, "traceId" | "observationId" | "sessionId">;

function targetOf(input: ScoreInput, dataType: ScoreType): Target {
  const traceId = textOf(input, "traceId", MAX_SCORE_ID);
  const observationId = textOf(input, "observationId", MAX_SCORE_ID);
  const sessionId = textOf(input, "sessionId", MAX_SCORE_ID);
  if (traceId === undefined && observationId === undefined) {
    if (sessionId === undefined) {
      const said = input["datasetRunId"] ? "; dataset runs are not kept here" : "";
      throw new Invalid("traceId", `or observationId or sessionId is required${said}`);
    }
    if (dataType === "CORRECTION") {
      throw new Invalid("traceId", "is required for dataType CORRECTION");
    }
  }
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(observationId === undefined ? {} : { observationId }),
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

function configOf(
  input: ScoreInput,
  configs: readonly ScoreConfig[],
): { configId?: string; config?: ScoreConfig } {
  const configId = textOf(input, "configId", MAX_SCORE_ID);
  if (configId === undefined) return {};
  if (configs.length === 0) return { configId };
  const config = configs.find(({ id }) => id === configId);
  if (!config) throw new Invalid("configId", `there is no score config ${configId}`);
  if (config.isArchived) throw new Invalid("configId", `score config ${configId} is archived`);
  return { configId, config };
}

function nameOf(input: ScoreInput, dataType: ScoreType, config: ScoreConfig | undefined): string {
  if (dataType === "CORRECTION") return "output";
  const name = textOf(input, "name", MAX_SCORE_NAME);
  if (name === undefined) throw new Invalid("name", "is required");
  if (config && config.name !== name) {
    throw new Invalid("name", `must be ${config.name}, as its score config says`);
  }
  return name;
}

function sourceOf(
  input: ScoreInput,
  sources: readonly ScoreSource[],
  dataType: ScoreType,
): ScoreSource {
  const source = oneOf(input, "source", SCORE_SOURCES) ?? "API";
  if (!sources.includes(source)) {
    throw new Invalid("source", `${source} is not accepted here; use ${sources.join(" or ")}`);
  }
  if (source === "ANNOTATION" && dataType !== "CORRECTION" && !input["configId"]) {
    throw new Invalid("configId", "is required for source ANNOTATION");
  }
  return source;
}

function detailsOf(input: ScoreInput): Pick<ScorePatch, "comment" | "metadata" | "queueId"> {
  const details: ReturnType<typeof detailsOf> = {};
  const comment = input["comment"] === null ? null : textOf(input, "comment", MAX_COMMENT);
  if (comment !== undefined) details.comment = comment;
  const metadata = input["metadata"];
  if (metadata !== undefined && metadata !== null) {
    if (JSON.stringify(metadata).length > MAX_METADATA) {
      throw new Invalid("metadata", `must be at most ${MAX_METADATA} characters of JSON`);
    }
    const isRecord = typeof metadata === "object" && !Array.isArray(metadata);
    details.metadata = isRecord ? (metadata as Record<string, unknown>) : { metadata };
  }
  const queueId = textOf(input, "queueId", MAX_SCORE_ID);
  if (queueId !== undefined) details.queueId = queueId;
  return details;
}

/** What a caller may say, and what the project agreed on. */
export type ScoreRules = {
  sources: readonly ScoreSource[];
  /** The project's score configs. Where it keeps none, a `configId` from elsewhere is taken as said. */
  configs: readonly ScoreConfig[];
};

/**
 * Checks a score and settles its type and value. Without `dataType` a number is NUMERIC and a
 * string CATEGORICAL, unless a score config says better; the other types must be named.
 */
export function validateScore(
  input: ScoreInput,
  { sources, configs }: ScoreRules,
): { score: ValidScore } | { problem: ScoreProblem } {
  try {
    const { configId, config } = configOf(input, configs);
    const said = oneOf(input, "dataType", SCORE_TYPES);
    if (config && said && said !== config.dataType) {
      throw new Invalid("dataType", `must be ${config.dataType}, as its score config says`);
    }
    const dataType = said ?? config?.dataType ?? inferType(input["value"]);
    const score: ValidScore = {
      ...targetOf(input, dataType),
      name: nameOf(input, dataType, config),
      source: sourceOf(input, sources, dataType),
      dataType,
      ...VALUES[dataType](input["value"], config),
      ...detailsOf(input),
      ...(configId === undefined ? {} : { configId }),
    };
    return { score };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { problem: { path: error.path, message: error.message } };
  }
}
