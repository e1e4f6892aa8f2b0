import { describe, expect, it } from "vitest";

import {
  addValue,
  emptySketch,
  LN_GAMMA,
  mergeInto,
  type Sketch,
} from "../../../src/lib/sketch/sketch.ts";
import { logMoments } from "../../../src/lib/stats/bins.ts";
import { brunnerMunzel } from "../../../src/lib/stats/brunner-munzel.ts";
import { lnEventHarm } from "../../../src/lib/stats/count-mixture.ts";
import { type Reading, readMean } from "../../../src/lib/stats/guardrail.ts";
import {
  mergeMoments,
  type Moments,
  momentsOfSums,
  NO_MOMENTS,
  type Sums,
} from "../../../src/lib/stats/moments.ts";
import { confidenceSequence } from "../../../src/lib/stats/normal-mixture.ts";
import type { Untested } from "../../../src/lib/stats/outcome.ts";
import { quantileInterval } from "../../../src/lib/stats/quantile-interval.ts";
import { decideRollout, DEFAULT_POLICY } from "../../../src/lib/stats/rollout-decision.ts";
import { isMismatch, lnSrm, type ServedArm } from "../../../src/lib/stats/srm.ts";
import { type Stratum, stratify } from "../../../src/lib/stats/stratify.ts";
import { welch } from "../../../src/lib/stats/welch.ts";
import { normals, poisson, type Uniform, uniforms } from "./draws.ts";

/*
 * The properties every implementation must have, on the decision as it is used: checks every five
 * minutes for 48 hours, Poisson arrivals, lognormal latency (sd of ln 0.6) taken from 1 % bins,
 * margin +10 %. Seeded, so a failure is a change of the code. STATS_RUNS=4000 runs them longer.
 * Whole rollouts, with cohorts and all guardrails: `npm run simulate`.
 */
const RUNS = Number(process.env["STATS_RUNS"] ?? 400);
const MARGIN = Math.log(1.1);
const CHECK_MINUTES = 5;
const CHECKS = (48 * 60) / CHECK_MINUTES;
const SD = 0.6;
const TIMEOUT = 120_000 * Math.max(1, RUNS / 400);

type World = {
  runs: number;
  seed: number;
  /** Generations per hour of both arms, and the share of the candidate at a check. */
  perHour: number;
  shareAt: (check: number) => number;
  /** Added to ln latency of both arms, and of the candidate. */
  dailyAt: (check: number) => number;
  effect: number;
  /** Whether an old cohort is kept apart when the share changes, as it must be. */
  stratified: boolean;
};

/** A new rollout per call of `next`: the moments of every cohort at every check. */
function* checksOf(world: World, uniform: Uniform): Generator<Stratum[]> {
  const normal = normals(uniform);
  const perCheck = (world.perHour * CHECK_MINUTES) / 60;
  const stages: { share: number; treatment: Moments; control: Moments }[] = [];
  for (let check = 0; check < CHECKS; check++) {
    const share = world.shareAt(check);
    let stage = stages.at(-1);
    if (!stage || (world.stratified && stage.share !== share)) {
      stage = { share, treatment: NO_MOMENTS, control: NO_MOMENTS };
      stages.push(stage);
    }
    const arm = (mean: number, shift: number): Moments => {
      const n = poisson(mean, uniform);
      let sum = 0;
      let sumSq = 0;
      for (let i = 0; i < n; i++) {
        // The middle of its bin on the log scale, as `logMoments` takes it; around 0 for digits.
        const ln = LN_GAMMA * (Math.ceil((shift + SD * normal()) / LN_GAMMA) - 0.5);
        sum += ln;
        sumSq += ln * ln;
      }
      return n === 0 ? NO_MOMENTS : { n, mean: sum / n, m2: Math.max(0, sumSq - (sum * sum) / n) };
    };
    const daily = world.dailyAt(check);
    stage.treatment = mergeMoments(stage.treatment, arm(perCheck * share, daily + world.effect));
    stage.control = mergeMoments(stage.control, arm(perCheck * (1 - share), daily));
    yield stages;
  }
}

const read = (strata: readonly Stratum[]): Reading | Untested =>
  readMean({ strata, margin: MARGIN, better: "lower", values: "continuous", alpha: 0.05 });

type Ending = { action: "roll back" | "advance" | "inconclusive"; hours: number; crossed: boolean };

