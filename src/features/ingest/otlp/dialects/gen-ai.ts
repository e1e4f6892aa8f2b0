import type { Json, ObservationType } from "../../model.ts";
import { normaliseCost, normaliseUsage } from "../../normalise.ts";
import { indexedMessages } from "../messages.ts";
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
  under,
  unpack,
} from "../said.ts";
import type { Attributes, Span } from "../spans.ts";

/** `gen_ai.operation.name`. */
const OPERATIONS: ReadonlyMap<string, ObservationType> = new Map([
  ["chat", "GENERATION"],
  ["text_completion", "GENERATION"],
  ["completion", "GENERATION"],
  ["generate_content", "GENERATION"],
  ["generate", "GENERATION"],
  ["embeddings", "EMBEDDING"],
  ["invoke_agent", "AGENT"],
  ["create_agent", "AGENT"],
  ["execute_tool", "TOOL"],
  ["retrieval", "RETRIEVER"],
  ["invoke_workflow", "CHAIN"],
]);

/** The newest convention first; then its older name, and Cloudflare's. */
const PROVIDER = ["gen_ai.provider.name", "gen_ai.system", "gen_ai.model.provider"];

const MODEL = ["gen_ai.response.model", "gen_ai.request.model"];

/** Counts whose name says which whole they are part of; the rest is as `normaliseUsage` knows it. */
const USAGE_DETAILS: ReadonlyMap<string, readonly [detail: string, key: string]> = new Map([
  ["cache_read.input_tokens", ["input_tokens_details", "cache_read"]],
  ["cache_read_input_tokens", ["input_tokens_details", "cache_read"]],
  ["cached_tokens", ["input_tokens_details", "cache_read"]],
  ["cache_creation.input_tokens", ["input_tokens_details", "cache_creation"]],
  ["cache_creation_input_tokens", ["input_tokens_details", "cache_creation"]],
  ["reasoning.output_tokens", ["output_tokens_details", "reasoning"]],
  ["reasoning_tokens", ["output_tokens_details", "reasoning"]],
]);

const NOT_COUNTS = new Set(["cost"]);

/** `gen_ai.usage.*`. The conventions count cached and reasoning tokens inside input and output. */
export function genAiUsage(attributes: Attributes): Record<string, number> | undefined {
  const counts = new Map<string, Json>();
  const details = new Map<string, Map<string, Json>>();
  for (const [key, value] of Object.entries(under(attributes, "gen_ai.usage.") ?? {})) {
    const detail = USAGE_DETAILS.get(key);
    if (detail) {
      const [whole, part] = detail;
      details.set(whole, (details.get(whole) ?? new Map<string, Json>()).set(part, value));
    } else if (!NOT_COUNTS.has(key) && !key.startsWith("details.")) counts.set(key, value);
  }
  for (const [whole, parts] of details) counts.set(whole, Object.fromEntries(parts));
  return normaliseUsage(Object.fromEntries(counts));
}

function modelParameters(attributes: Attributes): Record<string, Json> | undefined {
  const { model: _model, ...parameters } = under(attributes, "gen_ai.request.") ?? {};
  return Object.keys(parameters).length === 0 ? undefined : parameters;
}

const ROLE_OF_EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$/;

/** Older conventions send one event per message. */
function messageEvents({ events }: Span): Json[] | undefined {
  const messages = events.flatMap(({ name, attributes }): Json[] => {
    const role = ROLE_OF_EVENT.exec(name)?.[1];
    if (role === undefined) return [];
    const fields = [...attributes].filter(([key]) => !key.startsWith("gen_ai."));
    return [{ role, ...Object.fromEntries(fields.map(([key, value]) => [key, unpack(value)])) }];
  });
  return messages.length === 0 ? undefined : messages;
}

function choiceEvents({ events }: Span): Json | undefined {
  const choices = events
    .filter(({ name }) => name === "gen_ai.choice")
    .map(({ attributes }) =>
      Object.fromEntries([...attributes].map(([key, value]) => [key, unpack(value)])),
    );
  return choices.length > 1 ? choices : choices[0];
}

/** A payload said by attribute, on the span or on any of its events. */
function payload({ attributes, events }: Span, keys: readonly string[]): Json | undefined {
  for (const where of [attributes, ...events.map((event) => event.attributes)]) {
    const value = firstOf(where, keys);
    if (value !== undefined) return unpack(value);
  }
  return undefined;
}

/** The newer conventions keep the system's instructions apart from the messages they lead. */
function withInstructions(span: Span, messages: Json | undefined): Json | undefined {
  const instructions = payload(span, ["gen_ai.system_instructions"]);
  if (instructions === undefined) return messages;
  const system = { role: "system", parts: instructions };
  return Array.isArray(messages) ? [system, ...messages] : messages;
}

const inputOf = (span: Span): Json | undefined =>
  withInstructions(span, payload(span, ["gen_ai.input.messages"])) ??
  payload(span, ["gen_ai.prompt", "gen_ai.prompt_json", "gen_ai.tool.call.arguments"]) ??
  indexedMessages(span.attributes, "gen_ai.prompt.") ??
  messageEvents(span);

const outputOf = (span: Span): Json | undefined =>
  payload(span, [
    "gen_ai.output.messages",
    "gen_ai.completion",
    "gen_ai.completion_json",
    "gen_ai.tool.call.result",
  ]) ??
  indexedMessages(span.attributes, "gen_ai.completion.") ??
  choiceEvents(span);

const FIRST_TOKEN_SECONDS = [
  "gen_ai.client.operation.time_to_first_chunk",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.server.time_to_first_token",
];

function observation({ span }: Context): SaidOfObservation {
  const { attributes } = span;
  return said<SaidOfObservation>({
    model: firstText(attributes, MODEL),
    provider: firstText(attributes, PROVIDER),
    modelParameters: modelParameters(attributes),
    usage: genAiUsage(attributes),
    cost: normaliseCost(attributes.get("gen_ai.usage.cost")),
    input: inputOf(span),
    output: outputOf(span),
    firstTokenUs: afterStart(span, numberOf(firstOf(attributes, FIRST_TOKEN_SECONDS))),
    ...promptLink(attributes.get("gen_ai.prompt.name"), attributes.get("gen_ai.prompt.version")),
  });
}

const trace = ({ span }: Context): SaidOfTrace =>
  said<SaidOfTrace>({ sessionId: idOf(span.attributes.get("gen_ai.conversation.id")) });

const CLAIMED = [
  ...MODEL,
  ...PROVIDER,
  "gen_ai.conversation.id",
  "gen_ai.system_instructions",
  "gen_ai.prompt_json",
  "gen_ai.completion_json",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "gen_ai.prompt",
  "gen_ai.completion",
];
const CLAIMED_PREFIXES = [
  "gen_ai.request.",
  "gen_ai.usage.",
  "gen_ai.prompt.",
  "gen_ai.completion.",
];

/** OpenTelemetry's semantic conventions for generative AI, and what instrumentations made of them. */
export const genAi: Dialect = {
  speaks: (key) => key.startsWith("gen_ai."),
  typeOf: ({ span }) => OPERATIONS.get(firstText(span.attributes, ["gen_ai.operation.name"]) ?? ""),
  namesModel: (attributes) => firstText(attributes, MODEL) !== undefined,
  observation,
  trace,
  claims: (key) =>
    CLAIMED.includes(key) || CLAIMED_PREFIXES.some((prefix) => key.startsWith(prefix)),
};
