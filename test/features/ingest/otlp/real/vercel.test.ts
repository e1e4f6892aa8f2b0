import { OpenTelemetry } from "@ai-sdk/otel";
import * as ai5 from "ai5";
import * as test5 from "ai5/test";
import * as ai6 from "ai6";
import * as test6 from "ai6/test";
import * as ai7 from "ai7";
import * as test7 from "ai7/test";
import { beforeAll, describe, expect, it } from "vitest";

import { counted, listen, mappedInEveryEncoding, only } from "./harness.ts";

/*
 * The three living versions of the AI SDK with their own mock models. Their types differ in names
 * alone, so the story is told once and each side is given its own mocks.
 */

type Telemetry = Record<string, unknown>;
type Side = {
  sdk: typeof ai6;
  generates: (content: object[], finish?: string) => unknown;
  streams: (chunks: object[]) => unknown;
  embeds: () => unknown;
  told: (metadata: Telemetry) => Telemetry;
};

const usage5 = {
  inputTokens: 10,
  outputTokens: 5,
  totalTokens: 15,
  cachedInputTokens: 4,
  reasoningTokens: 2,
};
const usage6 = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 4, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};
const finish5 = { type: "finish", finishReason: "stop", usage: usage5 };
const finish6 = { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: usage6 };
const enabled = (metadata: Telemetry) => ({
  experimental_telemetry: { isEnabled: true, functionId: "greet", metadata },
});

function newerMocks(
  Model: typeof test6.MockLanguageModelV3,
  Embedder: typeof test6.MockEmbeddingModelV3,
) {
  return {
    generates: (content: object[], finish = "stop") =>
      new Model({
        provider: "openai.chat",
        modelId: "gpt-4o",
        doGenerate: (async () => ({
          content,
          finishReason: { unified: finish, raw: finish },
          usage: usage6,
          warnings: [],
        })) as never,
      }),
    streams: (chunks: object[]) =>
      new Model({
        provider: "openai.chat",
        modelId: "gpt-4o",
        doStream: (async () => ({
          stream: test6.simulateReadableStream({
            chunks: [...chunks, finish6],
            initialDelayInMs: 30,
          }),
        })) as never,
      }),
    embeds: () =>
      new Embedder({
        provider: "openai.embedding",
        modelId: "text-embedding-3-small",
        doEmbed: (async () => ({
          embeddings: [[0.1, 0.2]],
          usage: { tokens: 7 },
          warnings: [],
        })) as never,
      }),
  };
}

const SIDES: Record<string, Side> = {
  "5": {
    sdk: ai5 as unknown as typeof ai6,
    generates: (content, finish = "stop") =>
      new test5.MockLanguageModelV2({
        provider: "openai.chat",
        modelId: "gpt-4o",
        doGenerate: (async () => ({
          content,
          finishReason: finish,
          usage: usage5,
          warnings: [],
        })) as never,
      }),
    streams: (chunks) =>
      new test5.MockLanguageModelV2({
        provider: "openai.chat",
        modelId: "gpt-4o",
        doStream: (async () => ({
          stream: test5.simulateReadableStream({
            chunks: [...chunks, finish5],
            initialDelayInMs: 30,
          }),
        })) as never,
      }),
    embeds: () =>
      new test5.MockEmbeddingModelV2({
        provider: "openai.embedding",
        modelId: "text-embedding-3-small",
        doEmbed: async () => ({ embeddings: [[0.1, 0.2]], usage: { tokens: 7 } }),
      }),
    told: enabled,
  },
  "6": {
    sdk: ai6,
    ...newerMocks(test6.MockLanguageModelV3, test6.MockEmbeddingModelV3),
    told: enabled,
  },
  "7": {
    sdk: ai7 as unknown as typeof ai6,
    ...newerMocks(test7.MockLanguageModelV4 as never, test7.MockEmbeddingModelV4 as never),
    // Version 7 has no metadata of its own: what is said of the trace, other spans' attributes say.
    told: () => ({ telemetry: { integrations: [new OpenTelemetry()], functionId: "greet" } }),
  },
};

beforeAll(() => void listen());