/** Plays rollouts to their end; promotion needs a soak so long that it never ends one here. */
function play(world: World): Ending[] {
  const uniform = uniforms(world.seed);
  const policy = { ...DEFAULT_POLICY, soakMinutes: Infinity };
  return Array.from({ length: world.runs }, () => {
    let minutes = 0;
    let crossed = false;
    let provenSafe: string[] = [];
    for (const strata of checksOf(world, uniform)) {
      minutes += CHECK_MINUTES;
      const reading = read(strata);
      crossed ||= reading.tested && reading.lnHarm >= Math.log(1 / policy.alphaHarm);
      const found = decideRollout(
        {
          guardrails: [{ name: "latency", reading }],
          provenSafe,
          mismatch: false,
          minutesSinceStart: minutes,
          minutesInStage: minutes,
        },
        policy,
      );
      provenSafe = found.provenSafe;
      if (found.decision.action === "roll back") {
        return { action: "roll back", hours: minutes / 60, crossed };
      }
    }
    const action = provenSafe.length > 0 ? "advance" : "inconclusive";
    return { action, hours: minutes / 60, crossed };
  });
}

const share = <T>(list: readonly T[], is: (one: T) => boolean): number =>
  list.filter(is).length / list.length;
const rolledBack = ({ action }: Ending): boolean => action === "roll back";

const plain: World = {
  runs: RUNS,
  seed: 1,
  perHour: 400,
  shareAt: () => 0.5,
  dailyAt: () => 0,
  effect: 0,
  stratified: true,
};
/** 5 % for 12 quick hours, 25 % for 12 slow ones, then 50 %: latency swings by a quarter. */
const ramp: Partial<World> = {
  shareAt: (check) => (check < CHECKS / 4 ? 0.05 : check < CHECKS / 2 ? 0.25 : 0.5),
  dailyAt: (check) => Math.log1p(-0.25 * Math.sin((2 * Math.PI * check) / (CHECKS / 2))),
};

describe("a rollout of a version that is no different", () => {
  it(
    "is rolled back in at most 5 % of runs, though looked at 576 times",
    { timeout: TIMEOUT },
    () => {
      const endings = play(plain);
      expect(share(endings, rolledBack)).toBeLessThanOrEqual(0.05);
      expect(share(endings, ({ crossed }) => crossed)).toBeLessThanOrEqual(0.05);
      expect(share(endings, ({ action }) => action === "advance")).toBeGreaterThanOrEqual(0.9);
    },
  );

  it("is rolled back in at most 6 % under a ramp and a daily swing", { timeout: TIMEOUT }, () => {
    const endings = play({ ...plain, ...ramp, seed: 2 });
    expect(share(endings, rolledBack)).toBeLessThanOrEqual(0.06);
    expect(share(endings, ({ crossed }) => crossed)).toBeLessThanOrEqual(0.06);
  });

  it(
    "would be in more than a fifth if arms were summed over the ramp",
    { timeout: TIMEOUT },
    () => {
      const endings = play({ ...plain, ...ramp, seed: 2, runs: RUNS / 8, stratified: false });
      expect(share(endings, ({ crossed }) => crossed)).toBeGreaterThan(0.2);
    },
  );
});

it(
  "the always-valid interval covers no difference at all of 576 looks, a fixed one does not",
  { timeout: TIMEOUT },
  () => {
    const uniform = uniforms(6);
    let missed = 0;
    let missedFixed = 0;
    const runs = RUNS / 4;
    for (let run = 0; run < runs; run++) {
      let sequential = true;
      let fixed = true;
      for (const strata of checksOf(plain, uniform)) {
        const [stratum] = strata;
        const pooled = stratify(strata);
        if (!stratum || !pooled || Math.min(pooled.treatmentN, pooled.controlN) < 50) continue;
        const { low, high } = confidenceSequence(pooled, MARGIN, 0.05);
        sequential &&= low <= 0 && high >= 0;
        const once = welch(stratum);
        fixed &&= once.tested && once.p >= 0.05;
      }
      if (!sequential) missed++;
      if (!fixed) missedFixed++;
    }
    expect(missed / runs).toBeLessThanOrEqual(0.05);
    expect(missedFixed / runs).toBeGreaterThan(0.25);
  },
);

