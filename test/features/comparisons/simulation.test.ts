import { describe, expect, it } from "vitest";

import { type CellStage, stageInputs } from "../../../src/features/comparisons/judge.ts";
import { comparedMetrics } from "../../../src/features/comparisons/metrics.ts";
import { judgeRandomised } from "../../../src/features/comparisons/randomised.ts";
import { encodeCell } from "../../../src/features/rollups/cell-text.ts";
import { type Cell, emptyCell, mergeCellInto } from "../../../src/features/rollups/cell.ts";
import { LN_GAMMA } from "../../../src/lib/sketch/sketch.ts";
import { verdictOf } from "../../../src/lib/stats/verdict.ts";
import { normals, poisson, uniforms } from "../../lib/stats/draws.ts";
import { addMade } from "./cells.ts";

/*
 * Seeded simulations of live splits through the comparison's own code: cells in, verdicts out. The
 * properties are those of the method: hardly ever a false verdict however often one looks, also while
 * the weights ramp and the day swings; a real change is found soon; and nothing depends on order.
 */

const LOOKS = 576;
const MINUTES = 5;
const TERMS = { isLive: true, designEffect: 1, alpha: 0.05, baseline: null, mismatch: false };

const LATENCY = comparedMetrics([], new Map(), null).filter(({ id }) => id === "latencyMs");

type Sim = {
  seed: number;
  /** Generations an hour, both arms together, and the share of the candidate at a look. */
  perHour: number;
  shareAt: (look: number) => number;
  /** Candidate's latency over the control's. */
  ratio: number;
  /** Daily swing of everybody's latency. */
  swing: number;
};

/** Adds a latency straight to its bin: what a fold does, without the sums that no test here reads. */
function addLatency(cell: Cell, ln: number): void {
  const us = Math.round(Math.exp(ln));
  const stat = cell.metrics.get("latency");
  if (!stat) {
    addMade(cell, { latencyMs: us / 1000 });
    return;
  }
  cell.n += 1;
  stat.n += 1;
  const bin = 1 + Math.ceil(Math.log(us) / LN_GAMMA);
  stat.sketch.bins.set(bin, (stat.sketch.bins.get(bin) ?? 0) + 1);
  stat.sketch.n += 1;
}

/** Whether the interval ever excluded "no difference", and the first look with verdict worse. */
function run({ seed, perHour, shareAt, ratio, swing }: Sim): {
  excluded: boolean;
  worseAt: number | null;
} {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const stages: CellStage[] = [];
  let excluded = false;
  for (let look = 0; look < LOOKS; look++) {
    const share = shareAt(look);
    let stage = stages.at(-1);
    if (stage?.share !== share) {
      stage = {
        fromMs: look,
        toMs: look,
        share,
        arms: { candidate: emptyCell(), control: emptyCell() },
      };
      stages.push(stage);
    }
    const hour = (look * MINUTES) / 60;
    const level = Math.log(800_000) + Math.log(1 + swing * Math.sin((2 * Math.PI * hour) / 24));
    for (const arm of ["candidate", "control"] as const) {
      const rate = (arm === "candidate" ? share : 1 - share) * perHour * (MINUTES / 60);
      const n = poisson(rate, uniform);
      const shift = arm === "candidate" ? Math.log(ratio) : 0;
      for (let i = 0; i < n; i++) addLatency(stage.arms[arm], level + shift + 0.6 * normal());
    }
    const [judged] = judgeRandomised(LATENCY, stages, TERMS);
    if (!judged?.outcome.tested || !judged.outcome.judged) continue;
    const { interval, margin } = judged.outcome.judged;
    excluded ||= interval.low > 0 || interval.high < 0;
    if (verdictOf(interval, margin, "lower") === "worse") return { excluded, worseAt: look };
  }
  return { excluded, worseAt: null };
}

const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));
const shareOf = (all: readonly boolean[]): number => all.filter(Boolean).length / all.length;

