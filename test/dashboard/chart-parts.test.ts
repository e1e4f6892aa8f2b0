import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { csvName, toCsv } from "../../src/dashboard/charts/csv.ts";
import { factsOf, stepText } from "../../src/dashboard/charts/facts.ts";
import { granularityOf, zoneOf } from "../../src/dashboard/charts/granularity.ts";
import { lookAt, lookOf } from "../../src/dashboard/charts/look.ts";
import { marksOf, moveText } from "../../src/dashboard/charts/marks.ts";
import { niceTicks, timeTicks, zoneOffsets } from "../../src/dashboard/charts/ticks.ts";
import type { TimeseriesEvent } from "../../src/features/rollups/timeseries/contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (iso: string): number => Date.parse(iso);

describe("toCsv", () => {
  it("writes numbers exactly, unknown as nothing, and quotes what RFC 4180 says", () => {
    const rows = [
      [0.1, 1e-9, null],
      ["plain", "a,b", 'say "hi"'],
      ["two\nlines", "", -5],
    ];
    expect(toCsv({ columns: ["x", "y", "z"], rows })).toBe(
      'x,y,z\r\n0.1,1e-9,\r\nplain,"a,b","say ""hi"""\r\n"two\nlines",,-5\r\n',
    );
  });

  it("lets no text run as a formula, and leaves numbers alone", () => {
    const text = toCsv({ columns: ["a"], rows: [["=1+1"], ["@x"], ["-2"], [-2]] });
    expect(text).toBe("a\r\n'=1+1\r\n'@x\r\n'-2\r\n-2\r\n");
  });

  it("is read back as it was, whatever the text", () => {
    const cells = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }));
    fc.assert(
      fc.property(cells, (rows) => {
        const text = toCsv({ columns: ["a", "b"], rows });
        expect(parse(text).slice(1)).toEqual(
          rows.map((row) => row.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))),
        );
      }),
    );
  });
});

