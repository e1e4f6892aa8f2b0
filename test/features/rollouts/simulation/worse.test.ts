import { describe, expect, it } from "vitest";

import { itHolds, TIMEOUT } from "./limits.ts";
import { ended, play, playRollout, shareOf, termsOf } from "./play.ts";
import { BROKEN, BROKEN_IN_PROCESSES, caching, SLOWER, STICKY } from "./worlds.ts";

describe("a version that is worse", () => {
  itHolds([SLOWER, BROKEN, BROKEN_IN_PROCESSES]);
});

it("would be held where units are not told apart", { timeout: TIMEOUT }, () => {
  for (const { world } of [caching(1), STICKY]) {
    const endings = play({ ...world, unit: "request", checkMinutes: 60 }, 10);
    expect(shareOf(endings, ended("held"))).toBeGreaterThanOrEqual(0.3);
  }
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