describe.each(Object.entries(SIDES))("version %s of the AI SDK", (version, side) => {
  const { sdk, generates, streams, embeds, told } = side;
  const saysMetadata = version !== "7";

  it("counts a call once, with its cached and reasoning tokens apart", async () => {
    const prompt = JSON.stringify({ name: "greeting", version: 3, isFallback: false });
    await sdk.generateText({
      model: generates([{ type: "text", text: "hello" }]) as never,
      prompt: "hi",
      ...told({
        sessionId: "s-1",
        userId: "u-1",
        tags: ["beta"],
        langfusePrompt: prompt,
        team: "x",
      }),
    });
    const mapped = await mappedInEveryEncoding();
    expect(mapped.rejected).toEqual([]);
    expect(counted(mapped)).toHaveLength(1);
    const call = only(mapped, "GENERATION");
    expect(call.model).toBe("gpt-4o");
    expect(call.provider).toMatch(/^openai/);
    // Version 5 tells its spans of no details.
    const details = { "5": {}, "6": { input_cached_tokens: 4 }, "7": { input_cache_read: 4 } }[
      version
    ];
    expect(call.usage).toMatchObject({ input: version === "5" ? 10 : 6, total: 15, ...details });
    const { total: _total, ...parts } = call.usage ?? {};
    expect(Object.values(parts).reduce((sum, n) => sum + n, 0)).toBe(15);
    expect(JSON.stringify(call.input)).toContain("hi");
    expect(JSON.stringify(call.output)).toContain("hello");
    if (!saysMetadata) return;
    expect(call).toMatchObject({
      promptName: "greeting",
      promptVersion: 3,
      metadata: { team: "x" },
    });
    const said = Object.assign({}, ...mapped.traces) as Record<string, unknown>;
    expect(said).toMatchObject({ sessionId: "s-1", userId: "u-1", tags: ["beta"] });
  });

  it("says when the first token came", async () => {
    const result = sdk.streamText({
      model: streams([
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "hel" },
        { type: "text-delta", id: "1", delta: "lo" },
        { type: "text-end", id: "1" },
      ]) as never,
      prompt: "hi",
      ...told({}),
    });
    await result.consumeStream();
    const mapped = await mappedInEveryEncoding();
    const call = only(mapped, "GENERATION");
    const waited = (call.firstTokenUs ?? 0) - (call.startUs ?? 0);
    expect(waited).toBeGreaterThan(20_000);
    expect(call.firstTokenUs).toBeLessThanOrEqual((call.endUs ?? 0) + 5000);
    expect(counted(mapped)).toEqual([call]);
  });

  it("keeps tools, embeddings and failures apart", async () => {
    const calls = { type: "tool-call", toolCallId: "c1", toolName: "add", input: '{"a":1}' };
    await sdk.generateText({
      model: generates([calls], "tool-calls") as never,
      prompt: "add",
      tools: {
        add: sdk.tool({
          inputSchema: sdk.jsonSchema({ type: "object", properties: { a: { type: "number" } } }),
          execute: (async () => 2) as never,
        } as never),
      },
      ...told({}),
    });
    const withTool = await mappedInEveryEncoding();
    expect(JSON.stringify(only(withTool, "TOOL"))).toContain('"a":1');
    expect(counted(withTool)).toHaveLength(1);

    await sdk.embed({ model: embeds() as never, value: "text", ...told({}) });
    const embedded = await mappedInEveryEncoding();
    // Version 7 calls the span around a call an embedding too, but counts nothing there.
    expect(counted(embedded)).toMatchObject([
      { type: "EMBEDDING", model: "text-embedding-3-small", usage: { input: 7 } },
    ]);

    const model = generates([]) as { doGenerate: unknown };
    model.doGenerate = async () => Promise.reject(new Error("no such model"));
    await sdk
      .generateText({ model: model as never, prompt: "hi", maxRetries: 0, ...told({}) })
      .catch(() => undefined);
    const failed = await mappedInEveryEncoding();
    expect(only(failed, "GENERATION")).toMatchObject({
      level: "ERROR",
      statusMessage: expect.stringContaining("no such model") as string,
    });
  });
});

it("a fallback prompt is linked to no version", async () => {
  const { sdk, generates, told } = SIDES["6"] as Side;
  await sdk.generateText({
    model: generates([{ type: "text", text: "x" }]) as never,
    prompt: "hi",
    ...told({ langfusePrompt: JSON.stringify({ name: "greeting", version: 0, isFallback: true }) }),
  });
  const call = only(await mappedInEveryEncoding(), "GENERATION");
  expect(call).toMatchObject({ promptName: "greeting", promptFallback: true });
  expect(call.promptVersion).toBeUndefined();
});
