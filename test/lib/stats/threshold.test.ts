import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  stepThreshold,
  type Threshold,
  THRESHOLD_START,
  type ThresholdState,
  type ThresholdStep,
  type ThresholdWindow,
} from "../../../src/lib/stats/threshold.ts";

const HOUR = 3_600_000;
const SLOW: Threshold = { at: 1000, bad: "above", minN: 100 };
const BAD_SCORE: Threshold = { at: 0.8, bad: "below", minN: 20 };

type Said = Partial<ThresholdWindow> & { estimate: number | null };
/** Windows an hour apart, 150 values each unless said otherwise. */
const run = (said: readonly Said[], threshold: Threshold, from = THRESHOLD_START) => {
  let state: ThresholdState = from;
  const steps: ThresholdStep[] = [];
  for (const [i, one] of said.entries()) {
    const window = { at: (i + 1) * HOUR, n: 150, interval: null, ...one };
    steps.push(stepThreshold(state, window, threshold));
    state = steps.at(-1)?.state ?? state;
  }
  return steps;
};
const phases = (steps: readonly ThresholdStep[]) => steps.map(({ state }) => state.phase);
const told = (steps: readonly ThresholdStep[]) => steps.map(({ notify }) => notify);
const at = (estimate: number, half = 300, n = 150): Said => ({
  estimate,
  n,
  interval: { low: estimate - half, high: estimate + half },
});

describe("a threshold", () => {
  it("fires at once when the whole interval is beyond the line", () => {
    expect(phases(run([at(900), at(1301)], SLOW))).toEqual(["ok", "firing"]);
    expect(phases(run([at(1299)], SLOW))).toEqual(["pending"]);
    expect(phases(run([at(0.4, 0.39)], BAD_SCORE))).toEqual(["firing"]);
  });

  it("is not passed by a value or a bound that lies on it", () => {
    expect(phases(run([at(1000, 0), at(1300)], SLOW))).toEqual(["ok", "pending"]);
  });

  it("fires on two of three points only when each window has 200 values", () => {
    const points = [at(1100, 300, 200), at(900, 300, 200), at(1100, 300, 200)];
    expect(phases(run(points, SLOW))).toEqual(["pending", "ok", "firing"]);
    const small = points.map((window) => ({ ...window, n: 199 }));
    expect(phases(run(small, SLOW))).toEqual(["pending", "ok", "pending"]);
  });

  it("ends after three windows below nine tenths of the line, not in between", () => {
    const steps = run([at(1400), at(899), at(950), at(899), at(899), at(899), at(899)], SLOW);
    expect(phases(steps)).toEqual([
      "firing",
      "firing",
      "firing",
      "firing",
      "firing",
      "resolved",
      "ok",
    ]);
    expect(told(steps)).toEqual([
      "fired",
      undefined,
      undefined,
      undefined,
      undefined,
      "resolved",
      undefined,
    ]);
  });

  it("ends on the good side of a line that is bad below", () => {
    const steps = run([at(0.5, 0.1), at(0.87, 0.1), at(0.89, 0.1), at(0.9), at(0.9)], BAD_SCORE);
    expect(phases(steps)).toEqual(["firing", "firing", "firing", "firing", "resolved"]);
  });

  it("is told again once a day while it fires", () => {
    const steps = run(
      Array.from({ length: 50 }, () => at(1400)),
      SLOW,
    );
    const again = told(steps).flatMap((notify, i) => (notify === undefined ? [] : [[i, notify]]));
    expect(again).toEqual([
      [0, "fired"],
      [24, "still firing"],
      [48, "still firing"],
    ]);
  });

  it("says no data after three windows without, never ok, and goes on firing afterwards", () => {
    const empty: Said = { estimate: null, n: 0 };
    const few: Said = { ...at(500), n: 99 };
    const steps = run([at(1400), empty, few, empty, empty, at(1400)], SLOW);
    expect(phases(steps)).toEqual(["firing", "firing", "firing", "no data", "no data", "firing"]);
    expect(told(steps)).toEqual(["fired", undefined, undefined, "no data", undefined, undefined]);
  });

  it("does not count clear windows across a gap", () => {
    const empty: Said = { estimate: null, n: 0 };
    const steps = run([at(1400), at(800), at(800), empty, at(800), at(800), at(800)], SLOW);
    expect(phases(steps).at(-2)).toBe("firing");
    expect(phases(steps).at(-1)).toBe("resolved");
  });

  it("is not changed by a window that it has seen, nor by a round trip through JSON", () => {
    const value = fc.integer({ min: 500, max: 1600 });
    const window = fc.option(fc.record({ estimate: value, n: fc.integer({ min: 50, max: 400 }) }), {
      nil: null,
    });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 30 }), (list) => {
        const said = list.map((w): Said =>
          w ? at(w.estimate, 200, w.n) : { estimate: null, n: 0 },
        );
        let state = THRESHOLD_START;
        for (const [i, one] of said.entries()) {
          const next = { at: (i + 1) * HOUR, n: 150, interval: null, ...one };
          const kept = JSON.parse(JSON.stringify(state)) as ThresholdState;
          const once = stepThreshold(kept, next, SLOW);
          expect(once).toEqual(stepThreshold(state, next, SLOW));
          expect(stepThreshold(once.state, next, SLOW)).toEqual({
            state: once.state,
            notify: undefined,
          });
          state = once.state;
        }
      }),
    );
  });

  it("refuses a line that is no number", () => {
    expect(() => run([at(1)], { ...SLOW, at: Number.NaN })).toThrow(RangeError);
  });
});
