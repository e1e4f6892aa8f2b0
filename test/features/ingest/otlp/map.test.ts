import { describe, expect, it } from "vitest";

import type { Json } from "../../../../src/features/ingest/model.ts";
import { mapSpans } from "../../../../src/features/ingest/otlp/map.ts";
import type { Span, SpanGroup } from "../../../../src/features/ingest/otlp/spans.ts";
import { cellOf } from "../../../../src/lib/split/cells.ts";

const START = 1_767_323_045_000_000;
const TRACE = "0af7651916cd43dd8448eb211c80319c";

type Told = Partial<Omit<Span, "attributes" | "events">> & {
  attributes?: Record<string, Json>;
  events?: { name: string; attributes: Record<string, Json> }[];
};

const span = ({ attributes = {}, events = [], ...rest }: Told): Span => ({
  traceId: TRACE,
  spanId: "00000000000000a1",
  parentId: "00000000000000ff",
  name: "work",
  startUs: START,
  endUs: START + 1_000_000,
  status: { code: 0, message: "" },
  ...rest,
  attributes: new Map(Object.entries(attributes)),
  events: events.map((event) => ({
    ...event,
    attributes: new Map(Object.entries(event.attributes)),
  })),
});

const group = (spans: Span[], resource: Record<string, Json> = {}): SpanGroup => ({
  resource: new Map(Object.entries(resource)),
  scope: { name: "langfuse-sdk", version: "5.11.1" },
  spans,
});

const map = (told: Told, resource: Record<string, Json> = {}) =>
  mapSpans([group([span(told)], resource)]);
const observation = (attributes: Record<string, Json>, rest: Told = {}) =>
  map({ ...rest, attributes }).observations[0]!;
const root = (told: Told): Told => {
  const { parentId: _parentId, ...rest } = span({});
  return { ...rest, ...told, attributes: told.attributes ?? {}, events: told.events ?? [] };
};
/** A span without a parent. */
const mapRoot = (told: Told, resource: Record<string, Json> = {}) => {
  const { parentId: _parentId, ...parentless } = span(root(told));
  return mapSpans([group([parentless], resource)]);
};

