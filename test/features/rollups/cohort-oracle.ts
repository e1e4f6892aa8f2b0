import type {
  Cohort,
  CohortMetric,
  CohortPlan,
  Series,
} from "../../../src/features/rollups/model.ts";
import { cellOf } from "../../../src/lib/split/cells.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { bin, counts, firstOfVersions, type Obs, other, rowsOf, type Score } from "./oracle.ts";

/*
 * Cohorts as they should be, worked out again from `SELECT *`: rows into lists of values, lists
 * into numbers, with nothing of the code that counts.
 */

/** Sums by cell, empty cells left out. */
type PlainSeries = { n: Record<number, number>; sum: Record<number, number>; sumSq: string };
type PlainArm = {
  served: Record<number, number>;
  errorMinutes: Record<number, number>;
  errors: PlainSeries;
  metrics: Record<string, PlainSeries>;
};
export type PlainCohort = { control: PlainArm; candidate: PlainArm };

const MINUTE = 60_000_000;

type Value = { cell: number; value: number };

function seriesOfValues(values: readonly Value[]): PlainSeries {
  const series: PlainSeries = { n: {}, sum: {}, sumSq: "0" };
  for (const { cell, value } of values) {
    series.n[cell] = (series.n[cell] ?? 0) + 1;
    series.sum[cell] = (series.sum[cell] ?? 0) + value;
  }
  for (const [cell, sum] of Object.entries(series.sum)) if (sum === 0) delete series.sum[+cell];
  series.sumSq = String(values.reduce((sum, { value }) => sum + BigInt(value) ** 2n, 0n));
  return series;
}

const tallied = (cells: readonly number[]): Record<number, number> =>
  seriesOfValues(cells.map((cell) => ({ cell, value: 0 }))).n;

const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.max(min * 1e6, Math.min(max * 1e6, value));

function ofGeneration(metric: CohortMetric, o: Obs): number | null {
  const [start, stop, first] = [o.start!, o.stop!, o.first];
  const latency = stop >= start ? stop - start : null;
  const ttft = first !== null && first >= start ? first - start : null;
  switch (metric.kind) {
    case "log": {
      const value = { latency, ttft, tin: o.tin, tout: o.tout, ttot: o.ttot }[metric.of];
      return value === null || value === 0 ? null : bin(value);
    }
    case "cost":
      return o.cost === null ? null : Math.min(o.cost, metric.capNanoUsd);
    case "slow":
      return latency === null ? null : bin(latency) > metric.aboveBin ? 1 : 0;
    case "score":
    case "bad":
      return null;
  }
}

function ofScore(metric: CohortMetric, s: Score): number | null {
  if (!("of" in metric) || metric.kind === "log") return null;
  if (!metric.of.includes(`${s.level}:${s.source}:${s.type}:${other(s.name)}`)) return null;
  if (metric.kind === "score") return s.num === null ? null : clamp(s.num, metric);
  return s.cat === null ? null : metric.categories.includes(other(s.cat)) ? 1 : 0;
}

/** What a plan's cohort holds when all of the scope's shards are folded. */
export async function recomputedCohort(scope: Scope, plan: CohortPlan): Promise<PlainCohort> {
  const shards = await Promise.all(scope.shards.map((shard) => rowsOf(shard, scope.tenant)));
  const all = shards.flatMap(({ obs }) => obs).filter(counts);
  const scores = shards.flatMap(({ score }) => score).filter(({ dead }) => dead === 0);

  const cellIn = (o: Obs): number => {
    if (plan.unit === "process") return cellOf(String(Math.floor(o.start! / (3 * MINUTE))));
    return plan.unit === "key" && o.user_cell !== null ? o.user_cell : cellOf(o.trace);
  };
  const arm = (version: number): PlainArm => {
    const mine = (o: Obs): boolean =>
      o.prompt === plan.prompt &&
      o.version === version &&
      o.env === plan.environment &&
      (o.split === null || o.split === plan.split) &&
      (plan.untilUs === null || o.start! < plan.untilUs);
    const since =
      (us: number) =>
      (o: Obs): boolean =>
        mine(o) && o.start! >= us;
    const early = all.filter(since(plan.eventsFromUs));
    const failed = early.filter(({ err }) => err !== 0);
    const judged = scores.flatMap((s): { s: Score; o: Obs }[] => {
      const inTrace = all.filter(({ trace }) => trace === s.owner);
      const of =
        s.level === "O"
          ? inTrace.filter(({ id }) => id === s.obs)
          : s.level === "T"
            ? firstOfVersions(inTrace)
            : [];
      return of.map((o) => ({ s, o }));
    });
    const series = (metric: CohortMetric): PlainSeries => {
      const isEvent = metric.kind === "slow" || metric.kind === "bad";
      const wanted = since(isEvent ? plan.eventsFromUs : plan.fromUs);
      const values = [
        ...all.filter(wanted).map((o) => ({ o, value: ofGeneration(metric, o) })),
        ...judged
          .filter(({ o }) => wanted(o))
          .map(({ s, o }) => ({ o, value: ofScore(metric, s) })),
      ];
      return seriesOfValues(
        values.flatMap(({ o, value }) => (value === null ? [] : [{ cell: cellIn(o), value }])),
      );
    };
    return {
      served: tallied(all.filter(since(plan.fromUs)).map(cellIn)),
      errorMinutes: tallied(failed.map(({ start }) => Math.floor(start! / MINUTE) % 256)),
      errors: seriesOfValues(early.map((o) => ({ cell: cellIn(o), value: o.err }))),
      metrics: Object.fromEntries(plan.metrics.map((metric) => [metric.name, series(metric)])),
    };
  };
  return { control: arm(plan.control), candidate: arm(plan.candidate) };
}

const filled = (cells: Float64Array): Record<number, number> =>
  Object.fromEntries([...cells.entries()].filter(([, amount]) => amount !== 0));

const plainSeries = ({ n, sum, sumSq }: Series): PlainSeries => ({
  n: filled(n),
  sum: filled(sum),
  sumSq: String(sumSq),
});

/** A cohort in the form of `recomputedCohort`. */
export function plainCohort({ plan, ...arms }: Cohort): PlainCohort {
  const plainArm = ({ served, errorMinutes, errors, metrics }: Cohort["control"]): PlainArm => ({
    served: filled(served),
    errorMinutes: filled(errorMinutes),
    errors: plainSeries(errors),
    metrics: Object.fromEntries(
      plan.metrics.map(({ name }, i) => [name, plainSeries(metrics[i]!)]),
    ),
  });
  return { control: plainArm(arms.control), candidate: plainArm(arms.candidate) };
}
