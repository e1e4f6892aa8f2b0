import { describe, expect, it } from "vitest";

import { courseOf } from "../../../src/features/comparisons/ab/course.ts";
import type { AbDefinition } from "../../../src/features/comparisons/ab/model.ts";
import {
  secondsToShare,
  stepsAfter,
  tally,
} from "../../../src/features/comparisons/adoption/curve.ts";
import { hasHistory, planHours, takeoverOf } from "../../../src/features/comparisons/followed.ts";
import {
  SETTLING_MS,
  sharedSplit,
  type SplitEvent,
  stagesOf,
} from "../../../src/features/comparisons/stages.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2026-11-20T12:00:00Z");
const hoursAgo = (hours: number): number => NOW_MS - hours * HOUR_MS;

const event = (
  hours: number,
  what: "started" | "changed" | "ended",
  weights: Record<number, number>,
  split = "spl_1",
): SplitEvent => ({
  label: "production",
  at: new Date(hoursAgo(hours)),
  cause: {
    split,
    event: what,
    arms: Object.entries(weights).map(([version, weight]) => ({
      version: Number(version),
      weight,
    })),
  },
});

const PAIR = { control: 1, candidate: 2 };
const RANGE = { fromMs: hoursAgo(1000), toMs: NOW_MS };

describe("the stages of splits", () => {
  it("begin with each change of weights and last until the next", () => {
    const stages = stagesOf([
      event(30, "started", { 1: 9000, 2: 1000 }),
      event(20, "changed", { 1: 5000, 2: 5000 }),
      event(10, "ended", { 1: 5000, 2: 5000 }),
    ]);
    expect(stages.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [hoursAgo(30), hoursAgo(20)],
      [hoursAgo(20), hoursAgo(10)],
    ]);
    expect(stages[0]?.weights.get(2)).toBe(1000);
  });

  it("are shared where both versions had a share, from when caches have settled", () => {
    const stages = stagesOf([
      event(40, "started", { 1: 10_000, 2: 0 }),
      event(30, "changed", { 1: 9000, 2: 1000 }),
      event(20, "changed", { 1: 3000, 2: 3000, 3: 4000 }),
    ]);
    const shared = sharedSplit(stages, PAIR, RANGE);
    expect(shared).toMatchObject({ isLive: true, label: "production", split: "spl_1" });
    expect(shared?.stages.map(({ fromMs, toMs, share }) => [fromMs, toMs, share])).toEqual([
      [hoursAgo(30) + SETTLING_MS, hoursAgo(20), 0.1],
      [hoursAgo(20) + SETTLING_MS, NOW_MS, 0.5],
    ]);
    expect(sharedSplit(stages, { control: 1, candidate: 4 }, RANGE)).toBeUndefined();
  });

  it("are cut to the range, and the newest split counts", () => {
    const stages = stagesOf([
      event(90, "started", { 1: 5000, 2: 5000 }, "spl_old"),
      event(80, "ended", { 1: 5000, 2: 5000 }, "spl_old"),
      event(30, "started", { 1: 5000, 2: 5000 }, "spl_new"),
      event(10, "ended", { 1: 5000, 2: 5000 }, "spl_new"),
    ]);
    expect(sharedSplit(stages, PAIR, RANGE)).toMatchObject({ split: "spl_new", isLive: false });
    const early = sharedSplit(stages, PAIR, { fromMs: hoursAgo(95), toMs: hoursAgo(85) });
    // In that range the split was not over yet.
    expect(early).toMatchObject({ split: "spl_old", isLive: true });
    expect(early?.stages[0]?.toMs).toBe(hoursAgo(85));
    expect(sharedSplit(stages, PAIR, { fromMs: hoursAgo(70), toMs: hoursAgo(40) })).toBeUndefined();
  });
});

