import { describe, expect, it } from "vitest";

import { CreatePrompt } from "../../../src/features/prompts/contract.ts";

const nested = (levels: number): unknown =>
  JSON.parse("[".repeat(levels) + "]".repeat(levels)) as unknown;

describe("a version's config", () => {
  it("is nested in at most 100 levels", () => {
    const of = (levels: number) =>
      CreatePrompt.safeParse({ name: "p", prompt: "x", config: nested(levels) });
    expect(of(100).success).toBe(true);
    expect(of(101).error?.issues).toMatchObject([
      { path: ["config"], message: "is nested deeper than 100 levels" },
    ]);
    expect(of(200_000).success).toBe(false);
  });
});
