import { describe, expect, it } from "vitest";

import { labelsThen } from "../../../src/features/prompts/ledger/history.ts";

describe("labels at an instant", () => {
  const labels = labelsThen([
    { name: "p", label: "latest", to: 1, atMs: 10 },
    { name: "p", label: "production", to: 1, atMs: 20 },
    { name: "q", label: "production", to: 7, atMs: 25 },
    { name: "p", label: "latest", to: 2, atMs: 30 },
    { name: "p", label: "production", to: 2, atMs: 30 },
    { name: "p", label: "production", to: null, atMs: 40 },
  ]);
  it.each([
    [1, 9, []],
    [1, 10, ["latest"]],
    [1, 29, ["latest", "production"]],
    [1, 30, []],
    [2, 30, ["latest", "production"]],
    [2, 40, ["latest"]],
  ])("version %i at %i", (version, atMs, expected) => {
    expect(labels({ name: "p", version, atMs })).toEqual(expected);
  });

  it("of an unknown prompt are none", () => {
    expect(labels({ name: "x", version: 1, atMs: 99 })).toEqual([]);
  });
});