describe.each(["langfuse.", "abv."])("the vocabulary of %s", (p) => {
  it("says all of a generation", () => {
    const { clock, metadata, ...rest } = observation({
      [`${p}observation.type`]: "generation",
      [`${p}observation.model.name`]: "gpt-4o",
      [`${p}observation.model.parameters`]: '{"temperature":0.5}',
      [`${p}observation.input`]: '[{"role":"user","content":"hi"}]',
      [`${p}observation.output`]: "hello",
      [`${p}observation.metadata.team`]: "search",
      [`${p}observation.metadata.tries`]: 2,
      [`${p}observation.usage_details`]: '{"promptTokens":12,"completionTokens":5}',
      [`${p}observation.cost_details`]: '{"total":0.5}',
      [`${p}observation.prompt.name`]: "greeting",
      [`${p}observation.prompt.version`]: 3,
      [`${p}observation.level`]: "WARNING",
      [`${p}observation.status_message`]: "slow",
      [`${p}version`]: "1.2.3",
      [`${p}environment`]: "Production",
    });
    expect(rest).toEqual({
      id: "00000000000000a1",
      traceId: TRACE,
      parentId: "00000000000000ff",
      type: "GENERATION",
      name: "work",
      startUs: START,
      endUs: START + 1_000_000,
      model: "gpt-4o",
      modelParameters: { temperature: 0.5 },
      input: [{ role: "user", content: "hi" }],
      output: "hello",
      usage: { input: 12, output: 5, total: 17 },
      cost: { total: 0.5 },
      promptName: "greeting",
      promptVersion: 3,
      level: "WARNING",
      statusMessage: "slow",
      version: "1.2.3",
      environment: "production",
      sdk: "langfuse-sdk/5.11.1",
    });
    expect(metadata).toEqual({ team: "search", tries: 2 });
    // A create, its end in milliseconds as 14 digits, the span.
    expect(clock).toBe(["0", "01767323046000", "00000000000000a1"].join(""));
  });

  it("trap 7: a first-token time that was encoded as JSON twice", () => {
    const at = (value: string) =>
      observation({ [`${p}observation.completion_start_time`]: value }).firstTokenUs;
    expect(at('"2026-01-02T03:04:05.350Z"')).toBe(START + 350_000);
    expect(at("2026-01-02T03:04:05.350000Z")).toBe(START + 350_000);
    expect(at("soon")).toBeUndefined();
  });

  it("says all of the trace, on any span", () => {
    const { traces } = map({
      attributes: {
        "user.id": "user-1",
        "session.id": "session-1",
        [`${p}trace.name`]: "the trace",
        [`${p}trace.input`]: '{"q":1}',
        [`${p}trace.output`]: "42",
        [`${p}trace.tags`]: ["a", "b"],
        [`${p}trace.public`]: true,
        [`${p}trace.metadata.team`]: '"search"',
      },
    });
    expect(traces).toEqual([
      {
        id: TRACE,
        clock: expect.stringMatching(/^1/),
        userId: "user-1",
        sessionId: "session-1",
        name: "the trace",
        input: { q: 1 },
        output: 42,
        tags: ["a", "b"],
        public: true,
        metadata: { team: "search" },
      },
    ]);
  });

  it("knows the aliases", () => {
    const { traces } = map({
      attributes: {
        [`${p}user.id`]: "u",
        [`${p}session.id`]: "s",
        [`${p}tags`]: '["t"]',
        [`${p}public`]: "false",
        [`${p}metadata.k`]: 1,
      },
    });
    expect(traces[0]).toMatchObject({
      userId: "u",
      sessionId: "s",
      tags: ["t"],
      public: false,
      metadata: { k: 1 },
    });
    const linked = observation({
      [`${p}observation.type`]: "generation",
      [`${p}prompt.name`]: "greeting",
      [`${p}prompt.version`]: "3",
    });
    expect(linked).toMatchObject({ promptName: "greeting", promptVersion: 3 });
  });
});

