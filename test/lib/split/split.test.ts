import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { armOfRuns, rangesOfRuns, runsOf } from "../../../src/lib/split/runs.ts";
import {
  armOf,
  randomSlot,
  reallocate,
  type Share,
  sharesOf,
  SLOTS,
  slotOf,
  type SlotRange,
} from "../../../src/lib/split/split.ts";

const RUNS = { numRuns: 1_000 };
vi.setConfig({ testTimeout: 60_000 });

const DOCS = join(import.meta.dirname, "../../../docs");
type Vector = { splitId: string; targetingKey: string; slot: number; version: number };
const published = JSON.parse(readFileSync(join(DOCS, "split-vectors.json"), "utf8")) as {
  ranges: { version: number; from: number; to: number }[];
  vectors: Vector[];
};

/** Weights of one to twelve arms, among them 0, that sum to SLOTS. */
const shares: fc.Arbitrary<Share[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: SLOTS }), { minLength: 11, maxLength: 11 }),
  )
  .map(([arms, cuts]) => {
    const marks = [0, ...cuts.slice(0, arms.length - 1).sort((a, b) => a - b), SLOTS];
    return arms.map((arm, i) => ({ arm, weight: marks[i + 1]! - marks[i]! }));
  });

const weightOf = (list: readonly Share[], arm: number): number =>
  list.find((share) => share.arm === arm)?.weight ?? 0;

const owners = (ranges: readonly SlotRange[]): number[] =>
  ranges.flatMap(({ arm, from, to }) => [...new Int32Array(to - from).fill(arm)]);

const nonZero = (list: readonly Share[]): Share[] =>
  list.filter(({ weight }) => weight > 0).sort((a, b) => a.arm - b.arm);

describe("reallocate", () => {
  it("gives every arm its weight, every slot one arm, in order and joined", () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 1, maxLength: 4 }), (steps) => {
        let ranges: SlotRange[] = [];
        for (const step of steps) {
          ranges = reallocate(ranges, step);
          expect(sharesOf(ranges)).toEqual(nonZero(step));
          expect(ranges[0]?.from).toBe(0);
          expect(ranges.at(-1)?.to).toBe(SLOTS);
          for (const [i, range] of ranges.entries()) {
            expect(range.from).toBeLessThan(range.to);
            const next = ranges[i + 1];
            if (!next) continue;
            expect(next.from).toBe(range.to);
            expect(next.arm).not.toBe(range.arm);
          }
        }
      }),
      RUNS,
    );
  });

  it("moves only slots of shrinking arms, and only to growing ones, as few as the weights ask for", () => {
    fc.assert(
      fc.property(shares, shares, shares, (first, second, third) => {
        const start = reallocate(reallocate([], first), second);
        const before = owners(start);
        const after = owners(reallocate(start, third));
        let moved = 0;
        for (const [slot, from] of before.entries()) {
          const to = after[slot]!;
          if (from === to) continue;
          moved++;
          if (weightOf(third, from) >= weightOf(second, from))
            throw new Error(`${from} did not shrink`);
          if (weightOf(third, to) <= weightOf(second, to)) throw new Error(`${to} did not grow`);
        }
        const arms = new Set([...second, ...third].map(({ arm }) => arm));
        const growth = [...arms].map((arm) =>
          Math.max(0, weightOf(third, arm) - weightOf(second, arm)),
        );
        expect(moved).toBe(growth.reduce((sum, slots) => sum + slots, 0));
      }),
      RUNS,
    );
  });

  it("never takes a key out of an arm that grows", async () => {
    await fc.assert(
      fc.asyncProperty(shares, shares, fc.string({ minLength: 1 }), async (first, second, key) => {
        const start = reallocate([], first);
        const slot = await slotOf("spl_x", key);
        const arm = armOf(start, slot)!;
        fc.pre(weightOf(second, arm) >= weightOf(first, arm));
        expect(armOf(reallocate(start, second), slot)).toBe(arm);
      }),
      RUNS,
    );
  });

  it("keeps two arms in two pieces, however often their weights change", () => {
    const weights = fc.array(fc.integer({ min: 0, max: SLOTS }), { maxLength: 20 });
    fc.assert(
      fc.property(weights, (steps) => {
        let ranges = reallocate(
          [],
          [
            { arm: 1, weight: SLOTS },
            { arm: 2, weight: 0 },
          ],
        );
        for (const weight of steps) {
          ranges = reallocate(ranges, [
            { arm: 1, weight: SLOTS - weight },
            { arm: 2, weight },
          ]);
          expect(ranges.length).toBeLessThanOrEqual(2);
        }
      }),
      RUNS,
    );
  });

  it("walks a rollout as one would by hand", () => {
    const at = (ranges: SlotRange[], weight: number) =>
      reallocate(ranges, [
        { arm: 3, weight: SLOTS - weight },
        { arm: 4, weight },
      ]);
    const first = at([], 1_000);
    expect(first).toEqual([
      { arm: 3, from: 0, to: 9_000 },
      { arm: 4, from: 9_000, to: 10_000 },
    ]);
    expect(at(first, 5_000)).toEqual([
      { arm: 3, from: 0, to: 5_000 },
      { arm: 4, from: 5_000, to: 10_000 },
    ]);
  });

  it.each([
    [[]],
    [[{ arm: 1, weight: 9_999 }]],
    [
      [
        { arm: 1, weight: 5_000 },
        { arm: 1, weight: 5_000 },
      ],
    ],
    [
      [
        { arm: 1, weight: 10_001 },
        { arm: 2, weight: -1 },
      ],
    ],
    [
      [
        { arm: 1, weight: 9_999.5 },
        { arm: 2, weight: 0.5 },
      ],
    ],
    [[{ arm: 0, weight: SLOTS }]],
  ])("refuses the weights %j", (weights) => {
    expect(() => reallocate([], weights)).toThrow(RangeError);
  });
});

