import { describe, expect, it } from "vitest";

import type { ScoreConfig } from "../../../src/features/projects/model.ts";
import { StartRollout } from "../../../src/features/rollouts/contract.ts";
import { type Facts, presentTraffic } from "../../../src/features/rollouts/plan/facts.ts";
import { forecastOf } from "../../../src/features/rollouts/plan/forecast.ts";
import { planRollout, silenceOf } from "../../../src/features/rollouts/plan/terms.ts";
import { type Cell, emptyCell, emptyStat } from "../../../src/features/rollups/model.ts";
import { addMade, type Made } from "../comparisons/cells.ts";

/** A cell of so many generations: every twentieth slow, every fiftieth failed. */
function cellOf(n: number, made: (i: number) => Made): Cell {
  const cell = emptyCell();
  for (let i = 0; i < n; i++) addMade(cell, made(i));
  return cell;
}

const usual = (i: number): Made => ({
  latencyMs: i % 20 === 0 ? 4000 : 900 + (i % 10) * 20,
  costUsd: i % 200 === 0 ? 5 : 0.01,
  outputTokens: 100 + (i % 7),
  failed: i % 50 === 0,
});

const factsOf = (n: number, made = usual, over: Partial<Facts> = {}): Facts => {
  const recent = cellOf(n, made);
  return {
    control: 1,
    baseline: n >= 500 ? recent : null,
    recent,
    scoreConfigs: [],
    margins: new Map(),
    generationsPerHour: 400,
    ...over,
  };
};

const config = (over: Partial<ScoreConfig>): ScoreConfig => ({
  id: over.name ?? "c",
  name: "quality",
  dataType: "NUMERIC",
  minValue: null,
  maxValue: null,
  categories: [],
  ...over,
});

const parse = (over: object = {}) =>
  StartRollout.parse({ prompt: "p", label: "production", candidate: 2, ...over });

function plan(facts: Facts, over: object = {}) {
  const planned = planRollout(parse(over), facts);
  if ("fault" in planned) throw new Error(`${planned.fault.path}: ${planned.fault.message}`);
  return planned;
}

const faultOf = (facts: Facts, over: object) => {
  const planned = planRollout(parse(over), facts);
  return "fault" in planned ? planned.fault : undefined;
};

const of = (facts: Facts, metric: string, over: object = {}) =>
  plan(facts, over).terms.guardrails.find((one) => one.metric === metric);

describe("the defaults", () => {
  it("are 5, 25, 50 per cent; early stages need errors and latency, the last one all", () => {
    const { terms, leftOut } = plan(factsOf(1000));
    expect(leftOut).toEqual([]);
    expect(terms.stages).toEqual([
      { share: 0.05, minMinutes: 120, requires: ["latencyMs", "errors"] },
      { share: 0.25, minMinutes: 120, requires: ["latencyMs", "errors"] },
      {
        share: 0.5,
        minMinutes: 120,
        requires: ["latencyMs", "slowShare", "costUsd", "errors"],
      },
    ]);
    expect(terms).toMatchObject({
      unit: "process",
      warmupMinutes: 10,
      maxMinutes: 2880,
      alphaHarm: 0.05,
      alphaSafe: 0.05,
      holdback: null,
      method: "rollout/1",
    });
  });

  it("freeze thresholds on bin edges, and the cost's mean cut at its p99", () => {
    const slow = of(factsOf(1000), "slowShare");
    // The p95 of 19 in 20 calls under 1,100 ms is the bin of the slowest of them.
    expect(slow?.threshold).toBeGreaterThanOrEqual(1080);
    expect(slow?.threshold).toBeLessThan(1080 * 1.0203);
    expect(slow?.baseline).toEqual({ n: 1000, value: 0.05 });
    expect(slow).toMatchObject({ kind: "events", bound: 1.5 });
    const cost = of(factsOf(1000), "costUsd");
    // Five calls in a thousand cost 5 USD: beyond the p99, so they count as a hundredth.
    expect(cost?.baseline?.value).toBeCloseTo(0.01, 3);
    expect(cost?.bound).toBeCloseTo(0.001, 4);
    expect(of(factsOf(1000), "latencyMs")?.bound).toBeCloseTo(0.0953, 4);
    expect(of(factsOf(1000), "errors")).toMatchObject({
      kind: "events",
      bound: 2,
      required: true,
      baseline: { n: 1000, value: 0.02 },
    });
  });

  it("wait for nothing that never varied, unless somebody says so", () => {
    const alike = factsOf(600, () => ({ latencyMs: 900, costUsd: 0.01, outputTokens: 7 }));
    const guardrails = ["latencyMs", "slowShare", "costUsd", "outputTokens"];
    const asked = [
      { metric: "errors", required: true },
      ...guardrails.map((metric) => ({ metric })),
    ];
    const { terms } = plan(alike, { guardrails: asked });
    expect(terms.stages.at(-1)?.requires).toEqual(["errors"]);
    for (const { note, required } of terms.guardrails.slice(1)) {
      expect(required).toBe(false);
      expect(note).toContain("all of the control's 600 were alike");
    }
    const said = [{ metric: "costUsd", required: true }];
    expect(plan(alike, { guardrails: said }).terms.guardrails).toMatchObject([
      { required: true, note: null },
    ]);
    expect(faultOf(alike, {})?.path).toBe("guardrails");
  });

  it("leave out what a control with under 500 generations cannot say", () => {
    const { terms, leftOut } = plan(factsOf(499));
    expect(terms.guardrails.map(({ metric }) => metric)).toEqual(["latencyMs", "errors"]);
    expect(leftOut.map(({ metric }) => metric)).toEqual(["slowShare", "costUsd"]);
    expect(terms.guardrails.every(({ baseline }) => baseline === null)).toBe(true);
  });

  it("do not wait for errors of a control that had none, and say so", () => {
    const errors = of(
      factsOf(600, (i) => ({ ...usual(i), failed: false })),
      "errors",
    );
    expect(errors).toMatchObject({ required: false, kind: "events" });
    expect(errors?.note).toContain("none in 600");
  });

  it("compare errors as means where more than a fifth of calls fail", () => {
    const errors = of(
      factsOf(600, (i) => ({ ...usual(i), failed: i % 4 === 0 })),
      "errors",
    );
    expect(errors).toMatchObject({ kind: "mean", bound: 0.25, required: true });
  });
});

