import { cellOf } from "../../../lib/split/cells.ts";
import { saidByMetadata, SPLIT_KEY, splitOf } from "../metadata-keys.ts";
import {
  type Json,
  type Level,
  LEVELS,
  OBSERVATION_TYPES,
  type ObservationPatch,
  type ObservationType,
} from "../model.ts";
import {
  costOfUsage,
  normaliseCost,
  normaliseEnvironment,
  normaliseUsage,
  parsePromptVersion,
} from "../normalise.ts";
import {
  type Body,
  idOf,
  instantOf,
  metadataOf,
  parametersOf,
  payloadField,
  said,
  textOf,
  Unusable,
} from "./said.ts";

type Link = Pick<
  ObservationPatch,
  "promptName" | "promptVersion" | "promptLabel" | "promptFallback"
>;

/** Version 0 is what a client holds that fell back to its own text. */
function linkOf(body: Body): Link {
  const promptName = textOf(body, "promptName");
  const said = body["promptVersion"] ?? undefined;
  if (promptName === undefined && said === undefined) return {};
  if (promptName === undefined) {
    throw new Unusable("body.promptName: must be given together with promptVersion");
  }
  if (said === undefined) {
    throw new Unusable("body.promptVersion: must be given together with promptName");
  }
  if (said === 0 || body["promptFallback"] === true) return { promptName, promptFallback: true };
  const parsed = parsePromptVersion(said);
  if (!parsed) throw new Unusable("body.promptVersion: must be a whole number from 1");
  return "version" in parsed
    ? { promptName, promptVersion: parsed.version }
    : { promptName, promptLabel: parsed.label };
}

/** On this wire users stand on traces: a generation names its own only in metadata. */
function userCellOf(metadata: Record<string, Json> | undefined): number | undefined {
  const { userId, sessionId } = saidByMetadata((key) => metadata?.[key]);
  const user = userId ?? sessionId;
  return user === undefined ? undefined : cellOf(user);
}

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  typeof value === "string" ? values.find((one) => one === value.toUpperCase()) : undefined;

/**
 * The type an event implies. `observation-*` says it in the body. An update of a span says none:
 * clients send it for what they created as an agent or a tool, too.
 */
function typeOf(kind: string, isUpdate: boolean, body: Body): ObservationType | undefined {
  if (kind === "observation") return oneOf(OBSERVATION_TYPES, body["type"]);
  if (kind === "span" && isUpdate) return undefined;
  return oneOf(OBSERVATION_TYPES, kind);
}

const levelOf = (body: Body): Level | undefined => oneOf(LEVELS, body["level"]);

/** What an observation event says. @param kind the event's type up to `-create` or `-update` */
export function observationPatch(
  body: Body,
  { kind, isUpdate, eventId }: { kind: string; isUpdate: boolean; eventId: string },
): Omit<ObservationPatch, "clock"> {
  const id = idOf(body, "id") ?? (isUpdate ? undefined : eventId);
  if (id === undefined) throw new Unusable("body.id: is required in an update");
  const environment = body["environment"] ?? undefined;
  const metadata = metadataOf(body);
  return said<Omit<ObservationPatch, "clock">>({
    id,
    // A create without a trace is a trace of its own; an update belongs where its create went.
    traceId: idOf(body, "traceId") ?? (isUpdate ? null : id),
    type: typeOf(kind, isUpdate, body),
    name: textOf(body, "name"),
    parentId: idOf(body, "parentObservationId"),
    startUs: instantOf(body, "startTime"),
    endUs: instantOf(body, "endTime"),
    firstTokenUs: instantOf(body, "completionStartTime"),
    environment: environment === undefined ? undefined : normaliseEnvironment(environment),
    version: textOf(body, "version"),
    level: levelOf(body),
    statusMessage: textOf(body, "statusMessage"),
    model: textOf(body, "model"),
    provider: textOf(body, "provider"),
    modelParameters: parametersOf(body),
    usage: normaliseUsage(body["usageDetails"]) ?? normaliseUsage(body["usage"]),
    cost: normaliseCost(body["costDetails"]) ?? costOfUsage(body["usage"]),
    promptName: undefined,
    promptVersion: undefined,
    promptLabel: undefined,
    promptFallback: undefined,
    ...linkOf(body),
    split: splitOf(metadata?.[SPLIT_KEY]),
    userCell: userCellOf(metadata),
    sdk: undefined,
    deleted: undefined,
    input: payloadField(body, "input"),
    output: payloadField(body, "output"),
    metadata,
  });
}
