import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { alignLists, diffText } from "../../src/lib/text-diff.ts";

const join = (changes: ReturnType<typeof diffText>, without: "added" | "removed") =>
  changes
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join("");

describe("diffText", () => {
  it("tells words, and keeps the blanks between them", () => {
    expect(diffText("Hello {{name}}, bye", "Hello {{user}}, bye  now")).toEqual([
      { op: "same", text: "Hello {{" },
      { op: "removed", text: "name" },
      { op: "added", text: "user" },
      { op: "same", text: "}}, bye" },
      { op: "added", text: "  now" },
    ]);
  });

  it("says nothing changed in equal texts, and nothing of two empty ones", () => {
    expect(diffText("a b", "a b")).toEqual([{ op: "same", text: "a b" }]);
    expect(diffText("", "")).toEqual([]);
  });

  it("always gives both texts back", () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom("a", "b", " ", "\n", "{{x}}", "."), { maxLength: 60 })
        .map((l) => l.join("")),
    );
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = diffText(before, after);
        expect(join(changes, "added")).toBe(before);
        expect(join(changes, "removed")).toBe(after);
      }),
      { numRuns: 1_000 },
    );
  });

  it("stays whole, and comes to an end, where everything differs", () => {
    const words = (word: string) =>
      Array.from({ length: 60_000 }, (_, i) => `${word}${i}`).join(" ");
    const [before, after] = [words("a"), words("b")];
    const changes = diffText(before, after);
    expect(join(changes, "added")).toBe(before);
    expect(join(changes, "removed")).toBe(after);
  });
});

describe("alignLists", () => {
  it("pairs what is alike and keeps the order of both", () => {
    expect(alignLists(["a", "b", "c"], ["b", "x", "c", "d"], (l, r) => l === r)).toEqual([
      { before: "a" },
      { before: "b", after: "b" },
      { after: "x" },
      { before: "c", after: "c" },
      { after: "d" },
    ]);
  });
});
