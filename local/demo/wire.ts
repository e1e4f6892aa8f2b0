import type { Call, CallScore } from "./traffic.ts";

type Attribute = { key: string; value: Record<string, unknown> };

function attribute(key: string, value: string | number | boolean): Attribute {
  if (typeof value === "string") return { key, value: { stringValue: value } };
  if (typeof value === "boolean") return { key, value: { boolValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: value } : { doubleValue: value } };
}

const attributes = (values: Record<string, string | number | boolean | undefined>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [attribute(key, value)],
  );

const nanos = (ms: number): string => `${Math.round(ms * 1000)}000`;

/** The link as the SDKs send it; a fallback has none, and says so in our own word. */
const linkOf = ({ version, prompt }: Call) =>
  version === null
    ? { "promptside.prompt.fallback": prompt.name }
    : {
        "langfuse.observation.prompt.name": prompt.name,
        "langfuse.observation.prompt.version": version,
      };

function generationSpan(call: Call) {
  const startMs = call.startMs + call.overheadMs;
  const firstTokenAt =
    call.firstTokenMs === null ? undefined : new Date(startMs + call.firstTokenMs).toISOString();
  const usage = {
    input: call.inputTokens,
    ...(call.outputTokens === null ? {} : { output: call.outputTokens }),
  };
  return {
    traceId: call.traceId,
    spanId: call.generationId,
    parentSpanId: call.rootId,
    name: `${call.prompt.task}-llm`,
    kind: 3,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(startMs + call.latencyMs),
    attributes: attributes({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": call.model,
      "langfuse.observation.usage_details": JSON.stringify(usage),
      "langfuse.observation.completion_start_time": firstTokenAt,
      "langfuse.observation.input": JSON.stringify([{ role: "user", content: "Where is it?" }]),
      "langfuse.observation.output": call.failed ? undefined : "It is on its way.",
      "langfuse.environment": call.environment,
      ...linkOf(call),
    }),
    status: call.failed ? { code: 2, message: "the provider answered 529" } : { code: 1 },
  };
}

function rootSpan(call: Call) {
  return {
    traceId: call.traceId,
    spanId: call.rootId,
    name: call.prompt.task,
    kind: 2,
    startTimeUnixNano: nanos(call.startMs),
    endTimeUnixNano: nanos(call.startMs + call.overheadMs * 2 + call.latencyMs),
    attributes: attributes({
      "langfuse.observation.type": "span",
      "langfuse.trace.name": call.prompt.task,
      "langfuse.environment": call.environment,
      "user.id": call.userId,
      "session.id": call.sessionId,
    }),
    status: { code: 1 },
  };
}

/** One OTLP/JSON export of these calls, as an SDK would send it. */
export const toExport = (calls: readonly Call[]) => ({
  resourceSpans: [
    {
      resource: { attributes: attributes({ "service.name": "promptside-demo" }) },
      scopeSpans: [
        {
          scope: { name: "langfuse-sdk", version: "5.11.1" },
          spans: calls.flatMap((call) => [generationSpan(call), rootSpan(call)]),
        },
      ],
    },
  ],
});

function targetOf({ on }: CallScore, call: Call) {
  if (on === "session") return { sessionId: call.sessionId };
  if (on === "trace") return { traceId: call.traceId };
  return { traceId: call.traceId, observationId: call.generationId };
}

/** The `score-create` events of a call. */
export const toScoreEvents = (call: Call) =>
  call.scores.map((score, index) => {
    const id = `${call.generationId}-${index}`;
    const { name, source, dataType, value, delayMs } = score;
    return {
      id: `event-${id}`,
      type: "score-create",
      timestamp: new Date(Math.round(call.startMs + call.latencyMs + delayMs)).toISOString(),
      body: {
        id,
        name,
        source,
        dataType,
        value,
        environment: call.environment,
        ...targetOf(score, call),
      },
    };
  });