describe("the type", () => {
  it.each<[string, Record<string, Json>, string]>([
    ["nothing said", {}, "SPAN"],
    ["own event", { "langfuse.observation.type": "event" }, "EVENT"],
    ["own guardrail", { "abv.observation.type": "guardrail" }, "GUARDRAIL"],
    ["an own type nobody knows", { "abv.observation.type": "dream" }, "SPAN"],
    ["gen_ai chat", { "gen_ai.operation.name": "chat" }, "GENERATION"],
    ["gen_ai embeddings", { "gen_ai.operation.name": "embeddings" }, "EMBEDDING"],
    [
      "gen_ai agent",
      { "gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "m" },
      "AGENT",
    ],
    ["gen_ai tool", { "gen_ai.operation.name": "execute_tool" }, "TOOL"],
    ["a tool's name", { "gen_ai.tool.name": "search" }, "TOOL"],
    ["a model", { "gen_ai.request.model": "gpt-4o" }, "GENERATION"],
    ["an own model", { "abv.observation.model.name": "gpt-4o" }, "GENERATION"],
    ["OpenInference LLM", { "openinference.span.kind": "LLM" }, "GENERATION"],
    ["OpenInference chain", { "openinference.span.kind": "CHAIN", "llm.model_name": "m" }, "CHAIN"],
    ["Vercel's inner call", { "ai.operationId": "ai.generateText.doGenerate" }, "GENERATION"],
    ["Vercel's outer span", { "ai.operationId": "ai.generateText", "ai.model.id": "m" }, "SPAN"],
    ["Vercel by name", { "operation.name": "ai.streamText.doStream my-function" }, "GENERATION"],
    [
      "own before all",
      { "langfuse.observation.type": "span", "gen_ai.operation.name": "chat" },
      "SPAN",
    ],
    [
      "OpenInference before gen_ai",
      { "openinference.span.kind": "AGENT", "gen_ai.operation.name": "chat" },
      "AGENT",
    ],
  ])("%s", (_, attributes, type) => expect(observation(attributes).type).toBe(type));
});

describe("the link", () => {
  const generation = { "langfuse.observation.type": "generation" };

  it.each([
    [{ "gen_ai.prompt.name": "p", "gen_ai.prompt.version": 2 }, { promptVersion: 2 }],
    [{ "gen_ai.prompt.name": "p", "gen_ai.prompt.version": "v2" }, { promptVersion: 2 }],
    [{ "gen_ai.prompt.name": "p", "gen_ai.prompt.version": "canary" }, { promptLabel: "canary" }],
    [{ "promptside.prompt.name": "p", "promptside.prompt.version": "2" }, { promptVersion: 2 }],
    [{ "langfuse.observation.prompt.name": "p" }, {}],
  ])("of %j", (said, expected) => {
    const { promptName, promptVersion, promptLabel } = observation({ ...generation, ...said });
    expect({ promptName, promptVersion, promptLabel }).toEqual({ promptName: "p", ...expected });
  });

  it("trap 8: a version as number or text", () => {
    for (const version of [3, "3"]) {
      const said = {
        "abv.observation.prompt.name": "p",
        "abv.observation.prompt.version": version,
      };
      expect(observation({ ...generation, ...said }).promptVersion).toBe(3);
    }
  });

  it("a version without a name says nothing", () =>
    expect(observation({ ...generation, "gen_ai.prompt.version": 2 })).not.toHaveProperty(
      "promptVersion",
    ));

  it("name and version of two vocabularies never mix", () => {
    const { promptName, promptVersion } = observation({
      ...generation,
      "langfuse.observation.prompt.name": "ours",
      "gen_ai.prompt.name": "theirs",
      "gen_ai.prompt.version": 9,
    });
    expect([promptName, promptVersion]).toEqual(["ours", undefined]);
  });

  it.each(["span", "embedding", "agent", "tool", "chain", "event"])(
    "trap 9: a prompt on a span of type %s is no link",
    (type) => {
      const patch = observation({
        "langfuse.observation.type": type,
        "langfuse.observation.prompt.name": "p",
        "langfuse.observation.prompt.version": 3,
      });
      expect(patch).not.toHaveProperty("promptName");
      expect(patch).not.toHaveProperty("promptVersion");
    },
  );

  it.each<[Record<string, Json>]>([
    [{ "promptside.prompt.fallback": true, "promptside.prompt.name": "p" }],
    [{ "promptside.prompt.fallback": "true", "gen_ai.prompt.name": "p" }],
    [
      {
        "promptside.prompt.fallback": true,
        "langfuse.observation.prompt.name": "p",
        "langfuse.observation.prompt.version": 1,
      },
    ],
    [{ "promptside.prompt.fallback": "p" }],
    [{ "ai.telemetry.metadata.langfusePrompt": '{"name":"p","version":2,"isFallback":true}' }],
  ])("a fallback has a name and no version: %j", (said) => {
    const patch = observation({ ...generation, ...said });
    expect(patch).toMatchObject({ promptName: "p", promptFallback: true });
    expect(patch).not.toHaveProperty("promptVersion");
  });

  it("is no fallback when it says so, or names nothing", () => {
    const no = { "promptside.prompt.fallback": "false", "gen_ai.prompt.name": "p" };
    expect(observation({ ...generation, ...no })).not.toHaveProperty("promptFallback");
    const nameless = { "promptside.prompt.fallback": true };
    expect(observation({ ...generation, ...nameless })).not.toHaveProperty("promptFallback");
  });
});

describe("what the version was drawn for", () => {
  const linked = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.prompt.name": "greet",
    "langfuse.observation.prompt.version": 3,
  };

  it.each([
    { "promptside.split": "spl_1" },
    { "langfuse.observation.metadata.promptside.split": "spl_1" },
    { "langfuse.observation.metadata": '{"promptside.split":"spl_1"}' },
    { "abv.observation.metadata.promptside.split": "spl_1" },
    { "metadata.promptside.split": "spl_1" },
    { "ai.telemetry.metadata.promptside.split": "spl_1", "ai.operationId": "ai.generateText" },
  ] as Record<string, Json>[])("names the split: %o", (attributes) => {
    expect(observation({ ...linked, ...attributes }).split).toBe("spl_1");
  });

  it("names none when it is no id, or no model call", () => {
    for (const split of ["", 7, "x".repeat(101), null, ["spl_1"]]) {
      expect(observation({ ...linked, "promptside.split": split })).not.toHaveProperty("split");
    }
    expect(observation({ "promptside.split": "spl_1" })).not.toHaveProperty("split");
  });

  it("the user, else the session, by its cell; other spans and other users have others", () => {
    const cell = (attributes: Record<string, Json>) =>
      observation({ ...linked, ...attributes }).userCell;
    expect(cell({ "user.id": "ann" })).toBe(cellOf("ann"));
    expect(cell({ "user.id": "ann", "session.id": "s" })).toBe(cellOf("ann"));
    expect(cell({ "session.id": "s" })).toBe(cellOf("s"));
    expect(cell({})).toBeUndefined();
    expect(cell({ "user.id": "bob" })).not.toBe(cellOf("ann"));
    expect(observation({ "user.id": "ann" })).not.toHaveProperty("userCell");
  });
});