describe("counts", () => {
  it(
    "of rare errors at a split of 10 to 90 roll back wrongly in at most 5 %",
    { timeout: TIMEOUT },
    () => {
      const uniform = uniforms(4);
      const checks = 576;
      const runs = Array.from({ length: RUNS * 2 }, () => {
        const stage = { treatmentEvents: 0, controlEvents: 0, share: 0.1 };
        for (let check = 0; check < checks; check++) {
          // 200 an hour, half a percent bad: the normal test breaks its level here.
          stage.treatmentEvents += poisson((20 * 0.005) / 12, uniform);
          stage.controlEvents += poisson((180 * 0.005) / 12, uniform);
          if (lnEventHarm([stage], 2) >= Math.log(20)) return true;
        }
        return false;
      });
      expect(share(runs, (crossed) => crossed)).toBeLessThanOrEqual(0.05);
    },
  );

  it("of a true split are flagged in no run, and half a split within hours", () => {
    const uniform = uniforms(7);
    const flagged = (served: number): number =>
      share(
        Array.from({ length: RUNS }, () => {
          const arms: [ServedArm, ServedArm] = [
            { count: 0, weight: 0.5 },
            { count: 0, weight: 0.5 },
          ];
          for (let check = 0; check < 576; check += 3) {
            arms[0].count += poisson(100 * served, uniform);
            arms[1].count += poisson(100 * (1 - served), uniform);
            if (isMismatch(lnSrm([arms]))) return true;
          }
          return false;
        }),
        (is) => is,
      );
    expect(flagged(0.5)).toBeLessThanOrEqual(0.005);
    expect(flagged(0.47)).toBe(1);
  });
});

describe("aggregates", () => {
  type Bucket = { sums: Sums; sketch: Sketch };
  const buckets = (seed: number): Bucket[] => {
    const uniform = uniforms(seed);
    const normal = normals(uniform);
    return Array.from({ length: 48 }, () => {
      const sketch = emptySketch();
      const sums = { n: 0, sum: 0n, sumSq: 0n };
      for (let i = poisson(40, uniform); i > 0; i--) {
        const x = Math.round(Math.exp(13.5 + SD * normal()));
        addValue(sketch, x);
        sums.n++;
        sums.sum += BigInt(x);
        sums.sumSq += BigInt(x) ** 2n;
      }
      return { sums, sketch };
    });
  };
  const merged = (list: readonly Bucket[]): Bucket => {
    const all: Bucket = { sums: { n: 0, sum: 0n, sumSq: 0n }, sketch: emptySketch() };
    for (const { sums, sketch } of list) {
      all.sums.n += sums.n;
      all.sums.sum += sums.sum;
      all.sums.sumSq += sums.sumSq;
      mergeInto(all.sketch, sketch);
    }
    return all;
  };
  const shuffled = <T>(list: readonly T[], uniform: Uniform): T[] =>
    list
      .map((one) => ({ one, key: uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ one }) => one);
  const everything = (treatment: Bucket, control: Bucket) => {
    const of = (pick: (bucket: Bucket) => Moments) => ({
      treatment: pick(treatment),
      control: pick(control),
    });
    const logs = of(({ sketch }) => logMoments(sketch).logs);
    return {
      mean: welch(of(({ sums }) => momentsOfSums(sums, 1000))),
      logs: welch(logs),
      sequential: read([logs]),
      auc: brunnerMunzel(treatment.sketch.bins, control.sketch.bins),
      p95: quantileInterval(treatment.sketch, 0.95),
    };
  };

  it("merged in any order give the same results to the last bit", () => {
    const [treatment, control] = [buckets(21), buckets(22)];
    const wanted = everything(merged(treatment), merged(control));
    expect(wanted.sequential.tested).toBe(true);
    const uniform = uniforms(23);
    for (let order = 0; order < 20; order++) {
      const found = everything(
        merged(shuffled(treatment, uniform)),
        merged(shuffled(control, uniform)),
      );
      expect(found).toEqual(wanted);
    }
  });

  it("checked twice for one tick decide the same, and what is proven stays", () => {
    const uniform = uniforms(31);
    const world = { ...plain, effect: Math.log(1.05) };
    let once: string[] = [];
    let twice: string[] = [];
    let minutes = 0;
    for (const strata of checksOf(world, uniform)) {
      minutes += CHECK_MINUTES;
      const check = {
        guardrails: [{ name: "latency", reading: read(strata) }],
        mismatch: false,
        minutesSinceStart: minutes,
        minutesInStage: minutes,
      };
      const single = decideRollout({ ...check, provenSafe: once });
      const first = decideRollout({ ...check, provenSafe: twice });
      const second = decideRollout({ ...check, provenSafe: first.provenSafe });
      expect(second).toEqual(first);
      expect(second).toEqual(single);
      once = single.provenSafe;
      twice = second.provenSafe;
    }
    expect(once).toEqual(["latency"]);
  });
});
