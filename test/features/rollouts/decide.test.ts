import { describe, expect, it } from "vitest";

import { begin, type Course, decide } from "../../../src/features/rollouts/decide.ts";
import type { Evidence, Read } from "../../../src/features/rollouts/evidence.ts";
import { type Hand, handle } from "../../../src/features/rollouts/hand.ts";
import type { Guardrail, Terms } from "../../../src/features/rollouts/terms.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-18T12:00:00.000Z");
const after = (minutes: number): number => START_MS + minutes * MINUTE_MS;

const guardrail = (metric: string, over: Partial<Guardrail> = {}): Guardrail => ({
  metric,
  kind: "mean",
  series: null,
  margin: { scale: "log", margin: 1.1, better: "lower" },
  bound: Math.log(1.1),
  values: "continuous",
  isGoodShare: false,
  unit: "ms",
  perUnit: 1000,
  required: true,
  threshold: null,
  baseline: null,
  bad: null,
  note: null,
  ...over,
});

const TERMS: Terms = {
  control: 1,
  candidate: 2,
  environment: "default",
  unit: "request",
  stages: [
    { share: 0.05, minMinutes: 120, requires: ["latencyMs", "errors"] },
    { share: 0.5, minMinutes: 120, requires: ["latencyMs", "errors", "costUsd"] },
  ],
  guardrails: [
    guardrail("latencyMs"),
    guardrail("errors", { kind: "events" }),
    guardrail("costUsd"),
  ],
  alphaHarm: 0.05,
  alphaSafe: 0.05,
  warmupMinutes: 10,
  maxMinutes: 2880,
  noDataMinutes: 60,
  onInconclusive: "hold",
  holdback: null,
  method: "rollout/1",
};

// ln of 1/alpha: Ville's bound, at 0.05 for safety and 0.05/3 for harm.
const SAFE = 2.995_733;
const HARM = 4.094_345;

const calm: Read = {
  tested: true,
  kind: "mean",
  degradation: 0,
  margin: 0.1,
  interval: { low: -Infinity, high: Infinity },
  lnHarm: 0,
  lnSafe: 0,
};
const safe: Read = { ...calm, lnSafe: SAFE };
const harmful: Read = { ...calm, degradation: 0.1, lnHarm: HARM };
const events = (read: Read): Read => ({ ...read, kind: "events" }) as Read;
const unknown: Read = { tested: false, because: "too-few-units", cells: 3 };

type Readings = Partial<Record<"latencyMs" | "errors" | "costUsd", Read>>;
const evidence = (readings: Readings = {}, over: Partial<Evidence> = {}): Evidence => ({
  readings: TERMS.guardrails.map(({ metric }) => ({
    name: metric,
    reading: readings[metric as keyof Readings] ?? calm,
  })),
  mismatch: false,
  emergency: false,
  seen: 100,
  ...over,
});

const course = (over: Partial<Course> = {}): Course => ({
  ...begin(TERMS, START_MS),
  state: "running",
  ...over,
});

const ALL_SAFE = { latencyMs: safe, errors: events(safe), costUsd: safe };
const EARLY_SAFE = { latencyMs: safe, errors: events(safe) };

const next = (before: Course, seen: Evidence, minutes: number, terms: Terms = TERMS): Course =>
  decide(terms, before, seen, after(minutes)).course;