describe("usage", () => {
  it("trap 10: counts on the spans around a model call do not count", () => {
    const outer = observation({
      "ai.operationId": "ai.generateText",
      "ai.usage.promptTokens": 10,
      "ai.usage.completionTokens": 5,
    });
    const agent = observation({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.cost": 1,
    });
    for (const patch of [outer, agent]) {
      expect(patch).not.toHaveProperty("usage");
      expect(patch).not.toHaveProperty("cost");
    }
    const inner = observation({
      "ai.operationId": "ai.generateText.doGenerate",
      "ai.usage.inputTokens": 10,
      "ai.usage.cachedInputTokens": 4,
      "ai.usage.outputTokens": 5,
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.request.model": "gpt-4o",
      "ai.model.id": "other",
    });
    expect(inner.usage).toEqual({ input: 6, input_cached_tokens: 4, output: 5, total: 15 });
    expect(inner.model).toBe("gpt-4o");
  });

  it("said on purpose holds whatever the type", () =>
    expect(
      observation({
        "langfuse.observation.type": "agent",
        "langfuse.observation.usage_details": '{"input":3}',
      }).usage,
    ).toEqual({ input: 3, total: 3 }));

  it("gen_ai counts cached and reasoning tokens inside input and output", () =>
    expect(
      observation({
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 50,
        "gen_ai.usage.cache_read.input_tokens": 80,
        "gen_ai.usage.reasoning.output_tokens": 20,
        "gen_ai.usage.cost": 0.25,
      }),
    ).toMatchObject({
      usage: { input: 20, input_cache_read: 80, output: 30, output_reasoning: 20, total: 150 },
      cost: { total: 0.25 },
    }));

  it("OpenInference", () =>
    expect(
      observation({
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o",
        "llm.token_count.prompt": 100,
        "llm.token_count.completion": 50,
        "llm.token_count.prompt_details.cache_read": 40,
        "llm.cost.total": 0.5,
        "llm.invocation_parameters": '{"temperature":0,"api_key":"sk-secret"}',
      }),
    ).toMatchObject({
      model: "gpt-4o",
      usage: { input: 60, input_cache_read: 40, output: 50, total: 150 },
      cost: { total: 0.5 },
      modelParameters: { temperature: 0 },
    }));
});

