import { describe, expect, it } from "vitest";

import {
  anscombe,
  volumeAlert,
  volumeScore,
  type VolumeSlot,
  volumeSlotHours,
} from "../../../src/lib/stats/volume.ts";
import { congruential, poisson, uniforms } from "./draws.ts";

const HOURS = 24 * 45;
const baseAt = (h: number): number =>
  40 + 30 * Math.sin((2 * Math.PI * ((h % 24) - 9)) / 24) + (Math.floor(h / 24) % 7 >= 5 ? -5 : 0);
const slotsOf = (counts: readonly number[]): VolumeSlot[] =>
  counts.map((count, h) => ({ count, slotOfWeek: h % 168 }));

/** 45 days of hourly Poisson counts from Monday 00:00, the same as in the reference program. */
function reference(): number[] {
  const uniform = congruential(9);
  return Array.from({ length: HOURS }, (_, h) => poisson(baseAt(h), uniform));
}
const last = HOURS - 1;
const withLast = (...counts: number[]): VolumeSlot[] =>
  slotsOf([...reference().slice(0, HOURS - counts.length), ...counts]);

describe("volumeScore", () => {
  // Python 3.11, written from the definition, with statistics.median.
  it("agrees with the reference", () => {
    const counts = reference();
    expect([...counts.slice(0, 6), ...counts.slice(-6)]).toEqual([
      20, 12, 10, 9, 12, 13, 61, 54, 48, 34, 36, 27,
    ]);
    const score = volumeScore(slotsOf(counts), 24, last);
    expect(score?.z).toBeCloseTo(-0.10003996660388538, 11);
    expect(score?.ratio).toBeCloseTo(0.9765666578668183, 11);
    expect(score?.expected).toBeCloseTo(27.65988010492816, 10);
  });

  it("takes like days while there are less than three weeks", () => {
    const score = volumeScore(slotsOf(reference()), 24, 24 * 10 + 5);
    expect(score?.z).toBeCloseTo(0.9255731682114529, 11);
    expect(score?.ratio).toBeCloseTo(1.2962962962962963, 11);
    expect(score?.expected).toBeCloseTo(13, 10);
  });

  it("is off for three days, and for a slot that a clock change made odd", () => {
    expect(volumeScore(slotsOf(reference()), 24, 71)).toBeUndefined();
    expect(volumeScore(slotsOf(reference()), 24, 72)).toBeDefined();
    const odd = slotsOf(reference());
    odd[last] = { count: 27, slotOfWeek: null };
    expect(volumeAlert(odd, 24)).toEqual({ level: "off" });
  });

  it("follows growth, but only so far", () => {
    const counts = reference();
    // The last 25 hours at 1.2 times the traffic: the level rises with them.
    const grown = counts.map((count, h) => (h > last - 25 ? Math.round(count * 1.2) : count));
    const expected = volumeScore(slotsOf(grown), 24, last)?.expected ?? 0;
    expect(expected / 27.66).toBeGreaterThan(1.1);
    const burst = counts.map((count, h) => (h > last - 25 && h < last ? count * 9 : count));
    const bounded = volumeScore(slotsOf(burst), 24, last)?.expected ?? 0;
    expect((bounded + 3 / 8) / (27.66 + 3 / 8)).toBeLessThan(1.25 ** 2 / 0.9 ** 2);
  });
});

