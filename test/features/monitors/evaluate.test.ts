import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { Rule } from "../../../src/features/monitors/contract.ts";
import { advance, type States } from "../../../src/features/monitors/rules/course.ts";
import { type Change, evaluate, phaseOf } from "../../../src/features/monitors/rules/evaluate.ts";
import type { Look, Watch } from "../../../src/features/monitors/rules/look.ts";
import { MEMORY_START } from "../../../src/features/monitors/rules/state.ts";

const HOUR_MS = 3_600_000;

const RULE = Rule.parse({
  kind: "threshold",
  name: "ours",
  prompt: "greet",
  metric: "latencyMs",
  statistic: "p95",
  above: 1000,
  renotifyHours: 24,
});
const WATCH: Watch = {
  key: "v1",
  prompt: "greet",
  label: null,
  version: 1,
  deployment: null,
  isOptional: false,
};

/** `!` proven, `b` beyond on many values, `?` beyond on few, `.` between the lines, `c` clear, `_` no data, `l` learning. */
function lookOf(sign: string, hour: number, over: Partial<Look> = {}): Look {
  return {
    window: { from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS },
    evidence:
      sign === "_" || sign === "l"
        ? null
        : {
            beyond: "!b?".includes(sign),
            counts: sign === "b",
            proven: sign === "!",
            clear: sign === "c",
          },
    isLearning: sign === "l",
    severity: null,
    point: { n: 0, value: null, interval: null, limit: null },
    account: () => ({ summary: "", findings: [], inputs: {} }),
    ...over,
  };
}

/** The same, which tells of four hours without values. */
const HEARING = Rule.parse({ ...RULE, version: 1, noDataMinutes: 240, renotifyHours: 2 });

/** Phases after each sign, and what happened. */
function course(
  signs: string,
  { acknowledged = false, rule = RULE } = {},
): { phases: string[]; changes: string[] } {
  let memory = MEMORY_START;
  const phases: string[] = [];
  const changes: string[] = [];
  signs.split("").forEach((sign, hour) => {
    const step = evaluate(rule, memory, lookOf(sign, hour), { acknowledged });
    memory = step.memory;
    phases.push(phaseOf(memory));
    changes.push(...step.changes.map(({ type }) => `${hour}:${type}`));
  });
  return { phases, changes };
}

