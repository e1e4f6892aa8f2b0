import * as fc from "fast-check";
import { expect, it } from "vitest";

import { decodeCohort, encodeSums } from "../../../src/features/rollups/cohorts/cohort-text.ts";
import { mergeCohortInto } from "../../../src/features/rollups/cohorts/cohort.ts";
import { countInCohort } from "../../../src/features/rollups/cohorts/count.ts";
import type { Amount } from "../../../src/features/rollups/fold/items.ts";
import { type CohortPlan, emptyCohort } from "../../../src/features/rollups/model.ts";

const plan: CohortPlan = {
  rollout: "r1",
  stage: 0,
  prompt: "greet",
  control: 1,
  candidate: 2,
  environment: "default",
  split: "spl_1",
  unit: "key",
  share: 0.5,
  fromUs: 2_000,
  eventsFromUs: 1_000,
  untilUs: 9_000,
  metrics: [
    { name: "latency", kind: "log", of: "latency" },
    { name: "cost", kind: "cost", capNanoUsd: 1_000_000.5 },
    { name: "slow", kind: "slow", aboveBin: 300 },
    { name: "quality", kind: "score", of: ["O:API:NUMERIC:quality"], min: -1, max: 1 },
    { name: "thumb", kind: "bad", of: ["O:API:BOOLEAN:thumb"], categories: ["False"] },
  ],
};

const amount = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 2_000_000 }), fc.maxSafeNat());
const place = fc.record({
  version: fc.constantFrom(-2, 0, 1, 2, 3),
  start: fc.integer({ min: 0, max: 10_000 }),
  environment: fc.constantFrom("default", "default", "staging"),
});
const drawn = fc.record({
  trace: fc.constantFrom("t1", "t2", "t3"),
  cell: fc.constantFrom(null, 0, 255),
  split: fc.constantFrom(null, "spl_1", "spl_2"),
});
const generation = fc
  .record({ place, drawn, failed: fc.constantFrom(0, 1), latency: amount, cost: amount })
  .map(({ place: p, drawn: d, failed, latency, cost }): Amount => {
    const where = [1, "greet", p.version, p.start, p.environment, "m"] as const;
    const who = [d.trace, d.cell, d.split] as const;
    return ["G", ...where, failed, latency, null, 1, 2, 3, cost, null, null, null, ...who];
  });
const score = fc
  .record({ place, drawn, value: fc.integer({ min: -3e6, max: 3e6 }), isThumb: fc.boolean() })
  .map(({ place: p, drawn: d, value, isThumb }): Amount => {
    const where = [1, "greet", p.version, p.start, p.environment, "m"] as const;
    const who = [d.trace, d.cell, d.split] as const;
    return isThumb
      ? ["S", ...where, "O", "API", "BOOLEAN", "thumb", null, value < 0 ? "False" : "True", ...who]
      : ["S", ...where, "O", "API", "NUMERIC", "quality", value, null, ...who];
  });
const items = fc.array(fc.oneof(generation, score), { maxLength: 40 });

const cohortOf = (amounts: readonly Amount[]) => {
  const cohort = emptyCohort(plan);
  for (const item of amounts) countInCohort(cohort, item, 1);
  return cohort;
};

it("what is added can be taken away again, in any order", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(items, items, fc.nat(), (kept, gone, seed) => {
      const cohort = cohortOf([...kept, ...gone]);
      const order = gone.map((item, i) => ({ item, key: (i * 7919 + seed) % 104_729 }));
      for (const { item } of order.sort((a, b) => a.key - b.key)) countInCohort(cohort, item, -1);
      expect(encodeSums(cohort)).toBe(encodeSums(cohortOf(kept)));
    }),
    { numRuns: 300 },
  );
});

it(
  "parts of a cohort are together the whole, also when they were stored",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(items, items, (here, there) => {
        const whole = cohortOf([...here, ...there]);
        const merged = decodeCohort(plan, encodeSums(cohortOf(here)));
        mergeCohortInto(merged, cohortOf(there));
        expect(merged).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  },
);
