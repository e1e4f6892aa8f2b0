import { Dotprompt } from "dotprompt";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  readDotPrompt,
  unwritable,
  writeDotPrompt,
} from "../../../src/features/prompts/dotprompt/format.ts";
import type { ChatItem, PromptContent } from "../../../src/features/prompts/model.ts";

const version = (prompt: PromptContent, config: unknown = {}) => ({
  name: "team/greet",
  type: typeof prompt === "string" ? ("text" as const) : ("chat" as const),
  prompt,
  config,
  labels: ["production"],
  tags: ["eu"],
});

const chat: ChatItem[] = [
  { role: "system", content: "You help {{user}}.\n\nBe kind." },
  { type: "placeholder", name: "history" },
  { role: "user", content: "{{question}}" },
];

describe("a .prompt file", () => {
  it("is read with its front matter, roles and history", () => {
    const read = readDotPrompt(`---
model: googleai/gemini-1.5-pro
description: answers
config:
  temperature: 0.2
input:
  schema:
    question: string
---

{{role "system"}}
You help {{user}}.
{{history}}
{{role 'model'}}
Yes?
{{role "user"}}
{{question}}
{{placeholder "examples"}}
`);
    expect(read).toEqual({
      prompt: {
        name: null,
        type: "chat",
        content: [
          { role: "system", content: "You help {{user}}." },
          { type: "placeholder", name: "history" },
          { role: "assistant", content: "Yes?" },
          { role: "user", content: "{{question}}" },
          { type: "placeholder", name: "examples" },
        ],
        config: {
          model: "googleai/gemini-1.5-pro",
          temperature: 0.2,
          dotprompt: { description: "answers", input: { schema: { question: "string" } } },
        },
        labels: null,
        tags: null,
      },
    });
  });

  it("is a text prompt without roles, and may have no front matter", () => {
    expect(readDotPrompt("Hi {{name}}\n")).toMatchObject({
      prompt: { type: "text", content: "Hi {{name}}", config: {} },
    });
    expect(readDotPrompt("---\n---\nHi")).toMatchObject({ prompt: { content: "Hi" } });
    expect(readDotPrompt("---\nmodel: x\n---")).toMatchObject({ prompt: { content: "" } });
  });

  it("says what is wrong with its front matter", () => {
    const read = readDotPrompt("---\na: [1\n---\nx");
    expect(read).toMatchObject({ problem: expect.stringContaining("not YAML") });
    expect(readDotPrompt("---\n- a\n---\nx")).toEqual({
      problem: "its front matter must be a mapping",
    });
  });

  it("comes back as it was written, text and chat", () => {
    const config = {
      model: "m",
      temperature: 0.5,
      stop: ["a\n", "---"],
      dotprompt: { tools: ["t"] },
    };
    for (const prompt of ['Hi {{name}}\n--- {{role "system"}}', chat]) {
      const written = version(prompt, config);
      const { prompt: content, ...rest } = written;
      expect(readDotPrompt(writeDotPrompt(written))).toEqual({ prompt: { ...rest, content } });
    }
  });

  it("comes back for any prompt whose texts have no blanks around them", () => {
    const text = fc
      .string({ minLength: 1 })
      .map((s) => s.trim())
      .filter((s) => s !== "");
    const item = fc.oneof(
      fc.record({ role: fc.constantFrom("system", "user", "assistant", "tool"), content: text }),
      fc.record({
        type: fc.constant("placeholder" as const),
        name: fc.constantFrom("history", "x y"),
      }),
    );
    const prompt: fc.Arbitrary<PromptContent> = fc.oneof(text, fc.array(item));
    const config = fc.oneof(
      fc.dictionary(fc.constantFrom("temperature", "stop", "model"), fc.jsonValue()),
      fc.array(fc.integer()),
    );
    fc.assert(
      fc.property(prompt, config, (prompt, config) => {
        fc.pre(unwritable(prompt) === undefined);
        const plain = JSON.parse(JSON.stringify(config)) as unknown;
        const read = readDotPrompt(writeDotPrompt(version(prompt, plain)));
        expect(read).toMatchObject({ prompt: { content: prompt, config: plain } });
      }),
      { numRuns: 1_000 },
    );
  });

  it("is understood by dotprompt itself", async () => {
    const source = writeDotPrompt(version(chat, { model: "googleai/gemini", temperature: 0.2 }));
    const runner = new Dotprompt();
    const parsed = runner.parse(source);
    expect(parsed).toMatchObject({
      name: "team/greet",
      model: "googleai/gemini",
      config: { temperature: 0.2 },
      ext: { promptside: { type: "chat", labels: ["production"], tags: ["eu"] } },
    });
    const rendered = await runner.render(source, {
      input: { user: "<Ann>", question: "Why?" },
      messages: [{ role: "model", content: [{ text: "Earlier" }] }],
    });
    expect(
      rendered.messages.map(({ role, content }) => [
        role,
        content.map((part) => ("text" in part ? part.text?.trim() : "")).join(""),
      ]),
    ).toEqual([
      ["system", "You help <Ann>.\n\nBe kind."],
      ["model", "Earlier"],
      ["user", "Why?"],
    ]);
  });

  it("is not written where it would be read differently", () => {
    expect(unwritable([{ role: "user", content: 'say {{role "x"}}' }])).toContain("would be read");
    expect(unwritable([{ role: "user", content: "{{history}}" }])).toContain("would be read");
    expect(unwritable([{ type: "placeholder", name: 'a"b' }])).toContain("quotation mark");
    expect(unwritable(chat)).toBeUndefined();
    expect(unwritable("{{history}}")).toBeUndefined();
  });
});
