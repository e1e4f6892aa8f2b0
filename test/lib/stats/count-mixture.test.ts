import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  eventRateBounds,
  eventRateRatio,
  type EventStage,
  isRareEvent,
  lnEventHarm,
  lnEventSafe,
} from "../../../src/lib/stats/count-mixture.ts";

const stage = (treatmentEvents: number, controlEvents: number, share: number): EventStage => ({
  treatmentEvents,
  controlEvents,
  share,
});
const stages = fc.array(
  fc.record({
    treatmentEvents: fc.integer({ min: 0, max: 80 }),
    controlEvents: fc.integer({ min: 0, max: 80 }),
    share: fc.constantFrom(0.05, 0.1, 0.25, 0.5),
  }),
  { minLength: 1, maxLength: 3 },
);
const marginRatio = fc.constantFrom(1.25, 1.5, 2);

describe("the count mixture", () => {
  // mpmath 1.4.1, 40 digits: products of likelihood ratios summed over the 15 weighted points.
  it.each([
    [[stage(3, 1, 0.5)], 2, 0.338022738932892, -0.33130913184159],
    [[stage(12, 150, 0.05), stage(20, 61, 0.25)], 2, -0.599771105590382, 3.1938505726562],
    [[stage(40, 330, 0.1), stage(0, 0, 0.5)], 1.25, -0.152488781442213, 0.115458667211374],
    [[stage(2.5, 60.25, 0.05)], 1.5, -0.379884583212553, 0.399924694807617],
  ])("agrees with exact arithmetic, case %#", (stages, ratio, harm, safe) => {
    expect(lnEventHarm(stages, ratio)).toBeCloseTo(harm, 12);
    expect(lnEventSafe(stages, ratio)).toBeCloseTo(safe, 12);
  });

  it("is an exact test: under the null E has mean 1, whatever the split", () => {
    // All outcomes of 9 events in two stages with shares 0.05 and 0.5, with their probabilities.
    const chances = (n: number, q: number): number[] => {
      const row = [(1 - q) ** n];
      for (let k = 1; k <= n; k++) row.push(((row[k - 1] ?? 0) * (n - k + 1) * q) / k / (1 - q));
      return row;
    };
    for (const lnNullRatio of [0, Math.log(2)]) {
      const at = (w: number): number => {
        const odds = (w / (1 - w)) * Math.exp(lnNullRatio);
        return odds / (1 + odds);
      };
      let mean = 0;
      for (const [a, pa] of chances(5, at(0.05)).entries()) {
        for (const [b, pb] of chances(4, at(0.5)).entries()) {
          const seen = [stage(a, 5 - a, 0.05), stage(b, 4 - b, 0.5)];
          mean +=
            pa * pb * Math.exp(lnNullRatio === 0 ? lnEventHarm(seen, 2) : lnEventSafe(seen, 2));
        }
      }
      expect(mean).toBeCloseTo(1, 12);
    }
  });

  it("says nothing before the first event", () => {
    expect(lnEventHarm([stage(0, 0, 0.5)], 2)).toBeCloseTo(0, 15);
    expect(lnEventSafe([], 2)).toBeCloseTo(0, 15);
  });

  it("acts on a handful of events: a candidate that fails every call is caught by the sixth", () => {
    // 10 % of traffic, all errors in the candidate, level of six guardrails: mpmath 1.4.1 has 3.99481
    // after five events and 5.16137 after six, where ln(6/0.05) = 4.78749 is needed.
    const caught = [1, 2, 3, 4, 5, 6].find(
      (events) => lnEventHarm([stage(events, 0, 0.1)], 2) >= Math.log(6 / 0.05),
    );
    expect(caught).toBe(6);
  });

  it("survives counts and splits that would overflow a likelihood", () => {
    expect(lnEventHarm([stage(1e6, 10, 0.001)], 2)).toBeGreaterThan(1e5);
    expect(lnEventSafe([stage(1, 1e7, 0.5)], 2)).toBeGreaterThan(1e5);
  });

  it("grows with bad events of the treatment and falls with those of the control", () => {
    fc.assert(
      fc.property(stages, marginRatio, (stages, ratio) => {
        const [first, ...rest] = stages;
        if (!first) return;
        const more = [{ ...first, treatmentEvents: first.treatmentEvents + 1 }, ...rest];
        const other = [{ ...first, controlEvents: first.controlEvents + 1 }, ...rest];
        expect(lnEventHarm(more, ratio)).toBeGreaterThan(lnEventHarm(stages, ratio));
        expect(lnEventHarm(other, ratio)).toBeLessThan(lnEventHarm(stages, ratio));
        expect(lnEventSafe(other, ratio)).toBeGreaterThan(lnEventSafe(stages, ratio));
      }),
    );
  });
});

