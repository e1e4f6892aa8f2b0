import type { ScoreConfig } from "../projects/model.ts";
import type { SCORE_FIELD_GROUPS } from "./contract.ts";
import type { ScorePatch } from "./model.ts";

/** What the store reads of a score. `at`: the newest event time, in µs since 1970. */
export type ScoreRow = { owner: string; id: string; level: string; at: number; doc: string };

/** A score as it is kept, and when it was last spoken of. */
export type StoredScore = { score: ScorePatch; updatedUs: number };

/** What `ingest` wrote into `score.doc`: the merged fields under `v`, see its `merge.ts`. */
export function decodeScore({ owner, id, level, at, doc }: ScoreRow): StoredScore {
  const { v, c } = JSON.parse(doc) as { v: Omit<ScorePatch, "id" | "clock">; c: string };
  // A score that named only its observation was filed under the trace that owns it.
  const traceId = v.traceId ?? (level === "S" ? undefined : owner);
  const score: ScorePatch = { ...v, id, clock: c, ...(traceId === undefined ? {} : { traceId }) };
  return { score, updatedUs: at };
}

/** ISO 8601 in UTC. @param us microseconds since 1970 */
const isoOf = (us: number): string => new Date(us / 1000).toISOString();

/** The number that a score config gives a category; 0 without one, as the SDKs expect. */
function categoryNumber(score: ScorePatch, configs: readonly ScoreConfig[]): number {
  const config = configs.find(({ id }) => id === score.configId);
  return config?.categories.find(({ label }) => label === score.stringValue)?.value ?? 0;
}

function numberOf(score: ScorePatch, configs: readonly ScoreConfig[]): number | null {
  switch (score.dataType) {
    case "NUMERIC":
    case "BOOLEAN":
      return score.value ?? null;
    case "CATEGORICAL":
      return categoryNumber(score, configs);
    case "CORRECTION":
      return 0;
    case "TEXT":
      return null;
  }
  return null;
}

/** A score as the API's first and second generation show it. */
export function scoreView({ score, updatedUs }: StoredScore, configs: readonly ScoreConfig[]) {
  const timestamp = isoOf(score.timestampUs);
  return {
    id: score.id,
    traceId: score.traceId ?? null,
    sessionId: score.sessionId ?? null,
    observationId: score.observationId ?? null,
    datasetRunId: null,
    name: score.name,
    source: score.source,
    dataType: score.dataType,
    value: numberOf(score, configs),
    stringValue: score.stringValue ?? null,
    timestamp,
    createdAt: timestamp,
    updatedAt: isoOf(updatedUs),
    authorUserId: score.authorUserId ?? null,
    comment: score.comment ?? null,
    metadata: score.metadata ?? {},
    configId: score.configId ?? null,
    queueId: score.queueId ?? null,
    environment: score.environment ?? "default",
  };
}

type FieldGroup = (typeof SCORE_FIELD_GROUPS)[number];

function subjectOf({ observationId, traceId, sessionId }: ScorePatch) {
  if (observationId !== undefined) {
    return { kind: "observation", id: observationId, ...(traceId ? { traceId } : {}) };
  }
  return traceId === undefined
    ? { kind: "session", id: sessionId ?? "" }
    : { kind: "trace", id: traceId };
}

/** One `value` of the type's own kind: number, truth or text. */
function ownValue({ dataType, value, stringValue }: ScorePatch): number | boolean | string {
  if (dataType === "NUMERIC") return value ?? 0;
  return dataType === "BOOLEAN" ? value === 1 : (stringValue ?? "");
}

const details = ({ comment, configId, metadata }: ScorePatch) => ({
  comment: comment ?? null,
  configId: configId ?? null,
  metadata: metadata ?? {},
});

const annotation = ({ authorUserId, queueId }: ScorePatch) => ({
  authorUserId: authorUserId ?? null,
  queueId: queueId ?? null,
});

/** A score as the API's third generation shows it. */
export function scoreViewV3(
  { score, updatedUs }: StoredScore,
  { projectId, groups }: { projectId: string; groups: readonly FieldGroup[] },
) {
  const timestamp = isoOf(score.timestampUs);
  return {
    id: score.id,
    projectId,
    name: score.name,
    source: score.source,
    dataType: score.dataType,
    value: ownValue(score),
    timestamp,
    createdAt: timestamp,
    updatedAt: isoOf(updatedUs),
    environment: score.environment ?? "default",
    ...(groups.includes("details") ? details(score) : {}),
    ...(groups.includes("annotation") ? annotation(score) : {}),
    ...(groups.includes("subject") ? { subject: subjectOf(score) } : {}),
  };
}
