import { describe, expect, it } from "vitest";

import { ended, type Ending, play, playRollout, shareOf, termsOf } from "./simulation/play.ts";
import {
  BROKEN,
  BROKEN_IN_PROCESSES,
  type Named,
  NO_DIFFERENCE,
  RAMP,
  SLOWER,
} from "./simulation/worlds.ts";

/*
 * The limits that `npm run simulate` shows with 400 runs each, with fewer: seeded, so a failure is a
 * change of the code. ROLLOUT_RUNS=400 plays them all here too, in ten minutes or so.
 */
const RUNS = Number(process.env["ROLLOUT_RUNS"] ?? 40);
const TIMEOUT = 240_000 + RUNS * 1_000;

function expectLimits({ limits }: Named, endings: readonly Ending[]): void {
  expect(limits.filter(({ holds }) => !holds(endings)).map(({ text }) => text)).toEqual([]);
}

describe("a version that is no different", () => {
  it.for([...NO_DIFFERENCE, RAMP])("$name", { timeout: TIMEOUT }, (named) => {
    expectLimits(named, play(named.world, RUNS));
  });

  it("would be held where units are not told apart", { timeout: TIMEOUT }, () => {
    for (const index of [1, 5]) {
      const { world } = NO_DIFFERENCE[index]!;
      const endings = play({ ...world, unit: "request", checkMinutes: 60 }, 10);
      expect(shareOf(endings, ended("held"))).toBeGreaterThanOrEqual(0.3);
    }
  });
});

describe("a version that is worse", () => {
  it.for([SLOWER, BROKEN, BROKEN_IN_PROCESSES])("$name", { timeout: TIMEOUT }, (named) => {
    const endings = play(named.world, Math.max(RUNS, 100));
    expectLimits(named, endings);
    expect(shareOf(endings, ended("rolled_back"))).toBeGreaterThanOrEqual(0.95);
  });
});

it(
  "seldom checks end as those of every minute do, mostly at the next of them",
  { timeout: TIMEOUT },
  () => {
    const terms = termsOf(SLOWER.world);
    const later: number[] = [];
    for (let seed = 1; seed <= 30; seed++) {
      const often = playRollout({ ...SLOWER.world, checkMinutes: 1 }, terms, seed);
      const seldom = playRollout(SLOWER.world, terms, seed);
      expect(seldom.state).toBe(often.state);
      later.push(seldom.minutes - often.minutes);
    }
    expect(Math.min(...later)).toBeGreaterThanOrEqual(0);
    expect(later.filter((minutes) => minutes < 5).length).toBeGreaterThan(20);
  },
);

it("the same seed is the same rollout", { timeout: TIMEOUT }, () => {
  const terms = termsOf(BROKEN.world);
  expect(playRollout(BROKEN.world, terms, 7)).toEqual(playRollout(BROKEN.world, terms, 7));
});
