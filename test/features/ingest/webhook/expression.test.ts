import { describe, expect, it } from "vitest";

import {
  BadMapping,
  evaluate,
  MAX_EXPRESSION,
  parseExpression,
} from "../../../../src/features/ingest/webhook/mapping/expression.ts";

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof BadMapping) return error.message;
    throw error;
  }
  return "";
};

const body = {
  calls: [
    { id: "a", model: "gpt-4o", tokens: { in: 12, out: 5 }, ok: true },
    { id: "b", model: "claude", tokens: { in: 3, out: 1 }, ok: false },
  ],
};

describe("a mapping", () => {
  it("makes events of any JSON", () => {
    const expression =
      "calls[?ok].{type: 'generation', data: {id: id, model: upper(model), " +
      "usage: {input: tokens.in, output: tokens.out}}}";
    expect(evaluate(expression, body)).toEqual([
      {
        type: "generation",
        data: { id: "a", model: "GPT-4O", usage: { input: 12, output: 5 } },
      },
    ]);
    expect(evaluate("map(&join('-', [id, model]), calls)", body)).toEqual(["a-gpt-4o", "b-claude"]);
    expect(evaluate("calls[].tokens.in | sum(@)", body)).toBe(15);
  });

  it("says what is wrong with an expression", () => {
    expect(refusal(() => parseExpression("calls[?"))).toMatch(/^not a JMESPath expression: /);
    expect(refusal(() => evaluate("sum(calls)", body))).toMatch(/fails on this body: .*sum/);
    expect(refusal(() => parseExpression("x".repeat(MAX_EXPRESSION + 1)))).toMatch(/longer than/);
    expect(refusal(() => parseExpression("let $a = b in $a"))).toMatch(/let expressions/);
    expect(refusal(() => parseExpression("pad_left(a, `1000000000`)"))).toMatch(/pad_left/);
    expect(refusal(() => parseExpression("map(&pad_left(@, `9`), a)"))).toMatch(/pad_left/);
    expect(refusal(() => parseExpression("join(a, b)"))).toMatch(/first argument of join/);
    expect(refusal(() => parseExpression("!".repeat(200) + "a"))).toMatch(/levels deep/);
    expect(refusal(() => parseExpression("(".repeat(1900) + "a" + ")".repeat(1900)))).toBe("");
  });

  const MIB = "x".repeat(500_000);
  it.each([
    ["lists that double", `[@,@]${" | [@,@]".repeat(40)} | to_string(@)`, { a: 1 }],
    ["lists that double and are flattened", `[@,@]${" | [@,@][]".repeat(40)}`, [1]],
    ["texts that double", `${"join('', [@,@]) | ".repeat(40)}@`, MIB],
    ["every element for every element", "map(&length($[?@ == `1`]), $)", range(4000)],
    ["sorting by sorting", "sort_by($, &to_string(sort($)))", range(2000)],
  ])("stops %s soon", (_, expression, value) => {
    expect(refusal(() => evaluate(expression, value as never))).toMatch(/more than|larger than/);
  });

  it("copes with a megabyte of ordinary events", () => {
    const events = Array.from({ length: 2000 }, (_, i) => ({ id: `e${i}`, text: "y".repeat(400) }));
    const made = evaluate("events[*].{type: 'event', data: {id: id, input: text}}", { events });
    expect(made).toHaveLength(2000);
  });

  it("leaves the library's own interpreter as it was", () => {
    expect(evaluate("length(calls)", body)).toBe(2);
    expect(evaluate("length(calls)", body)).toBe(2);
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
