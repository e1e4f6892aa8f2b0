import type { Json, ObservationType } from "../../model.ts";
import { normaliseUsage } from "../../normalise.ts";
import { promptLink } from "../prompt.ts";
import {
  type Context,
  type Dialect,
  firstText,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  unpack,
} from "../said.ts";
import type { Attributes } from "../spans.ts";

/** `traceloop.span.kind`: what its decorators wrap. */
const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ["workflow", "CHAIN"],
  ["task", "SPAN"],
  ["agent", "AGENT"],
  ["tool", "TOOL"],
]);

/** `llm.request.type`: only a call itself has it. */
const REQUESTS: ReadonlyMap<string, ObservationType> = new Map([
  ["chat", "GENERATION"],
  ["completion", "GENERATION"],
  ["embedding", "EMBEDDING"],
  ["rerank", "RETRIEVER"],
]);

const REQUEST = "llm.request.type";
const KIND = "traceloop.span.kind";

const typeOf = ({ span: { attributes } }: Context): ObservationType | undefined =>
  REQUESTS.get((firstText(attributes, [REQUEST]) ?? "").toLowerCase()) ??
  KINDS.get((firstText(attributes, [KIND]) ?? "").toLowerCase());

const valueOf = (attributes: Attributes, key: string): Json | undefined => {
  const value = attributes.get(key);
  return value === undefined || value === null ? undefined : unpack(value);
};

function observation({ span: { attributes } }: Context): SaidOfObservation {
  return said<SaidOfObservation>({
    input: valueOf(attributes, "traceloop.entity.input"),
    output: valueOf(attributes, "traceloop.entity.output"),
    // Beside `gen_ai.usage.*`, where the older releases have no total.
    usage: normaliseUsage({
      input:
        attributes.get("gen_ai.usage.prompt_tokens") ?? attributes.get("gen_ai.usage.input_tokens"),
      output:
        attributes.get("gen_ai.usage.completion_tokens") ??
        attributes.get("gen_ai.usage.output_tokens"),
      total: attributes.get("llm.usage.total_tokens"),
    }),
    ...promptLink(
      attributes.get("traceloop.prompt.key"),
      attributes.get("traceloop.prompt.version"),
    ),
  });
}

const trace = ({ span: { attributes } }: Context): SaidOfTrace =>
  said<SaidOfTrace>({ name: firstText(attributes, ["traceloop.workflow.name"]) });

const CLAIMED = [
  KIND,
  REQUEST,
  "traceloop.entity.input",
  "traceloop.entity.output",
  "llm.usage.total_tokens",
];

/** Traceloop's OpenLLMetry: its decorators, and what its instrumentations add to `gen_ai.*`. */
export const traceloop: Dialect = {
  speaks: (key) => key.startsWith("traceloop.") || key === REQUEST || key.startsWith("llm.usage."),
  typeOf,
  namesModel: () => false,
  observation,
  trace,
  claims: (key) => CLAIMED.includes(key),
};
