import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PricedCall, PriceOverride } from "../../../src/features/pricing/model.ts";
import { type Memory, price } from "../../../src/features/pricing/price.ts";

const at = new Date("2026-06-01T00:00:00Z");
const USD = 1e9;
const call = (said: Omit<PricedCall, "at">): PricedCall => ({ at, ...said });
const unknown = { input: null, output: null, total: null, cached: null };

describe("the price book", () => {
  // Source of the list prices: platform.openai.com/docs/pricing, gpt-4o: 2.50 in, 1.25 cached, 10.00 out per million.
  it("prices input and output", () => {
    expect(
      price(call({ model: "gpt-4o", usage: { input: 1000, output: 100, total: 1100 } })),
    ).toMatchObject({ input: 2_500_000, output: 1_000_000, total: 3_500_000 });
  });
  it("prices cached input for less", () => {
    const usage = { input: 800, input_cached_tokens: 200, output: 0, total: 1000 };
    expect(price(call({ model: "gpt-4o", usage })).input).toBe(2_000_000 + 250_000);
  });
  // Source: anthropic.com/pricing, Claude Sonnet 4: 3 in, 15 out, cache write 3.75, cache read 0.30 per million.
  it("prices Anthropic's caches, which come on top of input", () => {
    const usage = {
      input: 1000,
      cache_read_input_tokens: 10_000,
      cache_creation_input_tokens: 2000,
      output: 100,
      total: 13_100,
    };
    expect(price(call({ model: "claude-sonnet-4-20250514", usage }))).toMatchObject({
      input: 3_000_000 + 3_000_000 + 7_500_000,
      output: 1_500_000,
      total: 15_000_000,
    });
  });
  it.each([
    ["openai/gpt-4o", undefined],
    ["GPT-4o ", undefined],
    ["openrouter/openai/gpt-4o", undefined],
    ["gpt-4o", "openai"],
    ["gpt-4o", "az.ai.openai"],
    ["gpt-4o", "a provider nobody knows"],
  ])("knows %j of provider %j", (model, provider) => {
    expect(price(call({ model, provider, usage: { input: 1e6, total: 1e6 } })).input).toBe(
      2.5 * USD,
    );
  });
  it("knows the names of Bedrock", () => {
    const model = "us.anthropic.claude-3-5-sonnet-20241022-v2:0";
    expect(price(call({ model, usage: { input: 1e6, output: 0 } })).input).toBe(3 * USD);
  });
  it("uses the prices of the time of the call", () => {
    // Source: genai-prices; o3 went from 10 to 2 USD per million input tokens on 2025-06-10.
    const usage = { input: 1e6, output: 0, total: 1e6 };
    const before = price({ model: "o3", usage, at: new Date("2025-05-01T00:00:00Z") });
    const after = price({ model: "o3", usage, at });
    expect([before.input, after.input]).toEqual([10 * USD, 2 * USD]);
  });
  it("falls back to plain tokens when the kinds contradict each other", () => {
    // Cached and audio tokens overlap: 2 × 900 of 1,800 said, but a model may price them jointly.
    const usage = { input: 0, input_cached_tokens: 900, input_audio_tokens: 900, output: 1 };
    expect(price(call({ model: "gpt-4o", usage })).input).toBeGreaterThan(0);
  });
});

describe("unknown is null", () => {
  it.each<[string, Omit<PricedCall, "at">]>([
    ["an unknown model", { model: "acme-1", usage: { input: 1, output: 1 } }],
    ["no model", { usage: { input: 1, output: 1 } }],
    ["no usage", { model: "gpt-4o" }],
    ["only a total of tokens", { model: "gpt-4o", usage: { total: 10 } }],
    ["an empty model", { model: "", usage: { input: 1 } }],
  ])("%s", (_, said) => expect(price(call(said))).toEqual(unknown));

  it("prices what is said and leaves the rest", () => {
    expect(price(call({ model: "gpt-4o", usage: { input: 1000, total: 1500 } }))).toMatchObject({
      input: 2_500_000,
      output: null,
      total: null,
    });
  });
  it("an embedding's total is its input", () => {
    expect(
      price(call({ model: "text-embedding-3-small", usage: { input: 1e6, total: 1e6 } })),
    ).toMatchObject({ input: 0.02 * USD, output: null, total: 0.02 * USD });
  });
  it("no tokens cost 0, which is known", () => {
    expect(
      price(call({ model: "gpt-4o", usage: { input: 0, output: 0, total: 0 } })),
    ).toMatchObject({
      input: 0,
      output: 0,
      total: 0,
    });
  });
});

