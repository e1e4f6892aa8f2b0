import { describe, expect, it } from "vitest";

import { advance, parseJsonPath, type Step } from "../../src/lib/json-path.ts";

/** Every place of `value` that a path leads to, as a path of keys. */
function reached(value: unknown, path: string): string[] {
  const found: string[] = [];
  const walk = (at: unknown, left: readonly (readonly Step[])[], keys: string): void => {
    if (left.some((steps) => steps.length === 0)) found.push(keys);
    if (typeof at !== "object" || at === null) return;
    for (const [key, child] of Object.entries(at)) {
      walk(child, advance(left, key), `${keys}/${key}`);
    }
  };
  walk(value, [parseJsonPath(path) ?? []], "");
  return found;
}

const value = {
  input: { messages: [{ content: "a", email: "x" }, { content: "b" }], "a b": 1 },
  metadata: { user: { email: "y", name: "z" }, emails: ["q"] },
};

describe("JSON paths", () => {
  it.each([
    ["$.input.messages[0].content", ["/input/messages/0/content"]],
    ["$.input.messages[*].content", ["/input/messages/0/content", "/input/messages/1/content"]],
    ["$.input['a b']", ["/input/a b"]],
    ["$..email", ["/input/messages/0/email", "/metadata/user/email"]],
    ["$.metadata.*", ["/metadata/user", "/metadata/emails"]],
    ["$.metadata..name", ["/metadata/user/name"]],
    ["$.input.nothing", []],
  ])("%s", (path, places) => {
    expect(reached(value, path)).toEqual(places);
  });

  it.each(["input", "$", "$..", "$.", "$.a[", "$.a[1:2]", "$.a[?(@.b)]", "$.a b", "$[a]", "$$"])(
    "%s is none",
    (path) => {
      expect(parseJsonPath(path)).toBeUndefined();
    },
  );

  it("name each place once, however many ways lead there", () => {
    const steps = parseJsonPath(`$${"..*".repeat(10)}`) ?? [];
    let left: readonly (readonly Step[])[] = [steps];
    for (let level = 0; level < 400; level++) left = advance(left, "a");
    expect(left.length).toBeLessThanOrEqual(steps.length + 1);
  });
});
