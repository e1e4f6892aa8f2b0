import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ScoreConfig } from "../../../src/features/projects/model.ts";
import {
  MAX_SCORE_VALUE,
  SCORE_SOURCES,
  type ScoreInput,
  validateScore,
} from "../../../src/features/scores/model.ts";

const rules = { sources: SCORE_SOURCES, configs: [] };
const check = (input: ScoreInput, more: Partial<Parameters<typeof validateScore>[1]> = {}) =>
  validateScore({ traceId: "t", name: "q", ...input }, { ...rules, ...more });

describe("the type of a score", () => {
  it.each([
    [{ value: 0.5 }, { dataType: "NUMERIC", value: 0.5 }],
    [{ value: 0 }, { dataType: "NUMERIC", value: 0 }],
    [{ value: "good" }, { dataType: "CATEGORICAL", stringValue: "good" }],
    [
      { value: 1, dataType: "NUMERIC" },
      { dataType: "NUMERIC", value: 1 },
    ],
    [
      { value: 1, dataType: "BOOLEAN" },
      { dataType: "BOOLEAN", value: 1, stringValue: "True" },
    ],
    [
      { value: 0, dataType: "BOOLEAN" },
      { dataType: "BOOLEAN", value: 0, stringValue: "False" },
    ],
    [
      { value: "fine", dataType: "TEXT" },
      { dataType: "TEXT", stringValue: "fine" },
    ],
  ])("of %j is %j", (input, expected) => {
    expect(check(input)).toEqual({
      score: { traceId: "t", name: "q", source: "API", ...expected },
    });
  });

  it("of a correction forces the name output", () => {
    const text = "x".repeat(5000);
    expect(check({ value: text, dataType: "CORRECTION", name: undefined })).toMatchObject({
      score: { dataType: "CORRECTION", name: "output", stringValue: text },
    });
    expect(
      check({ value: "x", dataType: "CORRECTION", traceId: null, sessionId: "s" }),
    ).toMatchObject({ problem: { path: "traceId" } });
  });

  it.each([
    [{ value: "1", dataType: "NUMERIC" }, "value"],
    [{ value: 2, dataType: "BOOLEAN" }, "value"],
    [{ value: "True", dataType: "BOOLEAN" }, "value"],
    [{ value: 1, dataType: "CATEGORICAL" }, "value"],
    [{ value: "", dataType: "CATEGORICAL" }, "value"],
    [{ value: "x".repeat(501), dataType: "CATEGORICAL" }, "value"],
    [{ value: "", dataType: "TEXT" }, "value"],
    [{ value: "x".repeat(501), dataType: "TEXT" }, "value"],
    [{ value: true }, "value"],
    [{ value: null }, "value"],
    [{}, "value"],
    [{ value: Number.NaN }, "value"],
    [{ value: Infinity }, "value"],
    [{ value: MAX_SCORE_VALUE + 1 }, "value"],
    [{ value: -MAX_SCORE_VALUE - 1 }, "value"],
    [{ value: 1, dataType: "STARS" }, "dataType"],
    [{ value: 1, name: "" }, "name"],
    [{ value: 1, name: null }, "name"],
    [{ value: 1, name: "x".repeat(201) }, "name"],
    [{ value: 1, traceId: null }, "traceId"],
    [{ value: 1, traceId: null, datasetRunId: "d" }, "traceId"],
    [{ value: 1, traceId: "x".repeat(801) }, "traceId"],
    [{ value: 1, comment: 5 }, "comment"],
    [{ value: 1, source: "MAGIC" }, "source"],
    [{ value: 1, source: "ANNOTATION" }, "configId"],
    [{ value: 1, metadata: { a: "x".repeat(50_000) } }, "metadata"],
  ])("refuses %j by naming %s", (input, path) => {
    expect(check(input)).toMatchObject({ problem: { path } });
  });

  it("takes the largest value, whose millionths are still exact", () => {
    expect(check({ value: MAX_SCORE_VALUE })).toHaveProperty("score");
    expect(Number.isSafeInteger(MAX_SCORE_VALUE * 1_000_000)).toBe(true);
    expect(Number.isSafeInteger((MAX_SCORE_VALUE + 1) * 1_000_000)).toBe(false);
  });
});

