import { describe, expect, it } from "vitest";

import type { Json } from "../../../../src/features/ingest/model.ts";
import { mapSpans } from "../../../../src/features/ingest/otlp/map.ts";
import type { Span } from "../../../../src/features/ingest/otlp/spans.ts";

/* Attributes of senders that no package of ours can play: gateways, and Traceloop's decorators. */

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const START = 1_767_323_045_000_000;

function mapOne(attributes: Record<string, Json>, events: Span["events"] = []) {
  const span: Span = {
    traceId: TRACE,
    spanId: "00000000000000a1",
    parentId: "00000000000000ff",
    name: "call",
    startUs: START,
    endUs: START + 1_000_000,
    attributes: new Map(Object.entries(attributes)),
    events,
    status: { code: 0, message: "" },
  };
  const scope = { name: "", version: "" };
  const mapped = mapSpans([{ resource: new Map(), scope, spans: [span] }]);
  const [observation] = mapped.observations;
  return { ...observation, trace: Object.assign({}, ...mapped.traces) as Record<string, unknown> };
}

describe("Cloudflare's AI Gateway", () => {
  // Source: Cloudflare's documentation of the exported span attributes and of custom metadata.
  const call = {
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.model.provider": "openai",
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 5,
    "gen_ai.usage.cost": 0.001,
    "gen_ai.prompt_json": '[{"role":"user","content":"hi"}]',
    "gen_ai.completion_json": '{"content":"hello"}',
  };

  it("says all by five metadata keys", () => {
    const { trace, ...observation } = mapOne({
      ...call,
      prompt_name: "greeting",
      prompt_version: 3,
      user_id: "u-1",
      session_id: "s-1",
      environment: "Staging",
    });
    expect(observation).toMatchObject({
      type: "GENERATION",
      model: "gpt-4o",
      provider: "openai",
      usage: { input: 12, output: 5, total: 17 },
      cost: { total: 0.001 },
      input: [{ role: "user", content: "hi" }],
      output: { content: "hello" },
      promptName: "greeting",
      promptVersion: 3,
      environment: "staging",
    });
    expect(trace).toMatchObject({ userId: "u-1", sessionId: "s-1" });
  });

  it.each([
    ["3", { promptVersion: 3 }],
    ["v3", { promptVersion: 3 }],
    ["production", { promptLabel: "production" }],
  ])("a version of %j", (version, link) => {
    expect(mapOne({ ...call, prompt_name: "greeting", prompt_version: version })).toMatchObject({
      promptName: "greeting",
      ...link,
    });
  });

  it("bare keys say nothing on spans that are no call", () => {
    const { trace, ...observation } = mapOne({
      user_id: "u-1",
      prompt_name: "x",
      "http.method": "GET",
    });
    expect(trace["userId"]).toBeUndefined();
    expect(observation.promptName).toBeUndefined();
    expect(observation.metadata).toMatchObject({ attributes: { user_id: "u-1" } });
  });

  it("a fallback is said by a sixth", () => {
    const said = mapOne({ ...call, prompt_name: "greeting", prompt_fallback: true });
    expect(said).toMatchObject({ promptName: "greeting", promptFallback: true });
  });
});

describe.each([
  "trace.metadata.",
  "langsmith.metadata.",
  "traceloop.association.properties.",
  "metadata.",
])("metadata under %s", (prefix) => {
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

  it("says link, user, session, tags and environment", () => {
    const { trace, ...observation } = mapOne({
      ...call,
      [`${prefix}prompt_name`]: "greeting",
      [`${prefix}prompt_version`]: "2",
      [`${prefix}user_id`]: "u-1",
      [`${prefix}thread_id`]: "s-1",
      [`${prefix}langfuse_tags`]: '["a","b"]',
      [`${prefix}environment`]: "prod",
    });
    expect(observation).toMatchObject({
      promptName: "greeting",
      promptVersion: 2,
      environment: "prod",
    });
    expect(trace).toMatchObject({ userId: "u-1", sessionId: "s-1", tags: ["a", "b"] });
  });

  it("says the SDK's whole prompt object", () => {
    const prompt = JSON.stringify({ name: "greeting", version: 4, isFallback: false });
    const said = mapOne({ ...call, [`${prefix}langfusePrompt`]: prompt });
    expect(said).toMatchObject({ promptName: "greeting", promptVersion: 4 });
  });

  it("is ignored for links on what is no generation", () => {
    const said = mapOne({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.request.model": "gpt-4o",
      [`${prefix}prompt_name`]: "greeting",
      [`${prefix}prompt_version`]: "2",
    });
    expect(said.type).toBe("AGENT");
    expect(said.promptName).toBeUndefined();
  });
});