describe("gen_ai", () => {
  it("says what was asked with which parameters, and when the first chunk came", () => {
    expect(
      observation({
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "asked",
        "gen_ai.response.model": "answered",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.request.stop_sequences": ["x"],
        "gen_ai.client.operation.time_to_first_chunk": 0.35,
      }),
    ).toMatchObject({
      model: "answered",
      modelParameters: { temperature: 0.2, stop_sequences: ["x"] },
      firstTokenUs: START + 350_000,
    });
  });

  it.each<[string, Record<string, Json>, Told["events"]]>([
    ["messages", { "gen_ai.input.messages": '[{"role":"user","content":"hi"}]' }, []],
    [
      "flattened prompts, of which a prompt's name is none",
      {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "hi",
        "gen_ai.prompt.name": "greeting",
        "gen_ai.prompt.version": 1,
      },
      [],
    ],
    [
      "events",
      {},
      [{ name: "gen_ai.user.message", attributes: { content: "hi", "gen_ai.system": "openai" } }],
    ],
  ])("input from %s", (_, attributes, events) =>
    expect(
      observation({ "gen_ai.operation.name": "chat", ...attributes }, { events: events ?? [] })
        .input,
    ).toEqual([{ role: "user", content: "hi" }]),
  );

  it("output from choices", () =>
    expect(
      observation(
        { "gen_ai.operation.name": "chat" },
        {
          events: [
            { name: "gen_ai.choice", attributes: { index: 0, message: '{"content":"yo"}' } },
          ],
        },
      ).output,
    ).toEqual({ index: 0, message: { content: "yo" } }));

  it("a conversation is a session", () =>
    expect(map({ attributes: { "gen_ai.conversation.id": "c-1" } }).traces[0]?.sessionId).toBe(
      "c-1",
    ));
});

it("Vercel: time to first chunk in milliseconds, session and user of the telemetry metadata", () => {
  const { observations, traces } = map({
    attributes: {
      "ai.operationId": "ai.streamText.doStream",
      "ai.response.msToFirstChunk": 350.5,
      "ai.prompt.messages": '[{"role":"user","content":"hi"}]',
      "ai.response.text": "yo",
      "ai.telemetry.metadata.sessionId": "s",
      "ai.telemetry.metadata.userId": "u",
      "ai.telemetry.metadata.feature": "f",
      "ai.telemetry.metadata.langfusePrompt": '{"name":"p","version":2,"isFallback":false}',
    },
  });
  expect(observations[0]).toMatchObject({
    firstTokenUs: START + 350_500,
    input: [{ role: "user", content: "hi" }],
    output: "yo",
    promptName: "p",
    promptVersion: 2,
    metadata: { feature: "f" },
  });
  expect(traces[0]).toMatchObject({ sessionId: "s", userId: "u" });
});

it("OpenInference: messages that were flattened", () => {
  expect(
    observation({
      "openinference.span.kind": "LLM",
      "llm.input_messages.1.message.content": "two",
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "one",
      "llm.input_messages.0.message.tool_calls.0.tool_call.function.name": "f",
    }).input,
  ).toEqual([
    { role: "user", content: "one", tool_calls: [{ tool_call: { function: { name: "f" } } }] },
    { content: "two" },
  ]);
});

describe("the outcome", () => {
  it("is an error when the status says so", () => {
    const failed = { status: { code: 2, message: "ValueError: boom" } };
    expect(observation({}, failed)).toMatchObject({
      level: "ERROR",
      statusMessage: "ValueError: boom",
    });
    expect(observation({ "abv.observation.level": "DEFAULT" }, failed).level).toBe("DEFAULT");
    expect(observation({}, { status: { code: 1, message: "" } })).not.toHaveProperty("level");
  });
  it("takes the exception's words when the status has none", () =>
    expect(
      observation(
        {},
        {
          status: { code: 2, message: "" },
          events: [{ name: "exception", attributes: { "exception.message": "boom" } }],
        },
      ).statusMessage,
    ).toBe("boom"));
  it("leaves negative durations as told", () =>
    expect(observation({}, { endUs: START - 5 }).endUs).toBe(START - 5));
});

