import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

type Vector = { splitId: string; targetingKey: string; slot: number; version: number };
const { vectors } = JSON.parse(read("docs/split-vectors.json")) as { vectors: Vector[] };

describe("the split helpers of examples/", () => {
  it("for JS computes the slots that are published", async () => {
    const helper = (await import(join(ROOT, "examples/split-js/split.js"))) as {
      slotOf: (splitId: string, key: string) => number;
    };
    for (const { splitId, targetingKey, slot } of vectors) {
      expect(helper.slotOf(splitId, targetingKey)).toBe(slot);
    }
  });

  it.each(["split-js/split.js", "split-python/split.py"])(
    "%s has about 40 lines of code",
    (path) => {
      const lines = read(`examples/${path}`).split("\n");
      expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(45);
    },
  );

  it("and docs/delivery.md show the same vectors as the file", () => {
    const page = read("docs/delivery.md");
    for (const { splitId, targetingKey, slot, version } of vectors) {
      expect(page).toContain(`| \`${splitId}\` | \`${targetingKey}\` | ${slot} | ${version} |`);
    }
  });
});
