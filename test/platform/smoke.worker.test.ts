import { describe, it } from "vitest";

import { freshScope } from "../support/scope.ts";

describe("storage", () => {
  it("has both shards migrated", async ({ expect }) => {
    const { shards } = freshScope();
    for (const shard of shards) {
      const row = await shard.prepare("SELECT count(*) AS n FROM obs").first<{ n: number }>();
      expect(row).toEqual({ n: 0 });
    }
    expect(shards.length).toBe(2);
  });
});