describe("the course of an A/B test", () => {
  const definition: AbDefinition = {
    label: "production",
    arms: [
      { version: 1, label: null },
      { version: 2, label: null },
    ],
    weights: [5000, 5000],
    unit: "request",
    primaryMetric: "latencyMs",
    decisionMetrics: [],
    plannedEndMs: null,
    margins: [],
    baseline: null,
    alpha: 0.05,
    method: "comparison/2",
  };

  it("is of its own split only, and stops when that ends", () => {
    const splits = [
      event(90, "started", { 1: 5000, 2: 5000 }, "spl_old"),
      event(80, "ended", { 1: 5000, 2: 5000 }, "spl_old"),
      event(30, "started", { 1: 5000, 2: 5000 }, "spl_new"),
      event(10, "ended", { 1: 5000, 2: 5000 }, "spl_new"),
    ];
    const told = { splits, moves: [] };
    const setup = { createdMs: hoursAgo(60), split: null };
    const course = courseOf(definition, setup, told, NOW_MS);
    expect(course).toMatchObject({
      startedMs: hoursAgo(30),
      stoppedMs: hoursAgo(10),
      split: "spl_new",
    });
    expect(course.stages).toEqual([
      { fromMs: hoursAgo(30) + SETTLING_MS, toMs: hoursAgo(10), shares: [0.5, 0.5] },
    ]);
    const waiting = courseOf(definition, { createdMs: hoursAgo(5), split: null }, told, NOW_MS);
    expect(waiting).toMatchObject({ startedMs: null, stages: [] });
  });

  it("leaves out stages in which an arm had no share, and says so", () => {
    const splits = [
      event(30, "started", { 1: 5000, 2: 5000 }),
      event(20, "changed", { 1: 10_000, 2: 0 }),
    ];
    const setup = { createdMs: hoursAgo(31), split: "spl_1" };
    const course = courseOf(definition, setup, { splits, moves: [] }, NOW_MS);
    expect(course.stages).toHaveLength(1);
    expect(course.notes.join()).toContain("no share");
  });
});

describe("before and after", () => {
  const move = (hours: number, from: number | null, to: number) => ({
    label: "production",
    at: new Date(hoursAgo(hours)),
    from,
    to,
  });

  it("begin with the newest move from control to candidate, else with its first use", () => {
    const moves = [
      move(90, null, 1),
      move(50, 1, 2),
      move(40, 2, 1),
      move(30, 1, 2),
      move(20, 2, 3),
    ];
    expect(takeoverOf(moves, PAIR, null)).toEqual({ atMs: hoursAgo(30), label: "production" });
    expect(takeoverOf([], PAIR, hoursAgo(9) * 1000)).toEqual({ atMs: hoursAgo(9), label: null });
    expect(takeoverOf([], PAIR, null)).toBeNull();
  });

  it("are looked at after 6 and after 24 hours only, and while hours are kept", () => {
    const plan = (hours: number) =>
      planHours({ atMs: hoursAgo(hours), label: null }, NOW_MS, NOW_MS);
    expect(plan(5)).toMatchObject({ possible: false });
    expect(plan(6)).toMatchObject({ possible: true, length: 6 });
    expect(plan(23.5)).toMatchObject({ length: 6, startMs: hoursAgo(23) });
    expect(plan(24)).toMatchObject({ length: 24 });
    expect(plan(75 * 24)).toMatchObject({ possible: true });
    expect(plan(77 * 24)).toMatchObject({ possible: false });
    expect(planHours(null, NOW_MS, NOW_MS)).toMatchObject({ possible: false });
  });

  it("need a history that begins with its first day", () => {
    const late: number[] = Array.from({ length: 336 }, (_, hour) => (hour < 24 ? 0 : 5));
    expect(hasHistory(late)).toBe(false);
    expect(hasHistory(late.with(23, 1))).toBe(true);
  });
});

describe("adoption", () => {
  const nowUs = NOW_MS * 1000;

  it("is read from the finest buckets that live", () => {
    const at = (hours: number) => stepsAfter(hoursAgo(hours) * 1000, nowUs, nowUs);
    expect(at(1)).toMatchObject({ level: 0 });
    expect(at(1).to - at(1).from).toBe(12);
    expect(at(48).to - at(48).from).toBe(288);
    expect(at(100)).toMatchObject({ level: 1 });
    expect(at(100 * 24)).toMatchObject({ level: 2 });
  });

  it("is reached at the end of the first stretch of 20 generations with the share", () => {
    const step = (slot: number, old: number, fresh: number) => ({
      slot,
      counts: new Map([
        [1, old],
        [2, fresh],
      ]),
    });
    const at = { atUs: 0, level: 0 as const };
    const steps = [step(0, 0, 10), step(1, 10, 0), step(2, 5, 15), step(3, 0, 19), step(4, 0, 1)];
    expect(secondsToShare(steps, 2, 0.5, at)).toBe(600);
    expect(secondsToShare(steps, 2, 0.75, at)).toBe(900);
    expect(secondsToShare(steps, 2, 0.99, at)).toBe(1500);
    expect(secondsToShare(steps.slice(0, 4), 2, 0.99, at)).toBeNull();
  });

  it("names the most frequent first, each with its newest use", () => {
    const rows = [
      { name: "b", us: 3e6 },
      { name: "a", us: 2e6 },
      { name: "b", us: 1e6 },
    ];
    expect(
      tally(
        rows,
        ({ name }) => name,
        ({ us }) => us,
      ),
    ).toEqual([
      { name: "b", count: 2, lastAt: "1970-01-01T00:00:03.000Z" },
      { name: "a", count: 1, lastAt: "1970-01-01T00:00:02.000Z" },
    ]);
  });
});