describe("harm", () => {
  it.each([
    ["is proven at the level of the family, by the margin", { latencyMs: harmful }, "rolled_back"],
    ["short of the level goes on", { latencyMs: { ...harmful, lnHarm: HARM - 0.01 } }, "running"],
    [
      "of less than the margin goes on",
      { latencyMs: { ...harmful, degradation: 0.0999, lnHarm: 50 } },
      "running",
    ],
    ["comes before proof of safety", { ...ALL_SAFE, costUsd: harmful }, "rolled_back"],
  ] as const)("%s", (_, readings, state) => {
    expect(next(course(), evidence(readings as Readings), 200).state).toBe(state);
  });

  it("of events acts in the warm-up, of means after it", () => {
    const young = course({ state: "warming" });
    expect(next(young, evidence({ latencyMs: harmful }), 5).state).toBe("warming");
    expect(next(young, evidence({ errors: events(harmful) }), 5).state).toBe("rolled_back");
    expect(next(young, evidence({ latencyMs: harmful }), 10).state).toBe("rolled_back");
  });

  it("is an emergency when most calls fail, before any test may speak", () => {
    const nothing = { latencyMs: unknown, errors: unknown, costUsd: unknown };
    const young = course({ state: "warming" });
    expect(next(young, evidence(nothing), 8).state).toBe("warming");
    const done = next(young, evidence(nothing, { emergency: true }), 8);
    expect(done).toMatchObject({
      state: "rolled_back",
      because: "Most of the candidate's calls fail and the control's do not",
    });
  });

  it.each(["warming", "paused", "held", "inconclusive"] as const)(
    "takes back while %s",
    (state) => {
      expect(next(course({ state }), evidence({ errors: events(harmful) }), 200).state).toBe(
        "rolled_back",
      );
    },
  );

  it("comes before a mismatch", () => {
    const both = evidence({ latencyMs: harmful }, { mismatch: true });
    expect(next(course(), both, 200)).toMatchObject({ state: "rolled_back", heldFor: null });
  });
});

describe("going forward", () => {
  it("needs the stage's guardrails and its least time", () => {
    expect(next(course(), evidence(EARLY_SAFE), 119)).toMatchObject({ stage: 0 });
    expect(next(course(), evidence(EARLY_SAFE), 120)).toMatchObject({
      state: "running",
      stage: 1,
      stageSinceMs: after(120),
    });
    expect(next(course(), evidence({ latencyMs: safe }), 500)).toMatchObject({ stage: 0 });
  });

  it("needs all of them to promote", () => {
    const last = course({ stage: 1, stageSinceMs: after(120) });
    expect(next(last, evidence(EARLY_SAFE), 300).state).toBe("running");
    expect(next(last, evidence(ALL_SAFE), 239).state).toBe("running");
    expect(next(last, evidence(ALL_SAFE), 240).state).toBe("promoted");
  });

  it("remembers what was proven once", () => {
    const once = next(course(), evidence({ errors: events(safe) }), 60);
    expect(once.provenSafe).toEqual(["errors"]);
    const later = next(once, evidence({ latencyMs: safe }, { seen: 101 }), 130);
    expect(later).toMatchObject({ stage: 1, provenSafe: ["latencyMs", "errors"] });
  });

  it("proves nothing in the warm-up", () => {
    const young = course({ state: "warming" });
    expect(next(young, evidence(ALL_SAFE), 9)).toMatchObject({ state: "warming", provenSafe: [] });
    expect(next(young, evidence(), 10).state).toBe("running");
  });

  it("waits for no guardrail that is not required, but its harm counts", () => {
    const terms = {
      ...TERMS,
      stages: [{ share: 0.5, minMinutes: 0, requires: ["latencyMs"] }],
    };
    expect(next(course(), evidence({ latencyMs: safe }), 20, terms).state).toBe("promoted");
    const harm = { latencyMs: safe, costUsd: harmful };
    expect(next(course(), evidence(harm), 20, terms).state).toBe("rolled_back");
  });
});

describe("a mismatch", () => {
  const seen = evidence(ALL_SAFE, { mismatch: true });

  it("holds, proves nothing, and outlasts the evidence of it", () => {
    const held = next(course(), seen, 200);
    expect(held).toMatchObject({ state: "held", heldFor: "mismatch", provenSafe: [] });
    expect(next(held, evidence(ALL_SAFE), 201)).toMatchObject({ state: "held", stage: 0 });
    expect(next(held, evidence(ALL_SAFE), 5000).state).toBe("held");
  });

  it("is left by a person, who begins evidence anew", () => {
    const held = next(course({ provenSafe: ["errors"] }), seen, 200);
    const resumed = handle("resume", TERMS, held, { reason: null, nowMs: after(300) });
    expect(resumed).toMatchObject({
      outcome: "done",
      isFresh: true,
      course: {
        state: "running",
        heldFor: null,
        provenSafe: [],
        seen: 0,
        stageSinceMs: after(300),
        deadlineMs: after(300 + 2880),
      },
    });
  });
});