describe("margins", () => {
  it("are the request's, else the prompt's or project's, else the default ones", () => {
    const facts = factsOf(600, usual, { margins: new Map([["latencyMs", 1.2]]) });
    expect(of(facts, "latencyMs")?.bound).toBeCloseTo(Math.log(1.2), 12);
    const asked = { guardrails: [{ metric: "latencyMs", margin: 1.5 }] };
    expect(of(facts, "latencyMs", asked)?.bound).toBeCloseTo(Math.log(1.5), 12);
  });
});

describe("scores", () => {
  const quality = (i: number): Made => ({ ...usual(i), quality: (i % 11) / 10 });
  const ranged = config({ minValue: 0, maxValue: 1, direction: "higher" });

  it("with direction and range guard, by 3 per cent of the range", () => {
    const facts = factsOf(600, quality, { scoreConfigs: [ranged] });
    const guardrail = of(facts, "score:quality");
    expect(guardrail).toMatchObject({
      kind: "mean",
      margin: { scale: "raw", margin: 0.03, better: "higher" },
      bound: 0.03,
      values: "bounded",
      required: true,
    });
    expect(guardrail?.series).toMatchObject({ kind: "score", min: 0, max: 1 });
    const rating = config({ minValue: 1, maxValue: 5, direction: "lower" });
    const wide = factsOf(600, quality, { scoreConfigs: [rating] });
    expect(of(wide, "score:quality")?.bound).toBeCloseTo(0.12, 12);
  });

  it.each([
    [config({ minValue: 0, maxValue: 1 }), "direction"],
    [config({ direction: "higher" }), "range"],
  ])("without one of them do not", (lacking, what) => {
    const facts = factsOf(600, quality, { scoreConfigs: [lacking] });
    const { leftOut } = plan(facts);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]).toMatchObject({ metric: "score:quality" });
    expect(leftOut[0]?.because).toContain(what);
    const asked = { guardrails: [{ metric: "score:quality" }] };
    expect(faultOf(facts, asked)?.path).toBe("guardrails.0.metric");
  });

  it("that the control never got are no guardrails", () => {
    const facts = factsOf(600, usual, { scoreConfigs: [ranged] });
    expect(of(facts, "score:quality")).toBeUndefined();
    expect(plan(facts).leftOut).toEqual([]);
  });

  it("that are BOOLEAN count what is bad, and are told as what is true", () => {
    const helpful = (i: number): Made => ({ ...usual(i), helpful: i % 4 !== 0 });
    const thumbs = config({ name: "helpful", dataType: "BOOLEAN", direction: "higher" });
    const facts = factsOf(600, helpful, { scoreConfigs: [thumbs] });
    const guardrail = of(facts, "score:helpful");
    expect(guardrail).toMatchObject({ kind: "mean", bound: 0.03, isGoodShare: true });
    expect(guardrail?.series).toMatchObject({ kind: "bad", categories: ["False"] });
    expect(guardrail?.baseline?.value).toBeCloseTo(0.75, 12);
  });

  it("that are CATEGORICAL need a bad set, in the config or in the request", () => {
    const tone = (i: number): Made => ({ ...usual(i), tone: i % 10 === 0 ? "rude" : "kind" });
    const tones = config({ name: "tone", dataType: "CATEGORICAL" });
    const without = factsOf(600, tone, { scoreConfigs: [tones] });
    expect(plan(without).leftOut[0]?.metric).toBe("score:tone");
    const bad = { guardrails: [{ metric: "score:tone", bad: ["rude"] }] };
    expect(of(without, "score:tone", bad)).toMatchObject({
      kind: "events",
      bound: 1.25,
      bad: ["rude"],
      baseline: { n: 600, value: 0.1 },
    });
    const declared = [{ ...tones, badCategories: ["rude"] }];
    expect(of(factsOf(600, tone, { scoreConfigs: declared }), "score:tone")).toBeDefined();
    const loose = { guardrails: [{ metric: "score:tone", bad: ["rude"], margin: 0.9 }] };
    expect(faultOf(without, loose)?.path).toBe("guardrails.0.margin");
  });

  it("on traces guard only where a key keeps the version", () => {
    const cell = cellOf(600, usual);
    const stat = { ...emptyStat(), n: 600, sum: 300_000_000n, sumSq: 200_000_000_000_000n };
    cell.metrics.set("T:EVAL:NUMERIC:quality", stat);
    const facts: Facts = { ...factsOf(600), baseline: cell, recent: cell, scoreConfigs: [ranged] };
    expect(of(facts, "score:quality", { unit: "key" })?.baseline).toEqual({ n: 600, value: 0.5 });
    for (const unit of ["request", "process"]) {
      const { leftOut, terms } = plan(facts, { unit });
      expect(terms.guardrails.map(({ metric }) => metric)).not.toContain("score:quality");
      expect(leftOut[0]?.because).toContain("only where the unit is key");
    }
  });
});