describe("the live comparison, looked at every 5 minutes for 48 hours", () => {
  it("(a) calls no difference where there is none, in at least 95 of 100", () => {
    const runs = times(100, (i) =>
      run({ seed: 1000 + i, perHour: 400, shareAt: () => 0.5, ratio: 1, swing: 0 }),
    );
    expect(shareOf(runs.map(({ excluded }) => excluded))).toBeLessThanOrEqual(0.05);
    expect(runs.every(({ worseAt }) => worseAt === null)).toBe(true);
  }, 120_000);

  it("(b) nor while the split ramps from 5 to 25 to 50 % and the day swings by a quarter", () => {
    const ramp = (look: number): number => (look < 96 ? 0.05 : look < 240 ? 0.25 : 0.5);
    const runs = times(100, (i) =>
      run({ seed: 2000 + i, perHour: 400, shareAt: ramp, ratio: 1, swing: 0.25 }),
    );
    expect(shareOf(runs.map(({ excluded }) => excluded))).toBeLessThanOrEqual(0.06);
    expect(runs.every(({ worseAt }) => worseAt === null)).toBe(true);
  }, 120_000);

  it("(c) sees latency x1.15 within 6 hours, in at least 95 of 100", () => {
    // Seeing it is to exclude "no difference"; "worse" needs the whole interval beyond the margin.
    const early = times(100, (i) => seenWithin(3000 + i, 6));
    expect(shareOf(early)).toBeGreaterThanOrEqual(0.95);
  }, 120_000);

  function seenWithin(seed: number, hours: number): boolean {
    const looks = (hours * 60) / MINUTES;
    const uniform = uniforms(seed);
    const normal = normals(uniform);
    const arms = { candidate: emptyCell(), control: emptyCell() };
    const stage: CellStage = { fromMs: 0, toMs: 1, share: 0.5, arms };
    for (let look = 0; look < looks; look++) {
      for (const arm of ["candidate", "control"] as const) {
        const shift = arm === "candidate" ? Math.log(1.15) : 0;
        const n = poisson((200 * MINUTES) / 60, uniform);
        for (let i = 0; i < n; i++)
          addLatency(arms[arm], Math.log(800_000) + shift + 0.6 * normal());
      }
      const [judged] = judgeRandomised(LATENCY, [stage], TERMS);
      const interval = judged?.outcome.tested ? judged.outcome.judged?.interval : undefined;
      if (interval && interval.low > 0) return true;
    }
    return false;
  }
});

describe("aggregates", () => {
  const uniform = uniforms(7);
  const normal = normals(uniform);
  const hours = times(48, () => {
    const cell = emptyCell();
    for (let i = 0; i < 50; i++) {
      addMade(cell, {
        latencyMs: 800 * Math.exp(0.6 * normal()),
        costUsd: 0.001 * Math.exp(normal()),
        failed: uniform() < 0.02,
        quality: uniform(),
        helpful: uniform() < 0.8,
        tone: uniform() < 0.5 ? "kind" : "curt",
      });
    }
    return cell;
  });
  const merged = (order: readonly Cell[]): Cell => {
    const sum = emptyCell();
    for (const cell of order) mergeCellInto(sum, cell);
    return sum;
  };
  const shuffled = (seed: number): Cell[] => {
    const next = uniforms(seed);
    return hours
      .map((cell) => ({ cell, key: next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ cell }) => cell);
  };

  it("(d) of hours merged in any order are identical, and so is what is said of them", () => {
    const control = merged(hours.slice(0, 24));
    const inOrder = merged(hours);
    const metrics = comparedMetrics([inOrder], new Map(), null);
    const said = (candidate: Cell): string =>
      JSON.stringify(
        judgeRandomised(
          metrics,
          [{ fromMs: 0, toMs: 1, share: 0.5, arms: { candidate, control } }],
          { ...TERMS, isLive: false },
        ),
      );
    for (let seed = 1; seed <= 20; seed++) {
      const again = merged(shuffled(seed));
      expect(encodeCell(again)).toBe(encodeCell(inOrder));
      expect(said(again)).toBe(said(inOrder));
    }
  });

  it("(e) asked twice say the same: a look leaves nothing behind", () => {
    const arms = { candidate: merged(hours), control: merged(hours.slice(0, 24)) };
    const before = encodeCell(arms.candidate);
    const metrics = comparedMetrics([arms.candidate], new Map(), null);
    const stage = { fromMs: 0, toMs: 1, share: 0.5, arms };
    const first = judgeRandomised(metrics, [stage], TERMS);
    expect(judgeRandomised(metrics, [stage], TERMS)).toEqual(first);
    expect(encodeCell(arms.candidate)).toBe(before);
  });

  it("give the inputs from which a verdict can be made again", () => {
    const arms = { candidate: merged(hours), control: merged(hours.slice(0, 24)) };
    const stage = { fromMs: 0, toMs: 1, share: 0.5, arms };
    for (const { metric, outcome, stages } of judgeRandomised(LATENCY, [stage], TERMS)) {
      expect(stages).toEqual(stageInputs(metric, [stage], null, null));
      const [told] = JSON.parse(JSON.stringify(stages)) as typeof stages;
      const candidate = told?.candidate;
      const control = told?.control;
      if (!candidate || !control || !outcome.tested) throw new Error("nothing was tested");
      const variance =
        candidate.m2 / (candidate.n - 1) / candidate.n + control.m2 / (control.n - 1) / control.n;
      const r = Math.log(1.1) ** 2 / variance;
      const half = Math.sqrt((variance * (1 + r) * (Math.log1p(r) - 2 * Math.log(0.05))) / r);
      expect(outcome.judged?.interval.low).toBeCloseTo(candidate.mean - control.mean - half, 12);
      expect(outcome.judged?.interval.high).toBeCloseTo(candidate.mean - control.mean + half, 12);
    }
  });
});
