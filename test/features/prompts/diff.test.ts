import { describe, expect, it } from "vitest";

import { diffVersions } from "../../../src/features/prompts/diff/diff.ts";
import type { ChatItem, PromptContent } from "../../../src/features/prompts/model.ts";

const side = (prompt: PromptContent, config: unknown = {}) => ({ prompt, config });
const message = (role: string, content: string): ChatItem => ({ role, content });
const placeholder = (name: string): ChatItem => ({ type: "placeholder", name });

describe("diffVersions", () => {
  it("tells words, config, variables and placeholders of a text prompt", () => {
    const diff = diffVersions(
      side("Hi {{name}} {{tone}}", { temperature: 0 }),
      side("Hi {{user}} {{tone}}", { temperature: 0.5 }),
    );
    expect(diff.identical).toBe(false);
    expect(diff.messages).toBeNull();
    expect(diff.text?.filter(({ op }) => op !== "same")).toEqual([
      { op: "removed", text: "name" },
      { op: "added", text: "user" },
    ]);
    expect(diff.config).toEqual([{ path: "/temperature", op: "changed", from: 0, to: 0.5 }]);
    expect(diff.variables).toEqual({ added: ["user"], removed: ["name"] });
    expect(diff.placeholders).toEqual({ added: [], removed: [] });
  });

  it("tells messages: same, rewritten, added, removed, with their places", () => {
    const before = [
      message("system", "Be kind."),
      message("user", "Old question"),
      placeholder("history"),
      message("assistant", "bye"),
    ];
    const after = [
      message("system", "Be very kind."),
      message("user", "Old question"),
      placeholder("examples"),
      message("tool", "bye"),
    ];
    const diff = diffVersions(side(before), side(after));
    const told = diff.messages?.map(({ op, from, to, role, placeholder: name }) => [
      op,
      from,
      to,
      role ?? name,
    ]);
    expect(told).toEqual([
      ["changed", 0, 0, "system"],
      ["same", 1, 1, "user"],
      ["removed", 2, null, "history"],
      ["removed", 3, null, "assistant"],
      ["added", null, 2, "examples"],
      ["added", null, 3, "tool"],
    ]);
    expect(diff.messages?.[0]?.content).toEqual([
      { op: "same", text: "Be " },
      { op: "added", text: "very " },
      { op: "same", text: "kind." },
    ]);
    expect(diff.placeholders).toEqual({ added: ["examples"], removed: ["history"] });
  });

  it("keeps a message that only moved down as it is", () => {
    const diff = diffVersions(
      side([message("user", "a"), message("user", "b")]),
      side([message("system", "new"), message("user", "a"), message("user", "b")]),
    );
    expect(diff.messages?.map(({ op }) => op)).toEqual(["added", "same", "same"]);
  });

  it("is identical for the same content and config, and for nothing else", () => {
    expect(diffVersions(side("x", { a: 1 }), side("x", { a: 1 })).identical).toBe(true);
    expect(diffVersions(side("x", { a: 1 }), side("x", { a: 2 })).identical).toBe(false);
    expect(diffVersions(side([]), side([])).identical).toBe(true);
  });
});