describe("the target of a score", () => {
  it.each([
    [{ traceId: "t" }],
    [{ traceId: "t", observationId: "o" }],
    [{ observationId: "o" }],
    [{ sessionId: "s" }],
  ])("may be %j", (target) => {
    const result = validateScore({ name: "q", value: 1, ...target }, rules);
    expect(result).toMatchObject({ score: target });
  });
});

describe("what else a score says", () => {
  it("keeps null comments, which clear, apart from absent ones", () => {
    expect(check({ value: 1, comment: null })).toMatchObject({ score: { comment: null } });
    expect(check({ value: 1 })).not.toHaveProperty("score.comment");
    expect(check({ value: 1, comment: "fine" })).toMatchObject({ score: { comment: "fine" } });
  });

  it("wraps metadata that is no object", () => {
    expect(check({ value: 1, metadata: [1] })).toMatchObject({
      score: { metadata: { metadata: [1] } },
    });
  });

  it("may only come from where the rules say", () => {
    expect(check({ value: 1, source: "EVAL" }, { sources: ["API", "ANNOTATION"] })).toEqual({
      problem: { path: "source", message: "EVAL is not accepted here; use API or ANNOTATION" },
    });
    expect(check({ value: 1, source: "ANNOTATION", configId: "c" })).toMatchObject({
      score: { source: "ANNOTATION", configId: "c" },
    });
  });
});

describe("a score config", () => {
  const base = { minValue: null, maxValue: null, categories: [] };
  const configs: ScoreConfig[] = [
    { ...base, id: "num", name: "q", dataType: "NUMERIC", minValue: 0, maxValue: 5 },
    {
      ...base,
      id: "cat",
      name: "q",
      dataType: "CATEGORICAL",
      categories: [{ label: "good", value: 1 }],
    },
    { ...base, id: "bool", name: "q", dataType: "BOOLEAN" },
  ];
  const withConfig = (input: ScoreInput) => check(input, { configs });

  it("settles the type and allows what it lists", () => {
    expect(withConfig({ value: 1, configId: "bool" })).toMatchObject({
      score: { dataType: "BOOLEAN", stringValue: "True", configId: "bool" },
    });
    expect(withConfig({ value: 5, configId: "num" })).toHaveProperty("score");
    expect(withConfig({ value: "good", configId: "cat" })).toHaveProperty("score");
  });

  it.each([
    [{ value: 5.1, configId: "num" }, "value"],
    [{ value: -1, configId: "num" }, "value"],
    [{ value: "bad", configId: "cat" }, "value"],
    [{ value: 1, configId: "num", dataType: "BOOLEAN" }, "dataType"],
    [{ value: 1, configId: "num", name: "other" }, "name"],
    [{ value: 1, configId: "gone" }, "configId"],
  ])("refuses %j by naming %s", (input, path) => {
    expect(withConfig(input)).toMatchObject({ problem: { path } });
  });
});

describe("any input", () => {
  it("is judged without throwing, and a valid one agrees with its type", () => {
    const field = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(undefined, Number.NaN));
    const input = fc.record({
      name: field,
      value: field,
      dataType: fc.constantFrom("NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT", null, "x"),
      traceId: field,
      sessionId: field,
      comment: field,
      metadata: field,
    });
    fc.assert(
      fc.property(input, (said) => {
        const result = validateScore(said, rules);
        if ("problem" in result) return;
        const { dataType, value, stringValue } = result.score;
        expect(value === undefined).toBe(dataType === "CATEGORICAL" || dataType === "TEXT");
        expect(stringValue === undefined).toBe(dataType === "NUMERIC");
      }),
      { numRuns: 2000 },
    );
  });
});