describe("evaluate", () => {
  // statistics.md 1.12: enter when the 95 % bound is beyond in one window, or the point in 2 of 3
  // windows of 200 values; exit after 3 windows below the exit line; no data after 3 windows.
  it.each([
    ["c!", ["1:opened"], "firing"],
    ["?", [], "pending"],
    ["???", [], "pending"],
    ["bb", ["1:opened"], "firing"],
    ["bcb", ["2:opened"], "firing"],
    ["bccb", [], "pending"],
    ["b_b", [], "pending"],
    ["!cc.ccc", ["0:opened", "6:resolved"], "resolved"],
    ["!ccc", ["0:opened", "3:resolved"], "resolved"],
    ["!cccc", ["0:opened", "3:resolved"], "ok"],
    ["!cc_ccc", ["0:opened", "6:resolved"], "resolved"],
    ["!...", ["0:opened"], "firing"],
    ["!___", ["0:opened"], "no data"],
    ["!___.", ["0:opened"], "firing"],
    ["c__", [], "ok"],
    ["c___", [], "no data"],
    ["c___c", [], "ok"],
    ["l", [], "learning"],
    ["lc", [], "ok"],
    ["!l", ["0:opened"], "firing"],
    ["!ccc!", ["0:opened", "3:resolved", "4:opened"], "firing"],
  ] as const)("takes %s for %j, and ends %s", (signs, changes, phase) => {
    const seen = course(signs);
    expect(seen.changes).toEqual(changes);
    expect(seen.phases.at(-1)).toBe(phase);
  });

  it.each([
    ["c___", [], "no data"],
    ["c____", ["4:fell_silent"], "no data"],
    ["____", ["3:fell_silent"], "no data"],
    ["c_______", ["4:fell_silent", "6:reminded"], "no data"],
    ["c____c", ["4:fell_silent", "5:resolved"], "ok"],
    ["c____?", ["4:fell_silent", "5:resolved"], "pending"],
    ["c____!", ["4:fell_silent", "5:resolved", "5:opened"], "firing"],
    ["c____c____", ["4:fell_silent", "5:resolved", "9:fell_silent"], "no data"],
    ["c___l_", ["5:fell_silent"], "no data"],
    // What fired goes on firing; nothing is told twice of one version.
    ["!______", ["0:opened"], "no data"],
    ["!____ccc", ["0:opened", "5:reminded", "7:resolved"], "resolved"],
  ] as const)("that hears silence takes %s for %j, and ends %s", (signs, changes, phase) => {
    const seen = course(signs, { rule: HEARING });
    expect(seen.changes).toEqual(changes);
    expect(seen.phases.at(-1)).toBe(phase);
  });

  it("tells again after a day, but not what somebody acknowledged", () => {
    const day = `!${".".repeat(49)}`;
    expect(course(day).changes).toEqual(["0:opened", "24:reminded", "48:reminded"]);
    // Acknowledged: not told again.
    let memory = MEMORY_START;
    const changes: Change[] = [];
    day.split("").forEach((sign, hour) => {
      const step = evaluate(RULE, memory, lookOf(sign, hour), { acknowledged: hour > 0 });
      memory = step.memory;
      changes.push(...step.changes);
    });
    expect(changes.map(({ type }) => type)).toEqual(["opened"]);
  });

  it("never changes anything for a window that it took in, in whatever course", () => {
    assert(
      property(
        array(constantFrom("!", "b", "?", ".", "c", "_", "l"), { maxLength: 40 }),
        (signs) => {
          let memory = MEMORY_START;
          signs.forEach((sign, hour) => {
            memory = evaluate(RULE, memory, lookOf(sign, hour), { acknowledged: false }).memory;
            const again = evaluate(RULE, memory, lookOf("!", hour), { acknowledged: false });
            expect(again).toEqual({ memory, changes: [] });
          });
        },
      ),
    );
  });

  it("opens and resolves in turns, whatever comes", () => {
    assert(
      property(
        array(constantFrom("!", "b", "?", ".", "c", "_", "l"), { maxLength: 60 }),
        constantFrom(RULE, HEARING),
        (signs, rule) => {
          const { changes } = course(signs.join(""), { rule });
          let isOpen = false;
          for (const event of changes.map((change) => change.split(":")[1])) {
            const begins = event === "opened" || event === "fell_silent";
            expect(begins).toBe(!isOpen);
            if (begins) isOpen = true;
            if (event === "resolved") isOpen = false;
          }
        },
      ),
    );
  });

  it("says when it got worse", () => {
    let memory = evaluate(RULE, MEMORY_START, lookOf("!", 0), { acknowledged: false }).memory;
    const worse = evaluate(RULE, memory, lookOf("!", 1, { severity: "critical" }), {
      acknowledged: false,
    });
    expect(worse.changes).toEqual([{ type: "worsened", severity: "critical" }]);
    memory = worse.memory;
    const same = evaluate(RULE, memory, lookOf("!", 2, { severity: "critical" }), {
      acknowledged: false,
    });
    expect(same.changes).toEqual([]);
  });

  it("latches the marks of a budget until its period ends", () => {
    const budget = Rule.parse({
      kind: "budget",
      name: "ours",
      period: "day",
      limitUsd: 100,
      marks: [0.5, 1, "forecast"],
    });
    const at = (hour: number, spent: number, remaining: number[] = [], periodMs = 0) =>
      lookOf("_", hour, { budget: { periodMs, spent, limit: 100, remaining } });
    let memory = MEMORY_START;
    const told = [
      at(0, 10),
      at(1, 20, [40, 41]),
      at(2, 50),
      at(3, 49),
      at(4, 85),
      at(5, 100),
      at(6, 120),
      at(7, 51, [], 1),
      at(8, 0, [], 2),
    ].map((look) => {
      const step = evaluate(budget, memory, look, { acknowledged: false });
      memory = step.memory;
      return step.changes.map((one) =>
        "severity" in one ? `${one.type} ${one.severity}` : one.type,
      );
    });
    expect(told).toEqual([
      [],
      ["opened warning"],
      ["worsened warning"],
      [],
      [],
      ["worsened critical"],
      [],
      ["resolved", "opened info"],
      ["resolved"],
    ]);
  });
});

describe("advance", () => {
  const step = (states: States, at: number, looks: { watch: Watch; look: Look }[]) =>
    advance(RULE, states, { at, looks }, HOUR_MS);

  it("ends what is not watched any more, and forgets it", () => {
    const opened = step(new Map(), HOUR_MS, [{ watch: WATCH, look: lookOf("!", 0) }]);
    expect(opened.changes.map(({ type }) => type)).toEqual(["opened"]);
    const gone = step(opened.states, 2 * HOUR_MS, []);
    expect(gone.changes).toMatchObject([{ type: "resolved", look: null }]);
    expect(gone.states.size).toBe(0);
  });

  it("does not begin to watch one of many before it has traffic, and forgets it a day after", () => {
    const watch = { ...WATCH, isOptional: true };
    let states: States = step(new Map(), HOUR_MS, [{ watch, look: lookOf("_", 0) }]).states;
    expect(states.size).toBe(0);
    states = step(states, 2 * HOUR_MS, [{ watch, look: lookOf("!", 1) }]).states;
    const changes: string[] = [];
    for (let hour = 2; hour < 26; hour++) {
      const after = step(states, (hour + 1) * HOUR_MS, [{ watch, look: lookOf("_", hour) }]);
      states = after.states;
      changes.push(...after.changes.map(({ type }) => `${hour}:${type}`));
    }
    expect(changes).toEqual(["25:resolved"]);
    expect(states.size).toBe(0);
  });

  it("begins anew after a person ended the incident", () => {
    const { states } = step(new Map(), HOUR_MS, [{ watch: WATCH, look: lookOf("!", 0) }]);
    const byHand: States = new Map(
      [...states].map(([key, state]) => [
        key,
        { ...state, incident: { acknowledged: false, resolvedByHand: true } },
      ]),
    );
    const calm = step(byHand, 2 * HOUR_MS, [{ watch: WATCH, look: lookOf("c", 1) }]);
    expect(calm.changes).toEqual([]);
    const still = step(byHand, 2 * HOUR_MS, [{ watch: WATCH, look: lookOf("!", 1) }]);
    expect(still.changes.map(({ type }) => type)).toEqual(["opened"]);
  });
});
