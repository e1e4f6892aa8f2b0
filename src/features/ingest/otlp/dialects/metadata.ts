import {
  METADATA_KEYS,
  type MetadataKey,
  promptLink,
  saidByMetadata,
  SPLIT_KEY,
  splitOf,
} from "../../metadata-keys.ts";
import type { Json } from "../../model.ts";
import {
  type Context,
  type Dialect,
  firstOf,
  firstText,
  idOf,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  tagsOf,
  unpackObject,
  unpackQuoted,
} from "../said.ts";
import type { Attributes } from "../spans.ts";

/*
 * Metadata that gateways and frameworks pass on from the caller, each under a prefix of its own.
 * The keys are ours (`metadata-keys.ts`), those that wrappers of the Langfuse SDKs look for, and
 * those by which LangChain knows threads and models.
 */

const PREFIXES = [
  // OpenRouter's broadcast.
  "trace.metadata.",
  // Traceloop's association properties.
  "traceloop.association.properties.",
  // LangSmith's and LangChain's own exporter.
  "langsmith.metadata.",
  "metadata.",
];

/** Cloudflare's AI Gateway puts its metadata beside the span's attributes without any prefix. */
const BARE = "";

/** Other names of the same; best first. */
const ALIASES: Partial<Record<MetadataKey, readonly string[]>> = {
  prompt_name: ["promptName"],
  prompt_version: ["promptVersion", "prompt_label"],
  user_id: ["userId", "langfuse_user_id", "abv_user_id"],
  session_id: [
    "sessionId",
    "langfuse_session_id",
    "abv_session_id",
    "thread_id",
    "conversation_id",
  ],
};

const PROMPTS = ["langfusePrompt", "langfuse_prompt", "abvPrompt", "abv_prompt"];
const TRACE_NAME = "trace.name";
const TAGS = ["tags", "langfuse_tags", "abv_tags"];

/** A call to a model: only there is a bare key such as `user_id` surely a gateway's. */
const isCall = (attributes: Attributes): boolean =>
  firstText(attributes, ["gen_ai.request.model", "gen_ai.response.model"]) !== undefined;

/** OpenInference has metadata as one JSON object. */
const asObject = (attributes: Attributes): Record<string, Json> =>
  unpackObject(attributes.get("metadata")) ?? {};

type Read = (name: string) => Json | undefined;

/** Reads a name under each prefix, in the metadata object, and bare where that is safe. */
function reader(attributes: Attributes): Read {
  const object = asObject(attributes);
  const prefixes = isCall(attributes) ? [...PREFIXES, BARE] : PREFIXES;
  return (name) => {
    const value = firstOf(
      attributes,
      prefixes.map((prefix) => prefix + name),
    );
    return value === undefined ? (object[name] ?? undefined) : unpackQuoted(value);
  };
}

const firstIn = (read: Read, names: readonly string[]): Json | undefined => {
  for (const name of names) {
    const value = read(name);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
};

const keysOf = (read: Read) =>
  saidByMetadata((key) => firstIn(read, [key, ...(ALIASES[key] ?? [])]));

/** The SDK's whole prompt object, as its users put it into a framework's metadata. */
function wholePrompt(read: Read): SaidOfObservation {
  const prompt = unpackObject(firstIn(read, PROMPTS));
  if (!prompt) return {};
  const link = promptLink(prompt["name"], prompt["version"]);
  return prompt["isFallback"] === true ? { ...link, promptFallback: true } : link;
}

function observation({ span: { attributes } }: Context): SaidOfObservation {
  const read = reader(attributes);
  const { link } = keysOf(read);
  return said<SaidOfObservation>({
    // LangChain names the model of a run in its metadata.
    model: idOf(read("ls_model_name")),
    provider: idOf(read("ls_provider")),
    split: splitOf(read(SPLIT_KEY)),
    ...(link.promptName === undefined ? wholePrompt(read) : link),
  });
}

function trace({ span: { attributes } }: Context): SaidOfTrace {
  const read = reader(attributes);
  const { userId, sessionId } = keysOf(read);
  return said<SaidOfTrace>({
    userId,
    sessionId,
    tags: tagsOf(firstIn(read, TAGS)),
    name: idOf(attributes.get(TRACE_NAME)),
  });
}

/** What metadata says of the environment, which is read apart from all else. */
export function metadataEnvironment(attributes: Attributes): string | undefined {
  return keysOf(reader(attributes)).environment;
}

/** Names that a gateway may put beside the span's own attributes. */
const NAMES: ReadonlySet<string> = new Set([
  ...METADATA_KEYS,
  ...Object.values(ALIASES).flat(),
  ...PROMPTS,
  ...TAGS,
  TRACE_NAME,
  "metadata",
]);

const isMetadata = (key: string): boolean =>
  NAMES.has(key) || PREFIXES.some((prefix) => key.startsWith(prefix));

/** Metadata of gateways and frameworks. All of it stays readable: nothing is claimed. */
export const metadata: Dialect = {
  speaks: isMetadata,
  typeOf: () => undefined,
  namesModel: () => false,
  observation,
  trace,
  claims: () => false,
};
