import { describe, it } from "vitest";

import { throughLabel } from "../../../src/features/ingest/model.ts";
import { versionsUsedOn } from "../../../src/features/rollups/index.ts";
import { freshScope } from "../../support/scope.ts";
import { plant } from "../reports/lab.ts";

const DAY_MS = 86_400_000;
const DAY = Date.parse("2026-11-18T00:00:00Z");

const span = (fromMs: number, toMs: number) => ({ from: fromMs * 1000, to: toMs * 1000 });

describe("versions used on some days", () => {
  it("are found in every shard, whatever they are called, and no others", async ({ expect }) => {
    const scope = freshScope();
    const stranger = freshScope();
    const made = [
      { prompt: "é/ü", version: 1, atMs: DAY + 1 },
      { prompt: "😀", version: 2, atMs: DAY + 2 },
      { prompt: "a", version: throughLabel(3), atMs: DAY + 3 },
      { prompt: "a", version: 0, atMs: DAY + 4 },
      { prompt: "a", version: 3, atMs: DAY + DAY_MS - 1 },
      { prompt: "a", version: 4, atMs: DAY + DAY_MS },
      { prompt: "before", version: 1, atMs: DAY - 1 },
    ];
    await plant(scope, [...made, ...made]);
    await plant(stranger, [{ prompt: "theirs", version: 1, atMs: DAY + 1 }]);
    expect(await versionsUsedOn(scope, span(DAY, DAY + DAY_MS))).toEqual([
      { prompt: "a", version: throughLabel(3) },
      { prompt: "a", version: 0 },
      { prompt: "a", version: 3 },
      { prompt: "é/ü", version: 1 },
      { prompt: "😀", version: 2 },
    ]);
    // A span within days is answered for the whole days that it touches.
    const touched = await versionsUsedOn(scope, span(DAY + DAY_MS - 1000, DAY + DAY_MS + 1000));
    expect(touched.map(({ version }) => version)).toContain(4);
  });

  it("are all found where there are more than one page of them", async ({ expect }) => {
    const scope = freshScope();
    const versions = Array.from({ length: 2_100 }, (_, i) => i + 1);
    await plant(
      scope,
      // Half of them on another day: they are walked over, not told.
      versions.map((version) => ({ version, atMs: version % 2 === 0 ? DAY : DAY - DAY_MS })),
    );
    const used = await versionsUsedOn(scope, span(DAY, DAY + DAY_MS));
    expect(used.map(({ version }) => version)).toEqual(versions.filter((one) => one % 2 === 0));
  });
});
