import { describe, expect, it } from "vitest";

import { linearReplace } from "../../src/lib/linear-regex.ts";

describe("linearReplace", () => {
  it.each([
    [String.raw`\d{4}( \d{4}){3}`, "card 4111 1111 1111 1111.", "card ***."],
    [
      String.raw`[\w.+-]+@[\w-]+\.[\w.]+`,
      "to ada@example.org, 😀 and b@c.de",
      "to ***, 😀 and ***",
    ],
    [String.raw`(?<key>sk-[a-z0-9]+)`, "sk-abc1 sk-2", "*** ***"],
    [String.raw`😀+|\u00e9`, "a😀😀é", "a******"],
    ["x*", "axxb", "a***b"],
    ["(?i)secret", "Secret", "***"],
    ["^a$", "a\na", "a\na"],
  ])("%s in %s", (pattern, text, expected) =>
    expect(linearReplace(pattern)?.(text, "***")).toBe(expected),
  );

  it.each(["(", "(?=x)", "(?<!x)y", String.raw`(x)\1`, "(a?){1000}", "a{2000}"])(
    "is no %s",
    (pattern) => expect(linearReplace(pattern)).toBeUndefined(),
  );

  it.each([
    ["(a+)+$", `${"a".repeat(100_000)}!`],
    [String.raw`[\w.+-]+@[\w-]+\.[\w.]+`, "QUJD".repeat(100_000)],
    [String.raw`(\w+\s*)+:`, "word ".repeat(20_000)],
    ["(a|a)*b", "a".repeat(100_000)],
  ])(
    "takes %s through a long text that never matches",
    (pattern, text) => {
      expect(linearReplace(pattern)?.(text, "***")).toBe(text);
    },
    5_000,
  );
});
