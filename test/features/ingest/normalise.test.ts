import { describe, expect, it } from "vitest";

import {
  costOfUsage,
  normaliseCost,
  normaliseEnvironment,
  normaliseUsage,
  parseInstantUs,
  parsePromptVersion,
  tokensOf,
} from "../../../src/features/ingest/normalise.ts";

describe("normaliseEnvironment", () => {
  it.each([
    ["Production", "production"],
    [" staging ", "staging"],
    ["langfuse-eval", "-eval"],
    ["a".repeat(40), "a".repeat(40)],
    ["a".repeat(41), "default"],
    ["eu west", "default"],
    ["langfuse", "default"],
    ["", "default"],
    [null, "default"],
    [7, "default"],
  ])("%j is %j", (said, expected) => expect(normaliseEnvironment(said)).toBe(expected));
});

describe("parsePromptVersion", () => {
  it.each([
    [3, { version: 3 }],
    ["3", { version: 3 }],
    [" v12 ", { version: 12 }],
    ["V2", { version: 2 }],
    ["production", { label: "production" }],
    ["1.5", { label: "1.5" }],
    ["variant-a", { label: "variant-a" }],
    [0, undefined],
    ["0", undefined],
    [-1, undefined],
    ["-1", undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    ["99999999999999999999", undefined],
    ["", undefined],
    ["x".repeat(201), undefined],
    [null, undefined],
    [true, undefined],
    [{ version: 1 }, undefined],
  ])("%j is %j", (said, expected) => expect(parsePromptVersion(said)).toEqual(expected));
});

describe("parseInstantUs", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5) * 1000;
  it.each([
    ["2026-01-02T03:04:05.350Z", at + 350_000],
    ["2026-01-02T03:04:05.350123Z", at + 350_123],
    ["2026-01-02T03:04:05.350123456Z", at + 350_123],
    ["2026-01-02T05:04:05+02:00", at],
    ["2026-01-01T22:34:05-0430", at],
    ["2026-01-02 03:04:05.000001+00:00", at + 1],
    ["2026-01-02T03:04:05", at],
    ["2026-01-02", Date.UTC(2026, 0, 2) * 1000],
    ["1969-12-31T23:59:59.999999Z", -1],
    [at / 1e6, at],
    [at / 1e3, at],
    [at, at],
    [at * 1000, at],
    ["2026-02-30T00:00:00Z", undefined],
    ["2026-13-01T00:00:00Z", undefined],
    ["2026-01-02T24:00:00Z", undefined],
    ["yesterday", undefined],
    ["", undefined],
    [null, undefined],
    [{}, undefined],
    [Infinity, undefined],
  ])("%j is %j", (said, expected) => expect(parseInstantUs(said)).toBe(expected));

  it("trap 7: an instant that was encoded as JSON twice", () => {
    expect(parseInstantUs('"2026-01-02T03:04:05.350Z"')).toBe(at + 350_000);
  });
});