describe("what was read from a cache", () => {
  const usage = { input: 600_000, input_cached_tokens: 400_000, output: 0, total: 1e6 };
  const cachedOf = (said: object) => price(call({ model: "gpt-4o", usage, ...said })).cached;

  // Source: OpenAI's list price of gpt-4o, 2.50 USD a million input tokens, 1.25 when cached.
  it("is a part of the input", () => {
    expect(price(call({ model: "gpt-4o", usage }))).toEqual({
      input: 2 * USD,
      output: 0,
      total: 2 * USD,
      cached: 0.5 * USD,
    });
  });
  it("is null for a call that says of none", () => {
    expect(cachedOf({ usage: { input: 10, output: 0, total: 10 } })).toBeNull();
    expect(cachedOf({ model: "nobody's" })).toBeNull();
  });
  it("follows the tier that the whole input reaches", () => {
    // Source: Google's list price of gemini-2.5-pro, cached 0.125 USD up to 200,000 tokens, then 0.25.
    const gemini = (cached: number) =>
      cachedOf({
        model: "gemini-2.5-pro",
        usage: { input: 100_000, input_cached_tokens: cached, output: 0 },
      });
    expect([gemini(100_000), gemini(100_001)]).toEqual([0.0125 * USD, 0.025_000_25 * USD]);
  });
  it("follows the client's cost and the project's own prices", () => {
    expect(cachedOf({ cost: { input: 1, cache_read_input_tokens: 0.25 } })).toBe(0.25 * USD);
    const own = (usdPerMillion: Record<string, number>) => ({
      overrides: [{ model: "gpt-4o", validFrom: new Date(0), usdPerMillion }],
    });
    expect(cachedOf(own({ input: 1, input_cached_tokens: 0.1 }))).toBe(0.04 * USD);
    expect(cachedOf(own({ input: 1 }))).toBe(0.4 * USD);
    expect(cachedOf(own({ output: 1 }))).toBeNull();
  });
});

describe("a given cost wins", () => {
  const usage = { input: 1000, output: 100, total: 1100 };
  const given = (cost: Record<string, number>) => price(call({ model: "gpt-4o", usage, cost }));
  it("total alone", () =>
    expect(given({ total: 0.5 })).toMatchObject({ input: null, output: null, total: 0.5 * USD }));
  it("input and output add up", () =>
    expect(given({ input: 0.1, output: 0.2 })).toMatchObject({
      input: 0.1 * USD,
      output: 0.2 * USD,
      total: 300_000_000,
    }));
  it("kinds count for their direction", () =>
    expect(given({ input: 1, cache_read_input_tokens: 0.5, output: 1 })).toMatchObject({
      input: 1.5 * USD,
      output: USD,
      total: 2.5 * USD,
    }));
  it("a given total is not corrected", () =>
    expect(given({ input: 1, output: 1, total: 3 }).total).toBe(3 * USD));
  it("without any model", () => expect(price(call({ cost: { total: 0 } })).total).toBe(0));
  it("an empty object gives nothing", () => expect(given({}).total).toBe(3_500_000));
  it("an impossible amount is unknown", () => expect(given({ total: 1e9 }).total).toBeNull());
});

describe("a project's own prices", () => {
  const override = (
    model: string,
    usdPerMillion: Record<string, number>,
    validFrom = "1970-01-01",
  ): PriceOverride => ({ model, usdPerMillion, validFrom: new Date(validFrom) });
  const usage = { input: 1e6, input_cached_tokens: 1e6, output: 1e6, total: 3e6 };
  const costs = (model: string, ...overrides: PriceOverride[]) =>
    price(call({ model, usage, overrides }));

  it("win over the book, and price kinds of their own", () => {
    expect(
      costs("gpt-4o", override("gpt-4o", { input: 1, output: 2, input_cached_tokens: 0.5 })),
    ).toMatchObject({ input: 1.5 * USD, output: 2 * USD, total: 3.5 * USD });
  });
  it("know models that the book does not", () =>
    expect(costs("acme/llm-1", override("llm-1", { input: 1, output: 1 })).total).toBe(3 * USD));
  it("match by pattern, dots and all", () => {
    expect(costs("llm-1.5-x", override("llm-1.*", { input: 1, output: 1 })).total).toBe(3 * USD);
    expect(costs("llm-125", override("llm-1.*", { input: 1, output: 1 })).total).toBeNull();
    expect(costs("openai/gpt-9", override("openai/*", { input: 1, output: 1 })).total).toBe(
      3 * USD,
    );
  });
  it.each([
    ["a*", "a", true],
    ["*", "", false],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["*mini*", "gpt-4o-mini-2024", true],
    ["a**", "ab", true],
    ["a*a*a*a*a*a*a*a*a*a*b", "a".repeat(5000), false],
  ])("pattern %j on %j: %j", (pattern, model, expected) =>
    expect(costs(model, override(pattern, { input: 1, output: 1 })).total !== null).toBe(expected),
  );
  it("the most precise pattern holds, whatever the order", () => {
    const all = override("*", { input: 9, output: 9 });
    const some = override("llm-*", { input: 5, output: 5 });
    const one = override("llm-1", { input: 1, output: 1 });
    for (const order of [
      [all, some, one],
      [one, some, all],
      [some, one, all],
    ]) {
      expect(costs("llm-1", ...order).total).toBe(3 * USD);
      expect(costs("llm-2", ...order).total).toBe(15 * USD);
      expect(costs("x", ...order).total).toBe(27 * USD);
    }
  });
  it("hold from their instant on", () => {
    const then = override("llm-1", { input: 1, output: 1 }, "2026-01-01");
    const later = override("llm-1", { input: 2, output: 2 }, "2026-07-01");
    const on = (day: string) =>
      price({ model: "llm-1", usage, overrides: [later, then], at: new Date(day) }).total;
    expect([on("2025-12-31"), on("2026-01-01"), on("2026-08-01")]).toEqual([
      null,
      3 * USD,
      6 * USD,
    ]);
  });
  it("a direction without a price is unknown, and so is the total", () =>
    expect(costs("gpt-4o", override("gpt-4o", { input: 1 }))).toMatchObject({
      input: 2 * USD,
      output: null,
      total: null,
    }));
});

