import { describe, expect, it } from "vitest";

import { liveOutcome } from "../../../src/features/comparisons/live.ts";
import { comparedMetrics } from "../../../src/features/comparisons/metrics.ts";
import type { StageInput } from "../../../src/features/comparisons/model.ts";
import { short } from "../../../src/features/comparisons/sentences.ts";
import { usersEffect } from "../../../src/features/comparisons/units.ts";
import { armValue } from "../../../src/features/comparisons/values.ts";
import {
  clusteredUsers,
  inputLength,
  modelMix,
} from "../../../src/features/comparisons/warnings.ts";
import { momentsOfTrials } from "../../../src/lib/stats/moments.ts";
import { normals, uniforms } from "../../lib/stats/draws.ts";
import { cellOf } from "./cells.ts";

const metricOf = (id: string) => {
  const all = comparedMetrics([cellOf([{ quality: 0.5, helpful: true }])], new Map(), null);
  const found = all.find((metric) => metric.id === id);
  if (!found) throw new Error(`no metric ${id}`);
  return found;
};

const many = (n: number, latencyMs: (i: number) => number) =>
  cellOf(Array.from({ length: n }, (_, i) => ({ latencyMs: latencyMs(i) })));

describe("a metric of positive values", () => {
  const tokens = (n: number, zeros: number) =>
    cellOf(Array.from({ length: n }, (_, i) => ({ outputTokens: i < zeros ? 0 : 100 })));
  const kindOf = (cells: Parameters<typeof comparedMetrics>[0]) =>
    comparedMetrics(cells, new Map([["outputTokens", 1.3]]), null).find(
      ({ id }) => id === "outputTokens",
    );

  it("is compared by its plain mean where more than 5 % of an arm are zeros", () => {
    expect(kindOf([tokens(100, 5), tokens(100, 0)])).toMatchObject({
      kind: "log",
      margin: { scale: "log", margin: 1.3 },
    });
    const byMean = kindOf([tokens(100, 6), tokens(100, 0)]);
    expect(byMean).toMatchObject({
      kind: "amount",
      margin: { scale: "relative", margin: expect.closeTo(0.3, 12), better: "lower" },
    });
    // The cap of costs is none of tokens: the mean is that of all values.
    if (!byMean) return;
    const baseline = { n: 500, slowBin: null, costCapBin: 10 };
    expect(armValue(byMean, tokens(100, 6), baseline)).toMatchObject({
      statistic: "mean",
      estimate: { value: 94 },
    });
  });
});

describe("an arm's value", () => {
  it("has intervals from enough values on, and says how many that takes", () => {
    const few = armValue(
      metricOf("latencyMs"),
      many(19, (i) => 100 + i),
      null,
    );
    expect(few.quantiles?.p50).toMatchObject({ interval: null, needs: 20 });
    expect(few.estimate.interval).not.toBeNull();
    const some = armValue(
      metricOf("latencyMs"),
      many(100, (i) => 100 + i),
      null,
    );
    expect(some.quantiles?.p50.needs).toBeNull();
    expect(some.quantiles?.p95).toMatchObject({ needs: null });
    expect(some.quantiles?.p99).toMatchObject({ interval: null, needs: 400 });
    const enough = armValue(
      metricOf("latencyMs"),
      many(400, (i) => 100 + i),
      null,
    );
    expect(enough.quantiles?.p99.needs).toBeNull();
    // The order statistics of 400 values bound p95 = 479 between ranks 371 and 389.
    expect(enough.quantiles?.p95.interval?.low).toBeGreaterThan(464);
    expect(enough.quantiles?.p95.interval?.high).toBeLessThan(498);
  });

  it("of one value has no interval, of none has null", () => {
    const one = armValue(metricOf("score:quality"), cellOf([{ quality: 0.5 }]), null);
    expect(one.estimate).toEqual({ value: 0.5, interval: null, needs: 2 });
    const none = armValue(metricOf("errors"), cellOf([]), null);
    expect(none).toMatchObject({ n: 0, estimate: { value: null, interval: null, needs: 1 } });
  });
});

