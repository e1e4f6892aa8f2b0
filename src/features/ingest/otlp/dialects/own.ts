import {
  type Json,
  type Level,
  LEVELS,
  OBSERVATION_TYPES,
  type ObservationType,
} from "../../model.ts";
import { normaliseCost, normaliseUsage, parseInstantUs } from "../../normalise.ts";
import { promptLink } from "../prompt.ts";
import {
  booleanOf,
  type Context,
  type Dialect,
  firstOf,
  firstText,
  idOf,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  tagsOf,
  unpack,
  unpackObject,
  unpackQuoted,
} from "../said.ts";
import type { Attributes } from "../spans.ts";

/** The vocabularies of both SDK families are the same after the prefix. */
const PREFIXES = ["langfuse.", "abv."];

const prefixed = (...names: string[]): string[] =>
  names.flatMap((name) => PREFIXES.map((prefix) => prefix + name));

const KEYS = {
  type: prefixed("observation.type"),
  model: prefixed("observation.model.name"),
  modelParameters: prefixed("observation.model.parameters"),
  input: prefixed("observation.input"),
  output: prefixed("observation.output"),
  usage: prefixed("observation.usage_details"),
  cost: prefixed("observation.cost_details"),
  firstToken: prefixed("observation.completion_start_time"),
  level: prefixed("observation.level"),
  statusMessage: prefixed("observation.status_message"),
  promptName: prefixed("observation.prompt.name", "prompt.name"),
  promptVersion: prefixed("observation.prompt.version", "prompt.version"),
  traceName: prefixed("trace.name"),
  traceInput: prefixed("trace.input"),
  traceOutput: prefixed("trace.output"),
  tags: prefixed("trace.tags", "tags"),
  public: prefixed("trace.public", "public"),
  user: ["user.id", ...prefixed("user.id")],
  session: ["session.id", ...prefixed("session.id")],
};

const OBSERVATION_METADATA = prefixed("observation.metadata");
const TRACE_METADATA = prefixed("trace.metadata", "metadata");

/** Keys inside metadata by which wrappers speak of the trace. */
const inMetadata = (name: string): string[] =>
  [...OBSERVATION_METADATA, ...TRACE_METADATA].flatMap((metadata) => [
    `${metadata}.langfuse_${name}`,
    `${metadata}.abv_${name}`,
  ]);

const IN_METADATA = {
  user: inMetadata("user_id"),
  session: inMetadata("session_id"),
  tags: inMetadata("tags"),
};

/** Of two ways to say the same, metadata is the last resort. */
function firstOrInMetadata(
  attributes: Attributes,
  field: keyof typeof IN_METADATA,
): Json | undefined {
  const value = firstOf(attributes, KEYS[field]);
  if (value !== undefined) return value;
  const inner = firstOf(attributes, IN_METADATA[field]);
  return inner === undefined ? undefined : unpackQuoted(inner);
}

const upper = (text: string | undefined): string | undefined => text?.toUpperCase();

const typeNamed = (name: string | undefined): ObservationType | undefined =>
  OBSERVATION_TYPES.find((type) => type === upper(name));

const levelNamed = (name: string | undefined): Level | undefined =>
  LEVELS.find((level) => level === upper(name));

/** Metadata said as a whole under `key`, or key by key under `key.`; a whole that is no object keeps its value. */
function metadataOf(
  attributes: Attributes,
  keys: readonly string[],
): Record<string, Json> | undefined {
  const metadata = new Map<string, Json>();
  for (const [key, value] of attributes) {
    // Most keys are of something else: one look instead of one for each prefix.
    if (!key.includes("metadata")) continue;
    const whole = keys.find((prefix) => key.startsWith(prefix));
    if (whole === undefined) continue;
    const rest = key.slice(whole.length);
    if (rest.startsWith(".") && rest.length > 1) metadata.set(rest.slice(1), unpackQuoted(value));
    if (rest !== "") continue;
    const entries = Object.entries(unpackObject(value) ?? { metadata: unpackQuoted(value) });
    for (const [name, part] of entries) metadata.set(name, part);
  }
  return metadata.size === 0 ? undefined : Object.fromEntries(metadata);
}

const unpacked = (attributes: Attributes, keys: readonly string[]): Json | undefined => {
  const value = firstOf(attributes, keys);
  return value === undefined ? undefined : unpack(value);
};

/** Tokens and costs, as an SDK's user says them on purpose. */
export const countsOf = (
  attributes: Attributes,
): { [K in "usage" | "cost"]: Record<string, number> | undefined } => ({
  usage: normaliseUsage(unpacked(attributes, KEYS.usage)),
  cost: normaliseCost(unpacked(attributes, KEYS.cost)),
});

function observation({ span: { attributes } }: Context): SaidOfObservation {
  return said<SaidOfObservation>({
    model: firstText(attributes, KEYS.model),
    modelParameters: unpackObject(firstOf(attributes, KEYS.modelParameters)),
    ...countsOf(attributes),
    input: unpacked(attributes, KEYS.input),
    output: unpacked(attributes, KEYS.output),
    metadata: metadataOf(attributes, OBSERVATION_METADATA),
    level: levelNamed(firstText(attributes, KEYS.level)),
    statusMessage: firstText(attributes, KEYS.statusMessage),
    firstTokenUs: parseInstantUs(firstOf(attributes, KEYS.firstToken)),
    ...promptLink(firstOf(attributes, KEYS.promptName), firstOf(attributes, KEYS.promptVersion)),
  });
}

function trace({ span: { attributes } }: Context): SaidOfTrace {
  return said<SaidOfTrace>({
    name: firstText(attributes, KEYS.traceName),
    input: unpacked(attributes, KEYS.traceInput),
    output: unpacked(attributes, KEYS.traceOutput),
    metadata: metadataOf(attributes, TRACE_METADATA),
    tags: tagsOf(firstOrInMetadata(attributes, "tags")),
    public: booleanOf(firstOf(attributes, KEYS.public)),
    userId: idOf(firstOrInMetadata(attributes, "user")),
    sessionId: idOf(firstOrInMetadata(attributes, "session")),
  });
}

const isOwn = (key: string): boolean =>
  PREFIXES.some((prefix) => key.startsWith(prefix)) || key === "user.id" || key === "session.id";

/** Attributes of the ABV and Langfuse SDKs. */
export const own: Dialect = {
  speaks: isOwn,
  typeOf: ({ span }) => typeNamed(firstText(span.attributes, KEYS.type)),
  namesModel: (attributes) => firstText(attributes, KEYS.model) !== undefined,
  observation,
  trace,
  claims: isOwn,
};
