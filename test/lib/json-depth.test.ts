import { describe, expect, it } from "vitest";

import { nestsDeeper } from "../../src/lib/json-depth.ts";

describe("nestsDeeper", () => {
  it.each([
    ["text", 0, false],
    [null, 0, false],
    [{}, 0, true],
    [{ a: 1 }, 1, false],
    [{ a: [] }, 1, true],
    [{ a: 1, b: { c: [1, 2] } }, 3, false],
    [{ a: 1, b: { c: [1, 2] } }, 2, true],
  ])("of %j beyond %i levels: %s", (value, levels, expected) =>
    expect(nestsDeeper(value, levels)).toBe(expected),
  );

  it("counts what would exhaust the stack", () => {
    const brackets = JSON.parse("[".repeat(200_000) + "]".repeat(200_000)) as unknown;
    expect(nestsDeeper(brackets, 100)).toBe(true);
    expect(nestsDeeper(brackets, 200_000)).toBe(false);
  });
});