describe("volumeAlert", () => {
  it("pages on silence and on a count three times too high", () => {
    // Reference: z -7.4727 and 5.9464, ratios 0.01776 and 2.8942.
    const silent = volumeAlert(withLast(0), 24);
    expect(silent).toMatchObject({ level: "page", direction: "down" });
    const spike = volumeAlert(withLast(81), 24);
    expect(spike).toMatchObject({ level: "page", direction: "up" });
    if (silent.level === "off" || spike.level === "off") throw new Error("both are judged");
    expect(silent.score.z).toBeCloseTo(-7.472746304295371, 10);
    expect(spike.score.z).toBeCloseTo(5.946393360975109, 10);
    expect(spike.score.ratio).toBeCloseTo(2.894188458768934, 10);
  });

  it("warns after two unusual hours running, not after one, and not for opposite ones", () => {
    expect(volumeAlert(withLast(70, 53), 24)).toMatchObject({ level: "warn", direction: "up" });
    expect(volumeAlert(withLast(36, 53), 24)).toMatchObject({ level: "ok" });
    expect(volumeAlert(withLast(8, 53), 24)).toMatchObject({ level: "ok" });
  });

  it("does not mind what is surprising but small: 6,000 where 5,000 are usual", () => {
    const uniform = uniforms(3);
    const usual = Array.from({ length: 24 * 30 }, () => 5000 + Math.round(140 * (uniform() - 0.5)));
    for (const count of [6000, 4000]) {
      const alert = volumeAlert(slotsOf([...usual, count, count]), 24);
      expect(alert.level).toBe("ok");
      expect(alert.level !== "off" && Math.abs(alert.score.z)).toBeGreaterThan(4);
    }
    expect(volumeAlert(slotsOf([...usual, 3000, 3000]), 24)).toMatchObject({ level: "warn" });
    expect(volumeAlert(slotsOf([...usual, 2400, 2400]), 24)).toMatchObject({ level: "page" });
  });

  it("does not page on silence where few were expected", () => {
    const counts = Array.from({ length: 24 * 30 }, (_, h) => (h === 24 * 30 - 1 ? 0 : 11));
    expect(volumeAlert(slotsOf(counts), 24)).toMatchObject({ level: "page" });
    const few = counts.map((count) => Math.min(count, 2));
    expect(volumeAlert(slotsOf(few), 24)).toMatchObject({ level: "ok" });
  });

  it("raises few false alarms and sees an outage: 30 series at 50 an hour", () => {
    const uniform = uniforms(4);
    let falseAlarms = 0;
    let seen = 0;
    for (let run = 0; run < 30; run++) {
      const counts = Array.from({ length: 24 * 36 }, (_, h) => poisson(baseAt(h) * 1.25, uniform));
      for (let end = 24 * 35; end < 24 * 36; end += 3) {
        const alert = volumeAlert(slotsOf(counts.slice(0, end + 1)), 24);
        if (alert.level !== "ok") falseAlarms++;
      }
      const out = volumeAlert(slotsOf([...counts.slice(0, 24 * 35 + 15), 0]), 24);
      if (out.level === "page") seen++;
    }
    expect(falseAlarms).toBeLessThanOrEqual(1);
    expect(seen).toBe(30);
  });

  it("works on slots of six hours and of a day", () => {
    const quarters = Array.from({ length: 4 * 40 }, (_, i): VolumeSlot => {
      return { count: i === 4 * 40 - 1 ? 90 : 28 + (i % 3), slotOfWeek: i % 28 };
    });
    expect(volumeAlert(quarters, 4)).toMatchObject({ level: "page", direction: "up" });
    const days = Array.from({ length: 40 }, (_, i): VolumeSlot => {
      return { count: i === 39 ? 0 : 30 + (i % 2), slotOfWeek: i % 7 };
    });
    expect(volumeAlert(days, 1)).toMatchObject({ level: "page", direction: "down" });
  });
});

describe("slots", () => {
  it("are as long as traffic demands", () => {
    expect([50, 10, 9, 2, 1.6].map(volumeSlotHours)).toEqual([1, 1, 6, 6, 24]);
  });

  it("refuse negative counts and odd lengths", () => {
    expect(() => anscombe(-1)).toThrow(RangeError);
    expect(anscombe(0)).toBeCloseTo(2 * Math.sqrt(0.375), 15);
    expect(() => volumeAlert(slotsOf([1, 2]), 12)).toThrow(RangeError);
  });
});