describe("the rate ratio", () => {
  it("of one stage is the odds with half an event each", () => {
    expect(eventRateRatio([stage(3, 1, 0.5)])).toBeCloseTo(3.5 / 1.5, 13);
    expect(eventRateRatio([stage(7, 90, 0.05)])).toBeCloseTo((7.5 / 90.5) * 19, 11);
    expect(eventRateRatio([stage(0, 0, 0.25)])).toBeCloseTo(3, 12);
  });

  // mpmath 1.4.1: root of the score equation, and of the mixture in its null at alpha 0.05.
  it.each([
    [
      [stage(12, 150, 0.05), stage(20, 61, 0.25)],
      2,
      1.18130604716727,
      0.643401076108,
      1.97303064882,
    ],
    [
      [stage(40, 330, 0.1), stage(0, 0, 0.5)],
      1.25,
      1.10287443267776,
      0.629202282189,
      1.72649785973,
    ],
    [[stage(2.5, 60.25, 0.05)], 1.5, 0.938271604938272, 0, 4.11294038021],
    [[stage(3, 1, 0.5)], 2, 7 / 3, 0, Infinity],
  ])("and its bounds agree with exact arithmetic, case %#", (stages, ratio, point, low, high) => {
    expect(eventRateRatio(stages)).toBeCloseTo(point, 12);
    const bounds = eventRateBounds(stages, ratio, 0.05);
    expect(bounds.low).toBeCloseTo(low, 10);
    if (high === Infinity) expect(bounds.high).toBe(Infinity);
    else expect(bounds.high).toBeCloseTo(high, 10);
  });

  it("has bounds that say the same as the tests", () => {
    fc.assert(
      fc.property(stages, marginRatio, (stages, ratio) => {
        const { low, high } = eventRateBounds(stages, ratio, 0.05);
        fc.pre(Math.abs(low - 1) > 1e-9 && Math.abs(high - ratio) > 1e-9);
        expect(lnEventHarm(stages, ratio) >= Math.log(20)).toBe(low > 1);
        expect(lnEventSafe(stages, ratio) >= Math.log(20)).toBe(high < ratio);
        const point = eventRateRatio(stages);
        expect(low).toBeLessThan(point);
        expect(high).toBeGreaterThan(point);
      }),
      { numRuns: 60 },
    );
  });

  it("of exchanged arms is one over the ratio", () => {
    fc.assert(
      fc.property(stages, (stages) => {
        const turned = stages.map(({ treatmentEvents, controlEvents, share }) =>
          stage(controlEvents, treatmentEvents, 1 - share),
        );
        expect(eventRateRatio(stages) * eventRateRatio(turned)).toBeCloseTo(1, 9);
      }),
    );
  });

  it.each([
    ["a share of 1", () => lnEventHarm([stage(1, 1, 1)], 2)],
    ["a negative count", () => lnEventSafe([stage(-1, 1, 0.5)], 2)],
    ["a margin of 1", () => lnEventHarm([stage(1, 1, 0.5)], 1)],
    ["no stage", () => eventRateRatio([])],
    ["an alpha of 0", () => eventRateBounds([stage(1, 1, 0.5)], 2, 0)],
  ])("refuses %s", (_, call) => expect(call).toThrow(RangeError));
});

it("events up to a fifth of all generations are rare", () => {
  expect([0, 0.2, 0.21].map(isRareEvent)).toEqual([true, true, false]);
  expect(() => isRareEvent(1.1)).toThrow(RangeError);
});
