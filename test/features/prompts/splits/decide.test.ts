import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PromptState } from "../../../../src/features/prompts/change.ts";
import { splitsEnded, withSplit } from "../../../../src/features/prompts/splits/decide.ts";
import type { Arm, LiveSplit } from "../../../../src/features/prompts/splits/table.ts";

const AT = new Date("2026-11-20T12:00:00.000Z");
const BIG = 100_000_000;

/** A name of twenty versions with numbers of nine digits, `production` on the first. */
const state: PromptState = {
  type: "text",
  tags: [],
  lastVersion: BIG + 20,
  versions: Array.from({ length: 20 }, (_, i) => BIG + i),
  labels: new Map([
    ["production", BIG],
    ["latest", BIG + 19],
  ]),
};

const arms: fc.Arbitrary<Arm[]> = fc
  .array(fc.integer({ min: 0, max: 10_000 }), { minLength: 19, maxLength: 19 })
  .map((cuts) => {
    const marks = [0, ...cuts.sort((a, b) => a - b), 10_000];
    return state.versions.map((version, i) => ({ version, weight: marks[i + 1]! - marks[i]! }));
  });

const start = (live: LiveSplit | undefined, wanted: Arm[]) =>
  withSplit(
    state,
    new Map(live ? [["production", live]] : []),
    { label: "production", arms: wanted },
    { id: `spl_${"x".repeat(25)}`, at: AT },
  );

describe("a split's table", () => {
  it("fits into KV's metadata with everything else, or the change is refused", () => {
    let wornOut = 0;
    fc.assert(
      fc.property(fc.array(arms, { minLength: 1, maxLength: 8 }), (steps) => {
        let live: LiveSplit | undefined;
        for (const step of steps) {
          const decided = start(live, step);
          if (!("split" in decided)) {
            expect(decided).toEqual({ outcome: "worn-out" });
            wornOut++;
            continue;
          }
          live = decided.split;
          const { id, runs } = live;
          const metadata = { etag: `"${"f".repeat(32)}"`, version: BIG, split: { id, runs } };
          expect(JSON.stringify(metadata).length).toBeLessThanOrEqual(1_024);
        }
      }),
      { numRuns: 1_000 },
    );
    // Both ends of the rule were seen.
    expect(wornOut).toBeGreaterThan(0);
  });
});

describe("splitsEnded", () => {
  const two = [BIG, BIG + 1].map((version) => ({ version, weight: 5_000 }));
  const decided = start(undefined, two);
  const split = "split" in decided ? decided.split : undefined;
  const splits = new Map(split ? [["production", split]] : []);
  const without = (version: number): PromptState => ({
    ...state,
    versions: state.versions.filter((other) => other !== version),
  });

  it.each([
    ["nothing", state, 0],
    [
      "another label's move",
      { ...state, labels: new Map([...state.labels, ["staging", BIG + 3]]) },
      0,
    ],
    ["a version's deletion that is no arm", without(BIG + 5), 0],
    ["its label's move", { ...state, labels: new Map([["production", BIG + 2]]) }, 1],
    ["its label's removal", { ...state, labels: new Map() }, 1],
    ["an arm's deletion", without(BIG + 1), 1],
  ] as const)("by %s", (_, after, count) => {
    const ended = splitsEnded(splits, state, after);
    expect(ended).toHaveLength(count);
    if (count > 0) {
      expect(ended[0]).toMatchObject({ label: "production", version: BIG, event: "ended", split });
    }
  });
});
