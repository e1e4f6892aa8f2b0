import { expect, it } from "vitest";

import { normaliseModel } from "../../../src/features/pricing/model.ts";

it.each([
  ["gpt-4o", "gpt-4o"],
  [" GPT-4o\n", "gpt-4o"],
  ["openai/gpt-4o", "gpt-4o"],
  ["models/gemini-2.5-pro", "gemini-2.5-pro"],
  ["publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"],
  ["odd/", "odd/"],
  ["", ""],
  ["m".repeat(64), "m".repeat(64)],
])("the model %j is counted as %j", (said, expected) =>
  expect(normaliseModel(said)).toBe(expected),
);

it("names over 64 characters share 16 cells, always the same one", () => {
  const names = Array.from({ length: 500 }, (_, i) => `${"m".repeat(64)}${i}`);
  const cells = new Set(names.map(normaliseModel));
  expect(cells.size).toBe(16);
  expect([...cells].every((cell) => /^other-(\d|1[0-5])$/.test(cell))).toBe(true);
  expect(normaliseModel(names[7]!)).toBe(normaliseModel(`openai/${names[7]}`));
});