describe("environment, version, release", () => {
  it.each<[Record<string, Json>, Record<string, Json>, string | undefined]>([
    [{ "langfuse.environment": "A" }, { "langfuse.environment": "b" }, "a"],
    [{}, { "abv.environment": "b" }, "b"],
    [{ "deployment.environment": "c" }, { "abv.environment": "b" }, "b"],
    [{}, { "deployment.environment.name": "Prod", "deployment.environment": "x" }, "prod"],
    [{ "langfuse.environment": "no spaces allowed" }, {}, "default"],
    [{}, {}, undefined],
  ])("of %j in a process of %j is %j", (attributes, resource, expected) =>
    expect(map({ attributes }, resource).observations[0]?.environment).toBe(expected),
  );
  it("the version falls back to the service's", () => {
    const resource = { "service.version": "9" };
    expect(map({}, resource).observations[0]?.version).toBe("9");
    expect(
      map({ attributes: { "langfuse.version": "1" } }, resource).observations[0]?.version,
    ).toBe("1");
  });
  it("a release said by the process only is the trace's", () =>
    expect(mapRoot({}, { "langfuse.release": "r-1" }).traces[0]?.release).toBe("r-1"));
});

describe("the trace", () => {
  it("trap 6: a child arrives before its root, and says nothing of the trace by itself", () => {
    expect(map({ attributes: { "langfuse.environment": "e" } }).traces).toEqual([]);
  });

  it("takes its name, input, output and time from its root", () => {
    const { traces } = mapRoot({
      name: "handle",
      attributes: { "langfuse.observation.input": "in", "langfuse.observation.output": "out" },
    });
    expect(traces).toEqual([
      {
        id: TRACE,
        clock: expect.stringMatching(/^0/),
        name: "handle",
        timestampUs: START,
        input: "in",
        output: "out",
      },
    ]);
  });

  it("what is said on purpose is newer than what the root says, whenever it was said", () => {
    const child = map({
      attributes: { "langfuse.trace.name": "on purpose" },
      endUs: START + 1,
    }).traces[0]!;
    const [derived] = mapRoot({ endUs: START + 9_000_000 }).traces;
    expect(child.clock > derived!.clock).toBe(true);
  });

  it.each(["langfuse.internal.as_root", "abv.internal.as_root", "langfuse.internal.is_app_root"])(
    "has a root with a remote parent by %s",
    (hint) => {
      for (const value of [true, "true"]) {
        expect(map({ name: "app", attributes: { [hint]: value } }).traces[0]).toMatchObject({
          name: "app",
          timestampUs: START,
        });
      }
      expect(map({ attributes: { [hint]: false } }).traces).toEqual([]);
    },
  );

  it("hears once what SDKs repeat on every span, with the newest clock", () => {
    const spans = Array.from({ length: 5 }, (_, i) =>
      span({
        spanId: `00000000000000b${i}`,
        endUs: START + i * 1000,
        attributes: { "session.id": i === 4 ? "other" : "s" },
      }),
    );
    const { traces } = mapSpans([group(spans)]);
    expect(traces.map(({ sessionId, clock }) => [sessionId, clock.slice(-2)])).toEqual([
      ["s", "b3"],
      ["other", "b4"],
    ]);
  });

  it("users and sessions from the metadata of wrappers", () =>
    expect(
      map({
        attributes: {
          "langfuse.observation.metadata.langfuse_user_id": "u",
          "langfuse.observation.metadata.langfuse_session_id": "s",
          "langfuse.observation.metadata.langfuse_tags": '["t"]',
        },
      }).traces[0],
    ).toMatchObject({ userId: "u", sessionId: "s", tags: ["t"] }));
});

