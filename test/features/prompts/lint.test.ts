import { describe, expect, it } from "vitest";

import { lint } from "../../../src/features/prompts/lint.ts";
import type { PromptContent } from "../../../src/features/prompts/model.ts";

const codes = (content: PromptContent, production?: PromptContent, resolved = content) =>
  lint({
    content,
    resolved,
    production: production === undefined ? undefined : { version: 3, content: production },
  }).map(({ code }) => code);

describe("lint", () => {
  it.each([
    "Hi {{name",
    "{{name} and {{other}}",
    "{{a {{b}}",
    "ends with {{",
    "{name}} is half open",
    "{{{raw}",
    "name}} is closed only",
    'a JSON {"a": 1}, then name}}',
  ])("warns of unbalanced braces in %j", (text) => {
    expect(codes(text)).toEqual(["unbalanced_braces"]);
  });

  it.each([
    "Hi {{name}}",
    '{"a": {"b": {{value}}}}',
    'JSON: {"a":{"b":1}} and {single}',
    "{{{raw}}} {{&raw}} {{#items}}x{{/items}} {{! comment }}",
    "",
  ])("says nothing of %j", (text) => {
    expect(codes(text)).toEqual([]);
  });

  it("says in which message", () => {
    const content: PromptContent = [
      { role: "system", content: "fine" },
      { type: "placeholder", name: "history" },
      { role: "user", content: "Hi {{name" },
    ];
    expect(lint({ content, resolved: content, production: undefined })).toEqual([
      {
        code: "unbalanced_braces",
        path: "prompt.2.content",
        message: '"{{name" is not closed by }}',
      },
    ]);
  });

  it("warns of variables and placeholders that production has and this has not", () => {
    const before: PromptContent = [
      { role: "user", content: "{{a}} {{b}}" },
      { type: "placeholder", name: "history" },
    ];
    const [first, second] = lint({
      content: "{{a}}",
      resolved: "{{a}}",
      production: { version: 3, content: before },
    });
    expect(first).toEqual({
      code: "variable_vanished",
      path: "prompt",
      message: expect.stringContaining("variable 'b' of version 3"),
    });
    expect(second?.code).toBe("placeholder_vanished");
    expect(codes("{{a}} {{b}} {{c}}", "{{a}} {{b}}")).toEqual([]);
  });

  it("looks for names where references are inserted", () => {
    expect(codes("@@@ref@@@", "{{a}}", "{{a}}")).toEqual([]);
    const chat: PromptContent = [
      { role: "user", content: "@@@ref@@@" },
      { type: "placeholder", name: "history" },
    ];
    const resolved: PromptContent = [
      { role: "user", content: "see {{history}}" },
      { type: "placeholder", name: "history" },
    ];
    expect(codes(chat, undefined, resolved)).toEqual(["variable_is_placeholder"]);
  });
});
