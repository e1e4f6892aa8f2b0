import type { Json } from "../../model.ts";
import type { OBSERVATION_GROUPS } from "../contract.ts";
import type { TraceSummary } from "../record.ts";
import type { observationView } from "../view.ts";

export type Group = (typeof OBSERVATION_GROUPS)[number];

const FIELDS: Record<Group, readonly string[]> = {
  core: ["id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"],
  basic: [
    "name",
    "level",
    "statusMessage",
    "version",
    "environment",
    "bookmarked",
    "public",
    "userId",
    "sessionId",
    "isRootObservation",
  ],
  time: ["completionStartTime", "createdAt", "updatedAt"],
  io: ["input", "output"],
  metadata: ["metadata"],
  model: ["model", "internalModelId", "modelParameters"],
  usage: ["usageDetails", "costDetails", "totalCost", "usagePricingTierName"],
  prompt: ["promptId", "promptName", "promptVersion"],
  metrics: ["latency", "timeToFirstToken"],
  trace_context: ["tags", "release", "traceName"],
};

/** Shown whatever is asked for: clients want the keys. */
const ALWAYS = ["modelId", "inputPrice", "outputPrice", "totalPrice"];

/** This generation of the API gives text as it is, and all else as JSON. */
const asText = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** What an observation takes from its trace. */
function ofTrace(trace: TraceSummary | undefined) {
  if (!trace) return { public: false, tags: [] };
  const { userId, sessionId, tags, release, name: traceName } = trace;
  return { public: trace.public, userId, sessionId, tags, release, traceName };
}

/** The fields of the groups, of an observation as the first generation shows it. */
export function observationViewV2(
  view: ReturnType<typeof observationView>,
  { trace, groups }: { trace: TraceSummary | undefined; groups: readonly Group[] },
): Record<string, Json> {
  const all = new Map<string, unknown>(
    Object.entries({
      ...view,
      ...ofTrace(trace),
      input: asText(view.input),
      output: asText(view.output),
      bookmarked: false,
      isRootObservation: view.parentObservationId === null,
      internalModelId: null,
      totalCost: view.calculatedTotalCost,
      usagePricingTierName: null,
    }),
  );
  const keys = [...new Set<Group>(["core", ...groups])].flatMap((group) => FIELDS[group]);
  const shown = [...keys, ...ALWAYS].map((key) => [key, all.get(key) ?? null]);
  return Object.fromEntries(shown) as Record<string, Json>;
}