describe("normaliseUsage", () => {
  it.each<[string, unknown, Record<string, number> | undefined]>([
    [
      "OpenAI chat completions",
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 30, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      {
        input: 70,
        output: 30,
        total: 150,
        input_cached_tokens: 30,
        input_audio_tokens: 0,
        output_reasoning_tokens: 20,
      },
    ],
    [
      "OpenAI responses",
      { input_tokens: 9, output_tokens: 4, input_tokens_details: { cached_tokens: 2 } },
      { input: 7, output: 4, input_cached_tokens: 2, total: 13 },
    ],
    [
      "camel case",
      { promptTokens: 12, completionTokens: 5, totalTokens: 17 },
      { input: 12, output: 5, total: 17 },
    ],
    [
      "camel case details",
      { promptTokens: 12, promptTokensDetails: { cachedTokens: 2 } },
      { input: 10, input_cached_tokens: 2, total: 12 },
    ],
    [
      "Anthropic, whose cache counts come on top",
      {
        input_tokens: 10,
        output_tokens: 5,
        cache_read_input_tokens: 90,
        cache_creation: { ephemeral_5m_input_tokens: 3 },
        service_tier: "standard",
      },
      { input: 10, output: 5, cache_read_input_tokens: 90, total: 105 },
    ],
    [
      "Anthropic on Bedrock, in camel case",
      {
        inputTokens: 10,
        outputTokens: 5,
        cacheReadInputTokens: 90,
        cacheWriteInputTokens: 20,
      },
      {
        input: 10,
        output: 5,
        cache_read_input_tokens: 90,
        cache_write_input_tokens: 20,
        total: 125,
      },
    ],
    [
      "the AI SDK 5",
      {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 15,
        cachedInputTokens: 4,
        reasoningTokens: 2,
      },
      { input: 6, output: 3, input_cached_tokens: 4, output_reasoning_tokens: 2, total: 15 },
    ],
    [
      "audio",
      {
        prompt_tokens: 30,
        completion_tokens: 20,
        prompt_tokens_details: { audio_tokens: 25 },
        completion_tokens_details: { audio_tokens: 15 },
      },
      { input: 5, output: 5, input_audio_tokens: 25, output_audio_tokens: 15, total: 50 },
    ],
    [
      "Gemini",
      {
        promptTokenCount: 20,
        candidatesTokenCount: 6,
        thoughtsTokenCount: 4,
        cachedContentTokenCount: 5,
        totalTokenCount: 30,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 12 },
          { modality: "IMAGE", tokenCount: 8 },
        ],
      },
      {
        input: 7,
        output: 6,
        output_reasoning_tokens: 4,
        input_cached_tokens: 5,
        input_image_tokens: 8,
        total: 30,
      },
    ],
    [
      "its own kinds, kept key by key",
      { input: 12, input_cached_tokens: 2, total: 17, images: "3" },
      { input: 12, input_cached_tokens: 2, total: 17, images: 3 },
    ],
    [
      "the legacy usage object, without its costs",
      { input: 8, output: 2, unit: "TOKENS", inputCost: 1, outputCost: 2, totalCost: 3 },
      { input: 8, output: 2, total: 10 },
    ],
    ["nothing but a total", { total: 9 }, { total: 9 }],
    [
      "only whole numbers from 0",
      { input: 1.5, output: -1, a: null, b: "x", c: [1], d: true, e: 2 },
      { e: 2, total: 2 },
    ],
    ["two spellings of one count", { input: 5, input_tokens: 5 }, { input: 5, total: 5 }],
    [
      "details above their whole",
      { input: 1, input_tokens_details: { x: 4 } },
      { input: 0, input_x: 4, total: 4 },
    ],
    ["a unit that is not tokens", { input: 8, unit: "CHARACTERS" }, undefined],
    [
      "kinds named like parts of every object",
      JSON.parse('{"constructor":1,"toString":2,"__proto__":3}'),
      JSON.parse('{"constructor":1,"toString":2,"__proto__":3,"total":6}'),
    ],
    ["nothing usable", { input: "many" }, undefined],
    ["an empty object", {}, undefined],
    ["no object", 12, undefined],
    ["a list", [1], undefined],
    ["null", null, undefined],
  ])("%s", (_, said, expected) => expect(normaliseUsage(said)).toEqual(expected));
});

describe("tokensOf", () => {
  it("counts parts: wire.md's own example has 14 input tokens", () => {
    const usage = normaliseUsage({ input: 12, input_cached_tokens: 2, total: 17 });
    expect(tokensOf(usage)).toEqual({ input: 14, output: null, total: 17 });
  });
  it("leaves unknown as null, and 0 as 0", () => {
    expect(tokensOf(undefined)).toEqual({ input: null, output: null, total: null });
    expect(tokensOf({ input: 0, total: 0 })).toEqual({ input: 0, output: null, total: 0 });
  });
});

describe("costs", () => {
  it("keeps usable amounts by kind", () => {
    expect(
      normaliseCost({
        input: 0.1,
        output: "0.2",
        totalCost: 0.3,
        cache: 1e-7,
        bad: -1,
        worse: "x",
      }),
    ).toEqual({ input: 0.1, output: 0.2, total: 0.3, cache: 1e-7 });
  });
  it("is not confused by names of every object's parts", () =>
    expect(normaliseCost(JSON.parse('{"constructor":1}'))).toEqual(
      JSON.parse('{"constructor":1}'),
    ));
  it("takes one number as the total", () => expect(normaliseCost(0.5)).toEqual({ total: 0.5 }));
  it.each([[{}], [null], ["free"], [{ total: Number.NaN }], [-1]])("says nothing of %j", (said) =>
    expect(normaliseCost(said)).toBeUndefined(),
  );
  it("finds the costs in a legacy usage object, whose input and output are tokens", () => {
    expect(costOfUsage({ input: 8, output: 2, inputCost: 0.1, totalCost: 0.3 })).toEqual({
      input: 0.1,
      total: 0.3,
    });
    expect(costOfUsage({ input: 8, output: 2 })).toBeUndefined();
  });
});
