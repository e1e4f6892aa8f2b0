import { expect, it } from "vitest";

import { cellOf, CELLS } from "../../../src/lib/split/cells.ts";

it.each([
  ["numbers in a row", (i: number) => `user-${i}`],
  ["trace ids", (i: number) => (BigInt(i + 1) * 0x9e3779b97f4a7c15f39cn).toString(16)],
])("cells spread %s evenly", (_, unit) => {
  const counts = Array.from({ length: CELLS }, () => 0);
  const units = 256 * 100;
  for (let i = 0; i < units; i++) counts[cellOf(unit(i))]! += 1;
  // Poisson with mean 100: chi-square of 255 degrees of freedom stays below 400 by far.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  expect(chiSquare).toBeLessThan(400);
});
