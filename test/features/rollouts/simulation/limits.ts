import { expect, it } from "vitest";

import { type Ending, play } from "./play.ts";
import type { Named } from "./worlds.ts";

/*
 * The table of docs/rollouts.md as tests, in several files so that all cores play. Seeded, so a
 * failure is a change of the code. ROLLOUT_RUNS=40 is ten times quicker.
 */
const RUNS = Number(process.env["ROLLOUT_RUNS"] ?? 400);
/** Far above what it takes. */
export const TIMEOUT = 300_000;

function expectLimits({ limits }: Named, endings: readonly Ending[]): void {
  expect(limits.filter(({ holds }) => !holds(endings)).map(({ text }) => text)).toEqual([]);
}

/** Plays worlds and says which of their limits do not hold. */
export const itHolds = (worlds: readonly Named[]): void =>
  it.for(worlds)("$name", { timeout: TIMEOUT }, (named) => {
    expectLimits(named, play(named.world, RUNS));
  });