describe("runs", () => {
  it("say the same as ranges", () => {
    fc.assert(
      fc.property(shares, shares, (first, second) => {
        const ranges = reallocate(reallocate([], first), second);
        expect(rangesOfRuns(runsOf(ranges))).toEqual(ranges);
        for (const { arm, from, to } of ranges) {
          expect([armOfRuns(runsOf(ranges), from), armOfRuns(runsOf(ranges), to - 1)]).toEqual([
            arm,
            arm,
          ]);
        }
        expect(armOfRuns(runsOf(ranges), SLOTS)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it("refuse to lack a slot", () => {
    expect(() => rangesOfRuns([[1, 9_999]])).toThrow(RangeError);
  });
});

describe("slots", () => {
  it.each(published.vectors)("the published vector $targetingKey of $splitId", async (vector) => {
    const ranges = published.ranges.map(({ version: arm, from, to }) => ({ arm, from, to }));
    const slot = await slotOf(vector.splitId, vector.targetingKey);
    expect(slot).toBe(vector.slot);
    expect(armOf(ranges, slot)).toBe(vector.version);
  });

  it("are shared evenly by keys: each tenth of them gets a tenth of 20,000 users", async () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let user = 0; user < 20_000; user++) {
      const tenth = Math.floor((await slotOf("spl_even", `user-${user}`)) / 1_000);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // Five standard deviations of a binomial with n = 20,000 and p = 0.1.
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(5 * 42.5);
  });

  it("change with the split's id", async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `user-${i}`);
    const slots = (id: string) => Promise.all(keys.map((key) => slotOf(id, key)));
    const [a, b] = [await slots("spl_a"), await slots("spl_b")];
    expect(a.filter((slot, i) => slot === b[i]).length).toBeLessThan(5);
  });

  it("drawn at random are in range", () => {
    for (let i = 0; i < 1_000; i++) {
      const slot = randomSlot();
      expect(Number.isInteger(slot) && slot >= 0 && slot < SLOTS).toBe(true);
    }
  });

  it("out of every range belong to nobody", () => {
    expect(armOf([{ arm: 1, from: 0, to: 10 }], 10)).toBeUndefined();
  });
});
