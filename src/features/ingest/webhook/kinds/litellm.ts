import { saidByMetadata } from "../../metadata-keys.ts";
import type { Json } from "../../model.ts";

/*
 * LiteLLM's Generic API callback: one StandardLoggingPayload per call, of which this reads what we
 * know. The proxy's own metadata holds hashes of its users' keys: only what the caller said of the
 * call (`requester_metadata`) is kept.
 */

type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const recordOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Without what is absent or null, so that the event says only what the payload says. */
const said = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );

/** A list, one payload, or a payload a line; what is no JSON becomes undefined. */
export function payloadsOf(text: string): unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * LiteLLM counts in the shape of OpenAI; the whole usage object has the details. Of a call that
 * failed it says 0 tokens because nobody told it how many there were.
 */
function usageOf(payload: Fields): Fields | undefined {
  const { prompt_tokens, completion_tokens, total_tokens, status } = payload;
  if (status === "failure" && total_tokens === 0) return undefined;
  const response = recordOf(payload["response"]);
  const whole = recordOf(recordOf(payload["metadata"])["usage_object"] ?? response["usage"]);
  return said({ ...whole, prompt_tokens, completion_tokens, total_tokens });
}

/** A call that failed, or whose price LiteLLM does not know, is said to cost 0. */
function costOf(payload: Fields): Fields | undefined {
  const { response_cost: total, response_cost_failure_debug_info: unpriced, status } = payload;
  if (typeof total !== "number") return undefined;
  const isUnknown = total === 0 && (status === "failure" || isRecord(unpriced));
  if (isUnknown) return undefined;
  const { input_cost: input, output_cost: output } = recordOf(payload["cost_breakdown"]);
  return said({ total, input, output });
}

function outputOf(payload: Fields): unknown {
  const { response } = payload;
  const choices = recordOf(response)["choices"];
  const [first] = Array.isArray(choices) ? (choices as unknown[]) : [];
  return recordOf(first)["message"] ?? response;
}

function outcomeOf(payload: Fields): Fields {
  if (payload["status"] !== "failure") return {};
  const message =
    textOf(payload["error_str"]) ?? textOf(recordOf(payload["error_information"])["error_message"]);
  return said({ level: "ERROR", statusMessage: message });
}

/** What the caller said, and what LiteLLM's own prompt management used. */
function callerOf(payload: Fields) {
  const metadata = recordOf(payload["metadata"]);
  const caller = recordOf(metadata["requester_metadata"]);
  const managed = recordOf(metadata["prompt_management_metadata"]);
  const own = saidByMetadata((key) => caller[key] as Json | undefined);
  const through = saidByMetadata(
    (key) =>
      ({ prompt_name: managed["prompt_id"], prompt_version: managed["prompt_version"] })[
        key as "prompt_name"
      ] as Json | undefined,
  );
  return { caller, said: own, link: own.link.promptName === undefined ? through.link : own.link };
}

/** An event's link needs both halves; a fallback is version 0. */
function linkFields({ link }: ReturnType<typeof callerOf>): Fields {
  const { promptName, promptVersion, promptLabel, promptFallback } = link;
  const version = promptFallback ? 0 : (promptVersion ?? promptLabel);
  return promptName === undefined || version === undefined
    ? {}
    : { promptName, promptVersion: version };
}

function generationOf(payload: Fields, id: string, traceId: string): Fields {
  const of = callerOf(payload);
  const isStream = payload["stream"] === true;
  return said({
    id,
    traceId,
    name: textOf(payload["call_type"]),
    // Every payload says it; an object that does not is none of LiteLLM's.
    startTime: payload["startTime"] ?? "missing",
    endTime: payload["endTime"],
    // Of a call that is no stream LiteLLM says its end here.
    completionStartTime: isStream ? payload["completionStartTime"] : undefined,
    model: textOf(payload["model"]),
    provider: textOf(payload["custom_llm_provider"]),
    modelParameters: payload["model_parameters"],
    usageDetails: usageOf(payload),
    costDetails: costOf(payload),
    input: payload["messages"],
    output: outputOf(payload),
    metadata: said({
      ...of.caller,
      model_group: payload["model_group"],
      cache_hit: payload["cache_hit"],
    }),
    environment: of.said.environment,
    ...outcomeOf(payload),
    ...linkFields(of),
  });
}

function traceOf(payload: Fields, traceId: string): Fields {
  const { said: caller } = callerOf(payload);
  const tags = payload["request_tags"];
  return said({
    id: traceId,
    userId: caller.userId ?? textOf(payload["end_user"]),
    sessionId: caller.sessionId,
    environment: caller.environment,
    tags: Array.isArray(tags) && tags.length > 0 ? tags : undefined,
  });
}

/**
 * The events of LiteLLM's payloads.
 *
 * @param delivery names the delivery, for payloads without an id
 */
export function litellmEvents(payloads: readonly unknown[], delivery: string): unknown[] {
  return payloads.flatMap((payload, i): unknown[] => {
    if (!isRecord(payload)) return [{ id: `${delivery}:${i}`, type: "generation-create" }];
    const id = textOf(payload["id"]) ?? `${delivery}:${i}`;
    const traceId = textOf(payload["trace_id"]) ?? id;
    const timestamp = payload["endTime"] ?? payload["startTime"];
    const kind = /embedding/.test(String(payload["call_type"])) ? "embedding" : "generation";
    const trace = traceOf(payload, traceId);
    const events: unknown[] = [
      { id, type: `${kind}-create`, timestamp, body: generationOf(payload, id, traceId) },
    ];
    if (Object.keys(trace).length > 1) {
      events.push({ id: `${id}:trace`, type: "trace-create", timestamp, body: trace });
    }
    return events;
  });
}
