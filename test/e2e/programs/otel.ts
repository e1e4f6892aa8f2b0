/** No vendor's SDK: OpenTelemetry alone, whose exporter is set up by its environment variables. */
import { type AttributeValue, SpanStatusCode, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";

import type { Facts } from "../support/facts.ts";
import { clockFrom, factOf, type PlannedCall, TEXT_PROMPT } from "../support/plan.ts";

const call: PlannedCall = {
  latencyMs: 320,
  firstTokenMs: null,
  // OpenAI's list price of gpt-4o-mini: $0.15 and $0.60 per million input and output tokens.
  counts: {
    inputTokens: 100,
    outputTokens: 20,
    totalTokens: 120,
    costUsd: 0.000027,
    inputCostUsd: 0.000015,
    outputCostUsd: 0.000012,
  },
};
const attributes: Record<string, AttributeValue> = {
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": "gpt-4o-mini",
  "gen_ai.usage.input_tokens": 100,
  "gen_ai.usage.output_tokens": 20,
  "gen_ai.prompt.name": TEXT_PROMPT,
  "gen_ai.prompt.version": 1,
  "session.id": "session-otel",
};

const sdk = new NodeSDK();
sdk.start();
const facts: Facts = { generations: [], scores: [], seen: {} };
const next = clockFrom(Date.now());
const tracer = trace.getTracer("an-app-of-our-own");
for (const isError of [false, true]) {
  const startMs = next();
  const span = tracer.startSpan("chat gpt-4o-mini", { startTime: startMs, attributes });
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: "overloaded" });
  span.end(startMs + call.latencyMs);
  const { traceId, spanId: observationId } = span.spanContext();
  const link = { prompt: TEXT_PROMPT, version: 1, sessionId: "session-otel" };
  facts.generations.push(
    factOf({ ...call, isError }, { ...link, traceId, observationId }, startMs),
  );
}
await sdk.shutdown();
process.stdout.write(`${JSON.stringify(facts)}\n`);