describe("Traceloop's own attributes", () => {
  it.each([
    [{ "traceloop.span.kind": "workflow" }, "CHAIN"],
    [{ "traceloop.span.kind": "task" }, "SPAN"],
    [{ "traceloop.span.kind": "agent" }, "AGENT"],
    [{ "traceloop.span.kind": "tool" }, "TOOL"],
    [{ "llm.request.type": "chat" }, "GENERATION"],
    [{ "llm.request.type": "completion" }, "GENERATION"],
    [{ "llm.request.type": "embedding" }, "EMBEDDING"],
    [{ "llm.request.type": "rerank" }, "RETRIEVER"],
  ])("%j is a %s", (attributes, type) => expect(mapOne(attributes).type).toBe(type));

  it("tell of a decorated function and its workflow", () => {
    const said = mapOne({
      "traceloop.span.kind": "task",
      "traceloop.workflow.name": "joke",
      "traceloop.entity.name": "tell",
      "traceloop.entity.input": '{"args":[1]}',
      "traceloop.entity.output": '"ha"',
    });
    expect(said).toMatchObject({ input: { args: [1] }, trace: { name: "joke" } });
  });

  it("tell of a call as its older releases do", () => {
    const said = mapOne({
      "llm.request.type": "chat",
      "gen_ai.system": "Anthropic",
      "gen_ai.request.model": "claude-sonnet-4-20250514",
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": "hi",
      "gen_ai.completion.0.content": "hello",
      "gen_ai.usage.prompt_tokens": 12,
      "gen_ai.usage.completion_tokens": 5,
      "llm.usage.total_tokens": 17,
      "traceloop.prompt.key": "greeting",
      "traceloop.prompt.version": 3,
    });
    expect(said).toMatchObject({
      type: "GENERATION",
      provider: "Anthropic",
      input: [{ role: "user", content: "hi" }],
      output: [{ content: "hello" }],
      usage: { input: 12, output: 5, total: 17 },
      promptName: "greeting",
      promptVersion: 3,
    });
  });
});

describe("the GenAI conventions", () => {
  const event = (name: string, attributes: Record<string, Json>) => ({
    name,
    attributes: new Map(Object.entries(attributes)),
  });
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
  const messages = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]';

  it("keep the system's instructions before the messages", () => {
    const said = mapOne({
      ...call,
      "gen_ai.system_instructions": '[{"type":"text","content":"be kind"}]',
      "gen_ai.input.messages": messages,
    });
    expect(said.input).toEqual([
      { role: "system", parts: [{ type: "text", content: "be kind" }] },
      { role: "user", parts: [{ type: "text", content: "hi" }] },
    ]);
  });

  it.each([
    ["attributes", { "gen_ai.input.messages": messages, "gen_ai.output.messages": "[]" }, []],
    [
      "one event with the details",
      {},
      [
        event("gen_ai.client.inference.operation.details", {
          "gen_ai.input.messages": messages,
          "gen_ai.output.messages": "[]",
        }),
      ],
    ],
  ])("say messages as %s", (_, attributes, events) => {
    expect(mapOne({ ...call, ...attributes }, events)).toMatchObject({
      input: [{ role: "user" }],
      output: [],
    });
  });

  it("say messages as an event each", () => {
    const said = mapOne(call, [
      event("gen_ai.system.message", { content: "be kind" }),
      event("gen_ai.user.message", { content: "hi" }),
      event("gen_ai.choice", { index: 0, message: '{"content":"hello"}' }),
    ]);
    expect(said.input).toEqual([
      { role: "system", content: "be kind" },
      { role: "user", content: "hi" },
    ]);
    expect(said.output).toMatchObject({ message: { content: "hello" } });
  });

  it("name the provider anew and as before", () => {
    expect(mapOne({ ...call, "gen_ai.provider.name": "aws.bedrock" }).provider).toBe("aws.bedrock");
    expect(mapOne({ ...call, "gen_ai.system": "vertex_ai" }).provider).toBe("vertex_ai");
  });
});
