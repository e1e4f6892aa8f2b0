import { describe, it } from "vitest";

import { freshScope } from "../support/scope.ts";

describe("storage", () => {
  it("has both shards migrated", async ({ expect }) => {
    const { shards } = freshScope();
    for (const shard of shards) {
      const { results } = await shard.prepare("SELECT * FROM obs LIMIT 0").all();
      expect(results).toEqual([]);
    }
    expect(shards.length).toBe(2);
  });
});