it("gives whole nano-USD or null for any usage, and never throws", () => {
  const kinds = ["input", "output", "total", "input_cached_tokens", "input_audio_tokens", "x"];
  const models = ["gpt-4o", "gpt-4o-audio-preview", "gemini-2.5-flash", "claude-sonnet-4-0", "zz"];
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.dictionary(fc.constantFrom(...kinds), fc.nat(Number.MAX_SAFE_INTEGER)),
      fc.dictionary(fc.constantFrom(...kinds), fc.double({ min: 0 })),
      (model, usage, cost) => {
        for (const said of [{ usage }, { usage, cost }]) {
          for (const amount of Object.values(price(call({ model, ...said })))) {
            expect(amount === null || (Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
          }
        }
      },
    ),
    { seed: 1 },
  );
});

describe("a caller that prices many calls", () => {
  const models = [
    "gpt-4o-mini",
    "o3",
    "claude-sonnet-4-5",
    "gemini-2.5-pro",
    "gemini-2.0-flash",
    "deepseek-chat",
    "mistral-large-latest",
    "openrouter/openai/gpt-4o",
    "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
    "sonar-pro",
    "whisper-large-v3",
    "a model nobody knows",
  ];
  const count = fc.oneof(fc.nat(5000), fc.constantFrom(200_000, 200_001, 1_000_000));
  const calls = fc.array(
    fc.record({
      model: fc.constantFrom(...models),
      provider: fc.constantFrom(undefined, "openai", "groq", "azure"),
      usage: fc.record(
        { input: count, output: count, input_cached_tokens: count },
        { requiredKeys: ["input"] },
      ),
      at: fc.date({
        min: new Date("2025-01-01T00:00:00Z"),
        max: new Date("2026-06-01T00:00:00Z"),
        noInvalidDate: true,
      }),
    }),
    { minLength: 2, maxLength: 30 },
  );

  it("gets the same prices as one that remembers nothing", () => {
    fc.assert(
      fc.property(calls, (list) => {
        const memory: Memory = new Map();
        for (const one of list) expect(price(one, memory)).toEqual(price(one));
      }),
    );
  });
});

it("gives the same with a memory of calls before, whatever they were", () => {
  const models = [
    "gpt-4o",
    "o3", // changes with time
    "gemini-2.5-pro", // costs more above 200,000 tokens
    "deepseek-chat", // changes with the hour
    "claude-sonnet-4-20250514",
    "openrouter/anthropic/claude-sonnet-4",
    "sonar-pro", // has a fee per request
    "text-embedding-3-small",
    "zz",
  ];
  const counts = fc.oneof(fc.nat(1000), fc.nat(1_000_000));
  const calls = fc.record({
    model: fc.constantFrom(...models),
    provider: fc.constantFrom(undefined, "openai", "nobody"),
    usage: fc.dictionary(
      fc.constantFrom("input", "output", "input_cached_tokens", "output_reasoning_tokens"),
      counts,
      { minKeys: 1 },
    ),
    at: fc.date({
      min: new Date("2024-01-01"),
      max: new Date("2026-12-31"),
      noInvalidDate: true,
    }),
  });
  fc.assert(
    fc.property(fc.array(calls, { minLength: 2, maxLength: 30 }), (history) => {
      const memory = new Map();
      for (const one of history) expect(price(one, memory)).toEqual(price(one));
    }),
    { seed: 5, numRuns: 200 },
  );
});