describe("values", () => {
  it.each<[string, Json]>([
    ["plain words", "plain words"],
    ["42", 42],
    ["false", false],
    ["null", null],
    ['{"a":[1]}', { a: [1] }],
    ["12345678901234567890", "12345678901234567890"],
    ["007", "007"],
    ["{not json", "{not json"],
    ['"quoted"', '"quoted"'],
    ["[".repeat(5000) + "]".repeat(5000), "[".repeat(5000) + "]".repeat(5000)],
  ])("the input %j is %j", (told, expected) => {
    const patch = observation({ "langfuse.observation.input": told });
    expect(patch.input).toEqual(expected);
    expect(() => JSON.stringify(patch)).not.toThrow();
  });
});

describe("metadata", () => {
  it("keeps leftovers that help, and nothing named like a secret", () => {
    const { metadata } = map(
      {
        attributes: {
          "http.route": "/chat",
          "http.request.header.authorization": "Bearer sk-secret",
          api_key: "sk-secret",
          "db.password": "sk-secret",
          "langfuse.observation.metadata.api_key": "sk-secret",
          "langfuse.internal.anything": "x",
        },
      },
      {
        "service.name": "shop",
        "telemetry.sdk.name": "opentelemetry",
        "process.command_args": "--key sk-secret",
      },
    ).observations[0]!;
    expect(metadata).toEqual({
      attributes: { "http.route": "/chat" },
      resourceAttributes: { "service.name": "shop", "telemetry.sdk.name": "opentelemetry" },
    });
  });
  it("as a whole, and when it is no object", () => {
    expect(observation({ "abv.observation.metadata": '{"a":1}' }).metadata).toEqual({ a: 1 });
    expect(observation({ "abv.observation.metadata": "note" }).metadata).toEqual({
      metadata: "note",
    });
  });
  it("is bounded", () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`k${i}`, "x".repeat(9000)]),
    );
    const kept = observation(many).metadata?.["attributes"] as Record<string, string>;
    expect(Object.keys(kept)).toHaveLength(64);
    expect(kept["k0"]?.length).toBeLessThan(4100);
  });
});

describe("what cannot be used", () => {
  it.each<[string, Told]>([
    ["session.id", { attributes: { "session.id": "s".repeat(801) } }],
    ["user.id", { attributes: { "user.id": "u".repeat(801) } }],
    [
      "prompt name",
      { attributes: { "gen_ai.operation.name": "chat", "gen_ai.prompt.name": "p".repeat(801) } },
    ],
  ])("names a %s that is too long, and keeps the other spans", (field, told) => {
    const good = span({ spanId: "00000000000000c1" });
    const mapped = mapSpans([group([span(told), good])]);
    expect(mapped.rejected).toEqual([
      { id: "00000000000000a1", status: 400, message: expect.stringContaining(field) },
    ]);
    expect(mapped.observations.map(({ id }) => id)).toEqual(["00000000000000c1"]);
    expect(mapped.traces).toEqual([]);
  });
  it("a span that never started", () => {
    const { startUs: _startUs, ...never } = span({});
    expect(mapSpans([group([never])]).rejected[0]?.message).toContain("startTimeUnixNano");
  });
});

it("a span that is sent again gives the same patches", () => {
  const told: Told = {
    attributes: { "session.id": "s", "gen_ai.operation.name": "chat", "gen_ai.prompt.name": "p" },
  };
  expect(map(told)).toEqual(map(told));
  expect(mapRoot(told)).toEqual(mapRoot(told));
});

it("the request's headers name the SDK before the library does", () => {
  expect(mapSpans([group([span({})])], "python/5.0.4").observations[0]?.sdk).toBe("python/5.0.4");
});
