import { promptVersionOf } from "../../model.ts";
import type { GenerationView } from "./contract.ts";
import type { Full } from "./match.ts";

const US_PER_MS = 1000;
const NANO = 1e9;

const iso = (us: number): string => new Date(us / US_PER_MS).toISOString();

const msBetween = (fromUs: number | null, toUs: number | null): number | null =>
  fromUs === null || toUs === null || toUs < fromUs ? null : (toUs - fromUs) / US_PER_MS;

function linkView({ record: { fields, linkedVersion }, labels }: Full) {
  return {
    promptName: fields.promptName ?? null,
    promptVersion: linkedVersion === null ? null : promptVersionOf(linkedVersion),
    namedLabel: fields.promptLabel ?? null,
    labelsAtStart: labels,
  };
}

/** Milliseconds, USD, ISO 8601; unknown is null. Inputs and outputs are read one by one. */
export function generationView(full: Full): GenerationView {
  const { record, userId, sessionId, scores } = full;
  const { fields, startUs, endUs, firstTokenUs, cost } = record;
  return {
    id: record.id,
    traceId: record.traceId,
    userId,
    sessionId,
    name: fields.name ?? null,
    startTime: iso(startUs ?? record.updatedUs),
    endTime: endUs === null ? null : iso(endUs),
    latencyMs: msBetween(startUs, endUs),
    timeToFirstTokenMs: msBetween(startUs, firstTokenUs),
    model: fields.model ?? null,
    environment: record.environment,
    level: fields.level ?? "DEFAULT",
    statusMessage: fields.statusMessage ?? null,
    ...linkView(full),
    usageDetails: fields.usage ?? {},
    costUsd: cost.total === null ? null : cost.total / NANO,
    scores: scores.map(({ score, level }) => ({
      id: score.id,
      name: score.name,
      level,
      source: score.source,
      dataType: score.dataType,
      value: score.value ?? null,
      stringValue: score.stringValue ?? null,
    })),
  };
}
