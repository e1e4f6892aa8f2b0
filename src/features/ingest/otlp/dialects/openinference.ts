import type { Json, ObservationType } from "../../model.ts";
import { normaliseCost, normaliseUsage } from "../../normalise.ts";
import { indexedMessages } from "../messages.ts";
import {
  type Context,
  type Dialect,
  firstText,
  idOf,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  tagsOf,
  unpack,
  unpackObject,
} from "../said.ts";
import type { Attributes } from "../spans.ts";

/** `openinference.span.kind`. */
const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ["LLM", "GENERATION"],
  ["EMBEDDING", "EMBEDDING"],
  ["TOOL", "TOOL"],
  ["AGENT", "AGENT"],
  ["CHAIN", "CHAIN"],
  ["RETRIEVER", "RETRIEVER"],
  ["RERANKER", "RETRIEVER"],
  ["GUARDRAIL", "GUARDRAIL"],
  ["EVALUATOR", "EVALUATOR"],
]);

const MODEL = ["llm.model_name", "embedding.model_name", "reranker.model_name"];
const PROVIDER = ["llm.provider", "llm.system"];

function usageOf(attributes: Attributes): Record<string, number> | undefined {
  const count = (key: string) => attributes.get(`llm.token_count.${key}`);
  return normaliseUsage({
    input: count("prompt"),
    output: count("completion"),
    total: count("total"),
    input_tokens_details: {
      cache_read: count("prompt_details.cache_read"),
      cache_write: count("prompt_details.cache_write"),
      audio: count("prompt_details.audio"),
    },
    output_tokens_details: {
      reasoning: count("completion_details.reasoning"),
      audio: count("completion_details.audio"),
    },
  });
}

const costOf = (attributes: Attributes): Record<string, number> | undefined =>
  normaliseCost({
    total: attributes.get("llm.cost.total"),
    input: attributes.get("llm.cost.prompt"),
    output: attributes.get("llm.cost.completion"),
  });

const valueOf = (attributes: Attributes, key: string): Json | undefined => {
  const value = attributes.get(key);
  return value === undefined || value === null ? undefined : unpack(value);
};

const PARAMETERS = "llm.invocation_parameters";

/** The model; of a call that failed nobody said it but the request, among its parameters. */
function modelOf(attributes: Attributes): string | undefined {
  const requested = unpackObject(attributes.get(PARAMETERS))?.["model"];
  return firstText(attributes, MODEL) ?? (typeof requested === "string" ? requested : undefined);
}

function observation({ span: { attributes } }: Context): SaidOfObservation {
  return said<SaidOfObservation>({
    model: modelOf(attributes),
    provider: firstText(attributes, PROVIDER),
    modelParameters: unpackObject(attributes.get(PARAMETERS)),
    usage: usageOf(attributes),
    cost: costOf(attributes),
    input:
      valueOf(attributes, "input.value") ??
      indexedMessages(attributes, "llm.input_messages.", "message"),
    output:
      valueOf(attributes, "output.value") ??
      indexedMessages(attributes, "llm.output_messages.", "message"),
    metadata: unpackObject(attributes.get("metadata")),
  });
}

const trace = ({ span: { attributes } }: Context): SaidOfTrace =>
  said<SaidOfTrace>({
    sessionId: idOf(attributes.get("session.id")),
    userId: idOf(attributes.get("user.id")),
    tags: tagsOf(attributes.get("tag.tags")),
  });

const PREFIXES = ["openinference.", "llm.", "input.", "output.", "embedding.", "tag."];

const CLAIMED = [
  ...MODEL,
  ...PROVIDER,
  "openinference.span.kind",
  "input.value",
  "input.mime_type",
  "output.value",
  "output.mime_type",
  PARAMETERS,
  "metadata",
  "tag.tags",
];
const CLAIMED_PREFIXES = [
  "llm.token_count.",
  "llm.cost.",
  "llm.input_messages.",
  "llm.output_messages.",
];

/** Arize's OpenInference. */
export const openInference: Dialect = {
  speaks: (key) => PREFIXES.some((prefix) => key.startsWith(prefix)),
  typeOf: ({ span }) =>
    KINDS.get((firstText(span.attributes, ["openinference.span.kind"]) ?? "").toUpperCase()),
  namesModel: (attributes) => firstText(attributes, ["llm.model_name"]) !== undefined,
  observation,
  trace,
  claims: (key) =>
    CLAIMED.includes(key) || CLAIMED_PREFIXES.some((prefix) => key.startsWith(prefix)),
};
