import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { partsOf } from "../../src/cli/commands/exchange.ts";
import { diffLines, shownDiff } from "../../src/cli/line-diff.ts";
import {
  pathOf,
  type PromptFile,
  readPromptFile,
  writePromptFile,
} from "../../src/cli/prompt-file.ts";

/** Text that looks like what files are made of. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "---",
        "@@ user",
        "\\@@ user",
        "\\\\@@ x",
        "@@ placeholder h",
        "",
        "{{x}}",
        "a: b",
      ),
      fc.string(),
    ),
  )
  .map((lines) => lines.join("\n"));

const name = fc.string({ minLength: 1 }).filter((word) => word.trim() !== "");
const item = fc.oneof(
  fc.record({
    role: fc.oneof(fc.constantFrom("user", "placeholder", "placeholder x"), name),
    content: text,
  }),
  fc.record({ type: fc.constant("placeholder" as const), name }),
);
const file: fc.Arbitrary<PromptFile> = fc
  .record({
    name,
    tags: fc.option(fc.array(fc.string()), { nil: undefined }),
    config: fc.oneof(fc.constant({}), fc.jsonValue()),
  })
  .chain((head) =>
    fc.oneof(
      text.map((prompt) => ({ ...head, type: "text" as const, prompt })),
      fc.array(item).map((prompt) => ({ ...head, type: "chat" as const, prompt })),
    ),
  );

describe("a prompt file", () => {
  it("read back gives the same prompt, character by character", () => {
    fc.assert(
      fc.property(file, (prompt) => {
        const { tags, ...rest } = readPromptFile(writePromptFile(prompt), "x");
        expect(tags).toEqual(prompt.tags);
        // As JSON keeps it: a config's -0 becomes 0.
        const { tags: _tags, ...wanted } = JSON.parse(JSON.stringify(prompt)) as PromptFile;
        expect(rest).toEqual(wanted);
      }),
      { numRuns: 1_000 },
    );
  });

  it("looks as one would write it", () => {
    const chat: PromptFile = {
      name: "support/greet",
      type: "chat",
      tags: ["a"],
      config: { model: "gpt-4o" },
      prompt: [
        { role: "system", content: "You are kind.\n\n@@ really" },
        { type: "placeholder", name: "history" },
        { role: "user", content: "{{question}}" },
      ],
    };
    expect(writePromptFile(chat)).toBe(`---
name: support/greet
type: chat
tags: ["a"]
config: {
    "model": "gpt-4o"
  }
---
@@ system
You are kind.

\\@@ really
@@ placeholder history
@@ user
{{question}}
`);
    expect(readPromptFile("---\nname: hello\n---\nHi {{name}}\n", "x")).toEqual({
      name: "hello",
      type: "text",
      tags: undefined,
      config: {},
      prompt: "Hi {{name}}",
    });
  });

  it.each([
    ["Hi", "must begin with front matter"],
    ["---\nname: x\nHi", "must begin with front matter"],
    ["---\ntype: text\n---\nHi", "lacks name"],
    ["---\nname: x\ntype: poem\n---\nHi", "type must be text or chat"],
    ["---\nname: x\nlabels: []\n---\nHi", "front matter has no labels"],
    ["---\nname: x\ntags: a\n---\nHi", "tags must be a JSON list"],
    ["---\nname: x\nconfig: {\n---\nHi", "config must be JSON"],
    ["---\nname: x\n???\n---\nHi", 'cannot read the line "???"'],
    ["---\nname: x\ntype: chat\n---\nHi", 'begins with a line "@@ role"'],
  ])("%j is refused and named", (content, message) => {
    expect(() => readPromptFile(content, "a.prompt.md")).toThrow(`a.prompt.md: `);
    expect(() => readPromptFile(content, "a.prompt.md")).toThrow(message);
  });

  it.each([
    ["hello", "hello.prompt.md"],
    ["team/hello world", "team/hello world.prompt.md"],
    ["a?b*c:d", "a%3Fb%2Ac%3Ad.prompt.md"],
    ["../x/.hidden", "%2E./x/%2Ehidden.prompt.md"],
  ])("of %s is %s", (of, path) => {
    expect(pathOf(of)).toBe(path);
  });
});

describe("diffLines", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });

  it("turns one text into the other, and keeps what is the same", () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const diff = diffLines(a.join("\n"), b.join("\n"));
        const side = (not: string) =>
          diff
            .filter(({ op }) => op !== not)
            .map((line) => line.text)
            .join("\n");
        expect(side("added")).toBe(a.join("\n"));
        expect(side("removed")).toBe(b.join("\n"));
        if (a.join("\n") === b.join("\n")) expect(diff.every(({ op }) => op === "same")).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("shows three lines around a change", () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const after = before.with(10, "new");
    expect(shownDiff(diffLines(before.join("\n"), after.join("\n")))).toEqual([
      "...",
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+new",
      " line 11",
      " line 12",
      " line 13",
      "...",
    ]);
  });
});

describe("parts of an import", () => {
  it("hold every line once, keep a prompt together, and know their first line", () => {
    const line = fc.record({ name: fc.constantFrom("a", "b", "c"), x: fc.string() });
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 200 }), (list, bytes) => {
        const all = list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
        const content = all.map((one) => JSON.stringify(one)).join("\n");
        const parts = partsOf(content, bytes);
        expect(parts.map((part) => part.text).join("\n")).toBe(content);
        let first = 1;
        const seen = new Map<string, number>();
        for (const [index, part] of parts.entries()) {
          expect(part.first).toBe(first);
          first += part.text.split("\n").length;
          for (const one of part.text.split("\n").filter(Boolean)) {
            const { name } = JSON.parse(one) as { name: string };
            expect(seen.get(name) ?? index).toBe(index);
            seen.set(name, index);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