describe("what cannot be", () => {
  it("is a rollout that nothing has to be proven for", () => {
    const facts = factsOf(600, (i) => ({ ...usual(i), failed: false }));
    const asked = { guardrails: [{ metric: "errors" }] };
    expect(faultOf(facts, asked)?.path).toBe("guardrails");
    expect(faultOf(facts, { guardrails: [{ metric: "errors", required: true }] })).toBeUndefined();
  });
});

describe("silence", () => {
  // 12 generations at the present rate, within half an hour and a day.
  it.each([
    [0, 60],
    [4, 180],
    [10, 72],
    [400, 30],
    [0.1, 1440],
  ])("at %d generations an hour is %d minutes", (perHour, minutes) => {
    expect(silenceOf(perHour)).toBe(minutes);
  });
});

describe("present traffic", () => {
  const NOW_MS = Date.parse("2026-11-18T12:00:00.000Z");
  const HOUR_MS = 3_600_000;
  const since = (hours: number, n: number): Cell => {
    const cell = emptyCell();
    for (let i = 0; i < n; i++) {
      addMade(cell, {}, (NOW_MS - (hours * HOUR_MS * (n - i)) / n) * 1000);
    }
    return cell;
  };

  it.each([
    ["of a day", 24, 240, 10],
    ["of a control that is four hours old", 4, 240, 60],
    ["of one that is a minute old, as if of an hour", 1 / 60, 30, 30],
    ["of none", 24, 0, 0],
  ])("%s", (_, hours, n, perHour) => {
    const traffic = presentTraffic(since(hours, n), NOW_MS);
    expect(traffic).toMatchObject({ n, toMs: NOW_MS });
    expect(traffic.perHour).toBeCloseTo(perHour, 3);
  });
});

describe("the forecast", () => {
  const basedOn = { from: "2026-11-17T12:00:00.000Z", to: "2026-11-18T12:00:00.000Z", n: 9600 };
  const forecast = (facts: Facts, over: object) =>
    forecastOf(plan(facts, over).terms, facts, basedOn);
  const latency = { stages: [{ share: 50, minMinutes: 0 }], guardrails: [{ metric: "latencyMs" }] };

  it("is what the information takes: ln latency of sd 0.6 at 400 an hour, half and half", () => {
    // statistics: n per arm = 2·0.36·6/0.00908 = 475 at the median, so 950 generations.
    const facts = factsOf(600, (i) => ({ latencyMs: 1000 * Math.exp(i % 2 ? 0.6 : -0.6) }));
    const told = forecast(facts, latency);
    expect(told.hours).toBeGreaterThan(2);
    expect(told.hours).toBeLessThan(2.6);
    expect(told.hoursLikely).toBeGreaterThan(5);
    expect(told.stages[0]?.candidate).toBeCloseTo((told.stages[0]?.hours ?? 0) * 200, -1);
    expect(told).toMatchObject({ finishes: true });
    expect(told.message).toMatch(/^Half of all such rollouts are promoted within 2\.\d+ h\.$/);
    expect(told.guardrails[0]?.hoursToHarm.atTwiceMargin).toBeLessThan(
      told.guardrails[0]?.hoursToHarm.atMargin ?? 0,
    );
  });

  it("says when it cannot finish, and what is too slow", () => {
    const facts = factsOf(600, usual, { generationsPerHour: 2 });
    const told = forecast(facts, {});
    expect(told.finishes).toBe(false);
    expect(told.message).toMatch(
      /^It cannot finish in 48 h at this traffic: not proven safe in time: /,
    );
    const none = forecast(factsOf(600, usual, { generationsPerHour: 0 }), latency);
    expect(none).toMatchObject({ hours: null, finishes: false });
    expect(none.stages[0]).toMatchObject({ hours: null, candidate: null });
  });

  it("says what it assumes", () => {
    const told = forecast(factsOf(0), latency);
    expect(told.guardrails[0]?.note).toContain("assumed");
  });
});
