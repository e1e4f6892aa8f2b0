import type { Json, ObservationType } from "../../model.ts";
import { normaliseUsage } from "../../normalise.ts";
import { promptLink } from "../prompt.ts";
import {
  afterStart,
  type Context,
  type Dialect,
  firstOf,
  firstText,
  idOf,
  numberOf,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  tagsOf,
  under,
  unpack,
  unpackObject,
} from "../said.ts";
import type { Attributes } from "../spans.ts";

/** `ai.operationId` of the innermost calls. The spans around them repeat usage and stay spans. */
const OPERATIONS: ReadonlyMap<string, ObservationType> = new Map([
  ["ai.generateText.doGenerate", "GENERATION"],
  ["ai.generateObject.doGenerate", "GENERATION"],
  ["ai.streamText.doStream", "GENERATION"],
  ["ai.streamObject.doStream", "GENERATION"],
  ["ai.embed.doEmbed", "EMBEDDING"],
  ["ai.embedMany.doEmbed", "EMBEDDING"],
  ["ai.toolCall", "TOOL"],
]);

function typeOf({ span: { attributes } }: Context): ObservationType | undefined {
  const operation = firstText(attributes, ["ai.operationId", "operation.name"]) ?? "";
  // `operation.name` is followed by the function's own name.
  return OPERATIONS.get(operation.split(" ")[0] ?? "");
}

/**
 * Version 5 and 6 name the counts differently, and 6 says each detail twice. Only what is known is
 * taken: a detail taken for a count of its own would count its tokens again.
 */
function usageOf(attributes: Attributes): Record<string, number> | undefined {
  const count = (...names: string[]): Json | undefined =>
    firstOf(
      attributes,
      names.map((name) => `ai.usage.${name}`),
    );
  return normaliseUsage({
    // `tokens` is an embedding's only count.
    input: count("inputTokens", "promptTokens", "tokens"),
    output: count("outputTokens", "completionTokens"),
    total: count("totalTokens"),
    input_tokens_details: {
      cached_tokens: count("inputTokenDetails.cacheReadTokens", "cachedInputTokens"),
      cache_write_tokens: count("inputTokenDetails.cacheWriteTokens"),
    },
    output_tokens_details: {
      reasoning_tokens: count("outputTokenDetails.reasoningTokens", "reasoningTokens"),
    },
  });
}

/** The whole prompt object of the SDK; a fallback says so itself. */
function linkOf(attributes: Attributes): SaidOfObservation {
  const prompt = unpackObject(attributes.get("ai.telemetry.metadata.langfusePrompt"));
  if (!prompt) return {};
  const link = promptLink(prompt["name"], prompt["version"]);
  return prompt["isFallback"] === true ? { ...link, promptFallback: true } : link;
}

/** What answered, then what was asked for. */
const MODEL = ["gen_ai.response.model", "gen_ai.request.model", "ai.model.id"];

const INPUT = ["ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.values", "ai.value"];
const OUTPUT = [
  "ai.response.text",
  "ai.response.object",
  "ai.response.toolCalls",
  "ai.toolCall.result",
];

const valueOf = (attributes: Attributes, keys: readonly string[]): Json | undefined => {
  const value = firstOf(attributes, keys);
  return value === undefined || value === "" ? undefined : unpack(value);
};

/** Those of `ai.telemetry.metadata.*` that speak of the trace or the prompt. */
const OF_TRACE = new Set(["sessionId", "userId", "tags", "langfusePrompt"]);

function metadataOf(attributes: Attributes): Record<string, Json> | undefined {
  const all = Object.entries(under(attributes, "ai.telemetry.metadata.") ?? {});
  const entries = all.filter(([key]) => !OF_TRACE.has(key));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function observation({ span }: Context): SaidOfObservation {
  const { attributes } = span;
  const ms = numberOf(attributes.get("ai.response.msToFirstChunk"));
  return said<SaidOfObservation>({
    model: firstText(attributes, MODEL),
    provider: firstText(attributes, ["ai.model.provider"])?.split(".")[0],
    modelParameters: under(attributes, "ai.settings."),
    usage: usageOf(attributes),
    input: valueOf(attributes, INPUT),
    output: valueOf(attributes, OUTPUT),
    metadata: metadataOf(attributes),
    firstTokenUs: afterStart(span, ms === undefined ? undefined : ms / 1000),
    ...linkOf(attributes),
  });
}

function trace({ span: { attributes } }: Context): SaidOfTrace {
  const told = (key: string) => attributes.get(`ai.telemetry.metadata.${key}`);
  return said<SaidOfTrace>({
    sessionId: idOf(told("sessionId")),
    userId: idOf(told("userId")),
    tags: tagsOf(told("tags")),
  });
}

const CLAIMED = [
  ...INPUT,
  ...OUTPUT,
  "ai.model.id",
  "ai.model.provider",
  "ai.operationId",
  "operation.name",
];
const CLAIMED_PREFIXES = ["ai.usage.", "ai.settings.", "ai.telemetry.metadata."];

/** Vercel's AI SDK, versions 5 and 6; version 7 speaks `gen_ai.*`. */
export const vercel: Dialect = {
  speaks: (key) => key.startsWith("ai.") || key === "operation.name",
  typeOf,
  // `ai.model.id` stands on the spans around a call as well.
  namesModel: () => false,
  observation,
  trace,
  claims: (key) =>
    CLAIMED.includes(key) || CLAIMED_PREFIXES.some((prefix) => key.startsWith(prefix)),
};
