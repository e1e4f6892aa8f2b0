import { describe, expect, it } from "vitest";

import {
  backoffMs,
  DISABLE_AFTER_MS,
  type Health,
  healthAfter,
  type Outcome,
  settle,
} from "../../../src/features/notifications/deliveries/decide.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const nowMs = NOW.getTime();
const HOUR_MS = 3_600_000;

const outcome = (over: Partial<Outcome> = {}): Outcome => ({
  ok: false,
  words: "500",
  isGone: false,
  retryAfterMs: null,
  ...over,
});

describe("after an attempt", () => {
  it("a delivery that arrived is done", () => {
    const settled = settle({ tries: 3, isTest: false }, outcome({ ok: true }), nowMs);
    expect(settled).toEqual({ state: "delivered", dueAtMs: nowMs });
  });

  it("one that did not is tried nine times more over three days, ever later", () => {
    const waits = [];
    for (let tries = 1; ; tries++) {
      const { state, dueAtMs } = settle({ tries, isTest: false }, outcome(), nowMs);
      if (state === "failed") break;
      waits.push(dueAtMs - nowMs);
    }
    expect(waits).toHaveLength(9);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.slice(0, 2)).toEqual([5_000, 300_000]);
    const total = waits.reduce((a, b) => a + b, 0);
    // The last attempt of a single event is late enough to disable what never answers.
    expect(total).toBeGreaterThan(DISABLE_AFTER_MS);
    expect(total).toBeLessThan(DISABLE_AFTER_MS + 12 * HOUR_MS);
    expect(backoffMs(10)).toBeUndefined();
  });

  it("a receiver may ask for more time, not for less, and for a day at most", () => {
    const due = (retryAfterMs: number) =>
      settle({ tries: 1, isTest: false }, outcome({ retryAfterMs }), nowMs).dueAtMs - nowMs;
    expect(due(1_000)).toBe(5_000);
    expect(due(60_000)).toBe(60_000);
    expect(due(30 * 24 * HOUR_MS)).toBe(24 * HOUR_MS);
  });

  it("a test is tried once, and so is what is gone", () => {
    expect(settle({ tries: 1, isTest: true }, outcome(), nowMs).state).toBe("failed");
    const gone = settle({ tries: 1, isTest: false }, outcome({ isGone: true }), nowMs);
    expect(gone.state).toBe("failed");
  });
});

describe("a destination", () => {
  const well: Health = { status: "active", statusReason: null, failingSince: null };
  const ill = (agoMs: number): Health => ({ ...well, failingSince: new Date(nowMs - agoMs) });
  const real = { isTest: false, now: NOW };

  it("begins to fail, goes on, and is well again with one success", () => {
    expect(healthAfter(well, outcome(), real)).toEqual({ ...well, failingSince: NOW });
    expect(healthAfter(ill(HOUR_MS), outcome(), real)).toBeUndefined();
    expect(healthAfter(ill(HOUR_MS), outcome({ ok: true }), real)).toEqual(well);
    expect(healthAfter(well, outcome({ ok: true }), real)).toBeUndefined();
  });

  it("is disabled after three days of failures, and says why", () => {
    expect(healthAfter(ill(DISABLE_AFTER_MS - 1), outcome(), real)).toBeUndefined();
    const after = healthAfter(ill(DISABLE_AFTER_MS), outcome(), real);
    expect(after).toMatchObject({
      status: "disabled",
      statusReason: "nothing was delivered for 3 days; the last attempt ended with: 500",
    });
  });

  it("is disabled at once by 410", () => {
    const after = healthAfter(well, outcome({ isGone: true, words: "410" }), real);
    expect(after?.status).toBe("disabled");
    expect(after?.statusReason).toContain("410");
  });

  it("is judged by no failed test, but a test that arrives counts", () => {
    const test = { isTest: true, now: NOW };
    expect(healthAfter(well, outcome(), test)).toBeUndefined();
    expect(
      healthAfter(ill(10 * DISABLE_AFTER_MS), outcome({ isGone: true }), test),
    ).toBeUndefined();
    expect(healthAfter(ill(HOUR_MS), outcome({ ok: true }), test)).toEqual(well);
  });
});
