import { promptVersionOf } from "../model.ts";
import { tokensOf } from "../normalise.ts";
import type { FullPayload } from "./payload.ts";
import { type ObservationRecord, shownStartUs, type TraceSummary } from "./record.ts";

const US_PER_SECOND = 1e6;
const NANO = 1e9;

const iso = (us: number): string => new Date(us / 1000).toISOString();
const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));

const usdOrNull = (nano: number | null): number | null => (nano === null ? null : nano / NANO);

/** Null when an end is unknown, or when clocks make it negative. */
const secondsBetween = (fromUs: number | null, toUs: number | null): number | null =>
  fromUs === null || toUs === null || toUs < fromUs ? null : (toUs - fromUs) / US_PER_SECOND;

/** What was paid, by kind; kinds that are unknown are left out. */
function costDetails({ fields, cost }: ObservationRecord): Record<string, number> {
  if (fields.cost) return fields.cost;
  const known = Object.entries(cost).filter(([, nano]) => nano !== null);
  return Object.fromEntries(known.map(([kind, nano]) => [kind, (nano ?? 0) / NANO]));
}

/** The deprecated object. Its numbers may not be null for the Python SDK; `usageDetails` tells 0 from unknown. */
function legacyUsage({ fields }: ObservationRecord) {
  const { input, output, total } = tokensOf(fields.usage);
  return { input: input ?? 0, output: output ?? 0, total: total ?? 0, unit: "TOKENS" };
}

function linkView({ type, fields, linkedVersion }: ObservationRecord) {
  const isLinked = type === "GENERATION" && !fields.promptFallback;
  return {
    promptId: null,
    promptName: (isLinked ? fields.promptName : undefined) ?? null,
    promptVersion: linkedVersion === null ? null : promptVersionOf(linkedVersion),
  };
}

function moneyAndTime(record: ObservationRecord) {
  const { startUs, endUs, firstTokenUs, cost } = record;
  return {
    modelId: null,
    inputPrice: null,
    outputPrice: null,
    totalPrice: null,
    calculatedInputCost: usdOrNull(cost.input),
    calculatedOutputCost: usdOrNull(cost.output),
    calculatedTotalCost: usdOrNull(cost.total),
    latency: secondsBetween(startUs, endUs),
    timeToFirstToken: secondsBetween(startUs, firstTokenUs),
  };
}

/** An observation as the SDKs' read helpers parse it. Seconds, USD, ISO 8601; unknown is null. */
export function observationView(
  record: ObservationRecord,
  { projectId, payload }: { projectId: string; payload: FullPayload },
) {
  const { fields } = record;
  return {
    id: record.id,
    traceId: record.traceId,
    projectId,
    type: record.type,
    name: fields.name ?? null,
    startTime: iso(shownStartUs(record)),
    endTime: isoOrNull(record.endUs),
    completionStartTime: isoOrNull(record.firstTokenUs),
    model: fields.model ?? null,
    modelParameters: fields.modelParameters ?? {},
    ...payload,
    version: fields.version ?? null,
    usage: legacyUsage(record),
    usageDetails: fields.usage ?? {},
    costDetails: costDetails(record),
    level: fields.level ?? "DEFAULT",
    statusMessage: fields.statusMessage ?? null,
    parentObservationId: fields.parentId ?? null,
    ...linkView(record),
    environment: record.environment,
    createdAt: iso(shownStartUs(record)),
    updatedAt: iso(record.updatedUs),
    ...moneyAndTime(record),
  };
}

/** From the first start to the last end of the observations. */
export function latencyOf(observations: readonly ObservationRecord[]): number | null {
  const known = (us: (number | null)[]): number[] => us.filter((one) => one !== null);
  const starts = known(observations.map(({ startUs }) => startUs));
  const ends = known(observations.map(({ endUs }) => endUs));
  if (starts.length === 0 || ends.length === 0) return null;
  const least = starts.reduce((a, b) => Math.min(a, b));
  const greatest = ends.reduce((a, b) => Math.max(a, b));
  return secondsBetween(least, greatest);
}

/** USD over the observations whose cost is known; null when none is. */
export function totalCostOf(observations: readonly ObservationRecord[]): number | null {
  const known = observations.flatMap(({ cost }) => cost.total ?? []);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / NANO;
}

/** What every shape of a trace has. */
export const traceView = (
  trace: TraceSummary,
  { projectId, payload }: { projectId: string; payload: FullPayload },
) => ({
  id: trace.id,
  timestamp: iso(trace.timestampUs),
  name: trace.name,
  ...payload,
  sessionId: trace.sessionId,
  userId: trace.userId,
  release: trace.release,
  version: trace.version,
  tags: trace.tags,
  public: trace.public,
  bookmarked: false,
  environment: trace.environment,
  projectId,
  createdAt: iso(trace.timestampUs),
  updatedAt: iso(trace.updatedUs),
});

export const htmlPathOf = (projectId: string, traceId: string): string =>
  `/project/${projectId}/traces/${encodeURIComponent(traceId)}`;

/** A session, from its traces: it began with the earliest one. */
export function sessionView(sessionId: string, traces: readonly TraceSummary[], projectId: string) {
  const [first] = traces.toSorted((a, b) => a.timestampUs - b.timestampUs);
  return {
    id: sessionId,
    createdAt: iso(first?.timestampUs ?? 0),
    projectId,
    environment: first?.environment ?? "default",
  };
}