/** Reads RFC 4180, character by character. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted]: [string[], string, boolean] = [[], "", false];
  for (let i = 0; i < text.length; i++) {
    const next = text[i];
    if (isQuoted) {
      if (next !== '"') cell += next;
      else if (text[i + 1] === '"') cell += text[i++];
      else isQuoted = false;
    } else if (next === '"') isQuoted = true;
    else if (next === ",") {
      row.push(cell);
      cell = "";
    } else if (next === "\r" && text[i + 1] === "\n") {
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
      i++;
    } else cell += next;
  }
  return rows;
}

describe("csvName", () => {
  it("keeps what file systems take", () => {
    expect(csvName("support/answer", "cost per day", "v1.2")).toBe(
      "support-answer-cost-per-day-v1.2.csv",
    );
  });
});

describe("niceTicks", () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [3, 97, [0, 20, 40, 60, 80, 100]],
    [0, 0, [0, 0.2]],
    [-3.5e-323, -3.5e-323, [0, 0.2]],
    [0, 4e-9, [0, 1e-9, 2e-9, 3e-9, 4e-9]],
    [990, 1010, [990, 995, 1000, 1005, 1010]],
    [-5, 5, [-6, -4, -2, 0, 2, 4, 6]],
  ])("of %d to %d", (least, greatest, ticks) => {
    expect(niceTicks(least, greatest)).toEqual(ticks);
  });

  it("cover the range with few, even steps", () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [least, greatest] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(greatest - least > 1e-6 || greatest === least);
        const ticks = niceTicks(least, greatest);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(8);
        const slack = 1e-6 * Math.max(1, Math.abs(least), Math.abs(greatest));
        expect(ticks[0]).toBeLessThanOrEqual(least + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest - slack);
      }),
    );
  });
});

describe("timeTicks", () => {
  const hours = (from: string, count: number): number[] =>
    Array.from({ length: count }, (_, i) => at(from) + i * HOUR_MS);

  it("stand at the project's midnights, summer time or not", () => {
    const week = hours("2026-10-23T00:00:00Z", 24 * 6);
    const ticks = timeTicks(week, "Europe/Berlin", 8);
    expect(ticks.map(({ at }) => new Date(at).toISOString())).toEqual([
      "2026-10-23T22:00:00.000Z",
      "2026-10-24T22:00:00.000Z",
      // Clocks went back: midnight is at 23:00 UTC from now on.
      "2026-10-25T23:00:00.000Z",
      "2026-10-26T23:00:00.000Z",
      "2026-10-27T23:00:00.000Z",
      "2026-10-28T23:00:00.000Z",
    ]);
    expect(ticks.every(({ isDay }) => isDay)).toBe(true);
  });

  it("are few, whatever the length", () => {
    for (const count of [1, 2, 7, 24, 100, 720, 2000]) {
      const ticks = timeTicks(hours("2026-11-01T00:00:00Z", count), "UTC", 8);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(8);
    }
    expect(timeTicks([], "UTC", 8)).toEqual([]);
  });

  it("knows zones of half an hour", () => {
    expect(zoneOffsets("Asia/Kolkata")(at("2026-11-01T00:00:00Z"))).toBe(5.5 * HOUR_MS);
    expect(zoneOffsets("America/New_York")(at("2026-07-01T00:00:00Z"))).toBe(-4 * HOUR_MS);
  });
});

describe("granularityOf", () => {
  const now = at("2026-11-22T12:00:00Z");
  it.each([
    [1 * HOUR_MS, 0, "minute"],
    [6 * HOUR_MS, 0, "minute"],
    [7 * HOUR_MS, 0, "hour"],
    [7 * DAY_MS, 0, "hour"],
    [30 * DAY_MS, 0, "day"],
    // Long ago, what is fine is gone.
    [6 * HOUR_MS, 4 * DAY_MS, "hour"],
    [6 * HOUR_MS, 100 * DAY_MS, "day"],
  ] as const)("of %d ms that ended %d ms ago", (lengthMs, agoMs, granularity) => {
    const toMs = now - agoMs;
    expect(granularityOf({ fromMs: toMs - lengthMs, toMs }, now)).toBe(granularity);
  });

  it("says the zone of days, which are UTC's", () => {
    expect(zoneOf("day", "Europe/Berlin")).toBe("UTC");
    expect(zoneOf("hour", "Europe/Berlin")).toBe("Europe/Berlin");
  });
});

describe("looks", () => {
  it("differ by more than colour between neighbours, and altogether for 40 versions", () => {
    for (let version = 1; version < 40; version++) {
      expect(lookOf(version).dash).not.toBe(lookOf(version + 1).dash);
      expect(lookOf(version).marker).not.toBe(lookOf(version + 1).marker);
      expect(lookOf(version).fill).not.toBe(lookOf(version + 1).fill);
    }
    const all = Array.from({ length: 40 }, (_, place) => JSON.stringify(lookAt(place)));
    expect(new Set(all).size).toBe(40);
  });
});

describe("marksOf", () => {
  const move = (over: Partial<TimeseriesEvent>): TimeseriesEvent => ({
    id: "dep_1",
    at: "2026-11-20T10:30:00.000Z",
    label: "production",
    from: 1,
    to: 3,
    kind: "move",
    reason: null,
    ...over,
  });
  const steps = [10, 11, 12].map((hour) => at(`2026-11-20T${hour}:00:00Z`));

  it("put deployments at their step, several of one step together", () => {
    const events = [
      move({ at: "2026-11-20T12:10:00.000Z", to: 4, from: 3, reason: "cheaper" }),
      move({}),
      move({ label: "staging", from: null, at: "2026-11-20T10:59:59.000Z" }),
    ];
    expect(marksOf(events, steps, HOUR_MS)).toEqual([
      {
        atMs: steps[0],
        says: ["production: v1 to v3", "staging: v3"],
      },
      { atMs: steps[2], says: ["production: v3 to v4 (cheaper)"] },
    ]);
  });

  it("leave out latest, and what lies outside the chart", () => {
    const outside = ["2026-11-20T09:59:59.000Z", "2026-11-20T13:00:00.000Z"];
    const events = [move({ label: "latest" }), ...outside.map((at) => move({ at }))];
    expect(marksOf(events, steps, HOUR_MS)).toEqual([]);
  });

  it("name splits, dependencies and removals as what they are", () => {
    expect(moveText(move({ to: null }))).toBe("production: removed from v1");
    expect(moveText(move({ kind: "split" }))).toBe("production: split changed");
    expect(moveText(move({ kind: "dependency" }))).toContain("a prompt it refers to");
  });
});

describe("facts of a chart", () => {
  it("say n, unit, steps, window, time zone and environment", () => {
    const facts = factsOf({
      n: 12_345,
      unit: "ms",
      from: "2026-11-20T00:00:00.000Z",
      to: "2026-11-21T12:30:00.000Z",
      timeZone: "Europe/Berlin",
      stepMs: HOUR_MS,
      environment: "staging",
    });
    expect(facts).toEqual([
      "n = 12.3 k",
      "time, per hour",
      "20 Nov, 01:00 – 21 Nov, 13:30 Europe/Berlin",
      "environment staging",
    ]);
  });

  it("name steps by the largest unit that they are whole in", () => {
    expect([60_000, 300_000, HOUR_MS, 6 * HOUR_MS, DAY_MS].map(stepText)).toEqual([
      "per minute",
      "per 5 minutes",
      "per hour",
      "per 6 hours",
      "per day",
    ]);
  });
});