describe("the live test of errors", () => {
  const stage = (candidate: number, control: number, n: number): StageInput => ({
    from: "",
    to: "",
    share: 0.5,
    candidate: { ...momentsOfTrials(candidate, n), leftOut: 0 },
    control: { ...momentsOfTrials(control, n), leftOut: 0 },
  });
  const terms = { designEffect: 1, baselineMean: null, alpha: 0.05 };
  const errors = metricOf("errors");

  it("counts events while they are rare, and takes means when they are common", () => {
    const rare = liveOutcome(errors, [stage(60, 10, 1000)], terms);
    expect(rare).toMatchObject({ tested: true, effect: { unit: "ratio" } });
    const common = liveOutcome(errors, [stage(600, 300, 1000)], terms);
    expect(common).toMatchObject({ tested: true, effect: { unit: "points" } });
    if (!common.tested) throw new Error("not tested");
    expect(common.judged?.margin).toBeCloseTo(0.3, 10);
    expect(common.effect?.interval.low).toBeGreaterThan(0.2);
  });

  it("is wider for clustered users", () => {
    const plain = liveOutcome(errors, [stage(60, 10, 1000)], terms);
    const wide = liveOutcome(errors, [stage(60, 10, 1000)], { ...terms, designEffect: 4 });
    if (!plain.tested || !wide.tested) throw new Error("not tested");
    expect(wide.p).toBeGreaterThan(plain.p);
    expect(wide.effect?.interval.low ?? 9).toBeLessThan(plain.effect?.interval.low ?? 0);
  });
});

describe("warnings", () => {
  it("of the model mix need a difference that is real and large", () => {
    const half = new Map([
      ["a", 500],
      ["b", 500],
    ]);
    expect(modelMix(half, half)).toEqual([]);
    expect(
      modelMix(
        new Map([["a", 3]]),
        new Map([
          ["a", 2],
          ["b", 1],
        ]),
      ),
    ).toEqual([]);
    expect(
      modelMix(
        new Map([
          ["a", 900],
          ["b", 100],
        ]),
        half,
      ),
    ).toHaveLength(1);
    expect(modelMix(new Map([["c", 30]]), new Map([["a", 30]]))).toHaveLength(1);
  });

  it("of the input length need five percent", () => {
    const cell = (tokens: number) =>
      cellOf(Array.from({ length: 300 }, (_, i) => ({ inputTokens: tokens + (i % 40) })));
    expect(inputLength(cell(400), cell(404))).toEqual([]);
    expect(inputLength(cell(500), cell(400))[0]?.message).toMatch(/2\d % longer/);
    expect(inputLength(cell(400), cell(500))[0]?.message).toMatch(/shorter/);
  });

  it("of clustered users need users that differ", () => {
    const uniform = uniforms(5);
    const normal = normals(uniform);
    const arm = (spread: number) =>
      Array.from({ length: 60 }, (_, user) => ({
        user: `u${user}`,
        level: spread * normal(),
      })).flatMap(({ user, level }) =>
        Array.from({ length: 10 }, () => ({
          user,
          failed: false,
          latencyUs: Math.round(1e6 * Math.exp(level + 0.5 * normal())),
        })),
      );
    expect(clusteredUsers(usersEffect([arm(1), arm(1)]))).toHaveLength(1);
    expect(clusteredUsers(usersEffect([arm(0), arm(0)]))).toEqual([]);
    expect(usersEffect([arm(1), []])).toBeNull();
    const few = usersEffect([arm(1).slice(0, 50), arm(1)]);
    expect(few).toMatchObject({ known: false });
    expect(clusteredUsers(few)).toEqual([]);
  });
});

describe("numbers in sentences", () => {
  it("have three significant digits and no exponent", () => {
    expect([0, 12.345, 0.012345, 1234.5, 1e-9, -0.5, Infinity].map(short)).toEqual([
      "0",
      "12.3",
      "0.0123",
      "1235",
      "0.000000001",
      "-0.5",
      "no bound",
    ]);
  });
});