describe("silence", () => {
  it("holds when nothing came for so long, and ends with the first that comes", () => {
    const heard = next(course(), evidence(), 30);
    expect(heard).toMatchObject({ seen: 100, seenMs: after(30) });
    expect(next(heard, evidence(), 89).state).toBe("running");
    const held = next(heard, evidence(EARLY_SAFE), 90);
    expect(held).toMatchObject({ state: "held", heldFor: "no data", stage: 0 });
    expect(next(held, evidence({}, { seen: 101 }), 95)).toMatchObject({
      state: "running",
      heldFor: null,
    });
  });
});

describe("the end of the time", () => {
  it.each([
    ["hold", "inconclusive"],
    ["promote", "promoted"],
    ["roll_back", "rolled_back"],
  ] as const)("%s leads to %s", (onInconclusive, state) => {
    const terms = { ...TERMS, onInconclusive };
    const heard = course({ seen: 100, seenMs: after(2870) });
    expect(next(heard, evidence({}, { seen: 101 }), 2879, terms).state).toBe("running");
    const over = next(heard, evidence({}, { seen: 101 }), 2880, terms);
    expect(over.state).toBe(state);
    expect(over.because).toContain("latencyMs, errors");
  });

  it("leaves an inconclusive rollout as it is until a person says", () => {
    const over = course({ state: "inconclusive", stage: 1, stageSinceMs: START_MS });
    expect(next(over, evidence(ALL_SAFE), 3000).state).toBe("inconclusive");
    const resumed = handle("resume", TERMS, over, { reason: null, nowMs: after(3000) });
    expect(resumed).toMatchObject({ course: { state: "running", deadlineMs: after(5880) } });
  });
});

describe("a check", () => {
  it("done twice is done once; missed it only delays", () => {
    const at = evidence(EARLY_SAFE);
    const once = decide(TERMS, course(), at, after(60));
    expect(decide(TERMS, once.course, at, after(60))).toEqual(once);
    expect(next(next(course(), at, 60), at, 119)).toEqual({ ...next(course(), at, 60) });
  });
});

describe("a person's hand", () => {
  const say = (hand: Hand, before: Course, minutes = 200) =>
    handle(hand, TERMS, before, { reason: "because", nowMs: after(minutes) });

  it.each([
    ["pause", "running", "paused"],
    ["pause", "warming", "paused"],
    ["pause", "inconclusive", "paused"],
    ["abort", "held", "aborted"],
    ["abort", "paused", "aborted"],
    ["promote", "running", "promoted"],
    ["promote", "inconclusive", "promoted"],
  ] as const)("%s while %s makes it %s", (hand, state, becomes) => {
    expect(say(hand, course({ state }))).toMatchObject({
      outcome: "done",
      isFresh: false,
      course: { state: becomes, because: "because" },
    });
  });

  it.each([
    ["pause", "paused"],
    ["pause", "held"],
    ["resume", "running"],
    ["abort", "promoted"],
    ["promote", "rolled_back"],
    ["resume", "aborted"],
  ] as const)("cannot %s what is %s", (hand, state) => {
    expect(say(hand, course({ state })).outcome).toBe("refused");
  });

  it("stops the clock of the deadline while it pauses", () => {
    const paused = course({ state: "paused", pausedSinceMs: after(100) });
    expect(say("resume", paused, 160)).toMatchObject({
      course: { state: "running", pausedSinceMs: null, deadlineMs: after(2880 + 60) },
    });
  });

  it("resumes after silence with as much silence again", () => {
    const held = course({ state: "held", heldFor: "no data", seen: 5, seenMs: after(10) });
    const resumed = say("resume", held, 100);
    expect(resumed).toMatchObject({ isFresh: false, course: { seen: 5, seenMs: after(100) } });
  });
});
