import type { ExpectStatic } from "vitest";

import { decodeCell } from "../../../src/features/rollups/cell-text.ts";
import { foldOnce } from "../../../src/features/rollups/fold/actions.ts";
import { settleOnce } from "../../../src/features/rollups/settle/actions.ts";
import { isLiving } from "../../../src/features/rollups/slots.ts";
import { closedAt } from "../../../src/features/rollups/store.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { placeOf, type PlainCell, type PlainCells, recomputed } from "./oracle.ts";

type Row = {
  level: number;
  prompt: string;
  version: number;
  slot: number;
  env: string;
  model: string;
  data: string;
};

function plain(data: string): PlainCell {
  const { n, errors, minutes, metrics } = decodeCell(data);
  const stats = [...metrics].map(([metric, stat]) => [
    metric,
    {
      n: stat.n,
      sum: String(stat.sum),
      sumSq: String(stat.sumSq),
      min: stat.min,
      max: stat.max,
      bins: Object.fromEntries(stat.sketch.bins),
      values: stat.sketch.values ? Object.fromEntries(stat.sketch.values) : null,
      categories: Object.fromEntries(stat.categories),
    },
  ]);
  return { n, errors, minutes, metrics: Object.fromEntries(stats) as PlainCell["metrics"] };
}

/** The buckets that each shard has. */
export const stored = ({ shards, tenant }: Scope): Promise<PlainCells[]> =>
  Promise.all(
    shards.map(async (shard) => {
      const { results } = await shard
        .prepare("SELECT * FROM bucket WHERE project = ?1")
        .bind(tenant)
        .all<Row>();
      return new Map(
        results.map(({ level, prompt, version, slot, env, model, data }) => [
          [level, prompt, version, slot, env, model].join("/"),
          plain(data),
        ]),
      );
    }),
  );

/** When a project's rows begin to be all there, in every shard. */
export async function closedUs({ shards, tenant }: Scope): Promise<number> {
  const closed = await Promise.all(shards.map((shard) => closedAt(shard, [tenant])));
  return Math.max(...closed.map((of) => of.get(tenant) ?? -Infinity));
}

/** Folds and settles until nothing is left to do. */
export async function untilQuiet({ shards, now }: Scope): Promise<void> {
  for (let busy = true; busy;) {
    busy = false;
    for (const shard of shards) {
      const { sessions } = await settleOnce(shard, shards);
      const folded = await foldOnce(shard, { shards, now });
      busy ||= sessions > 0 || folded !== undefined;
    }
  }
}

/** Expects every open, living bucket to be what its rows say. @returns how many were compared */
export async function expectExact(expect: ExpectStatic, scope: Scope): Promise<number> {
  const nowUs = scope.now.getTime() * 1000;
  const closed = await closedUs(scope);
  const isCompared = (key: string): boolean => {
    const { level, slot, fromUs } = placeOf(key);
    return fromUs >= closed && isLiving(level, slot, nowUs);
  };
  const open = (cells: PlainCells): Record<string, PlainCell> =>
    Object.fromEntries([...cells].filter(([key]) => isCompared(key)));
  const found = (await stored(scope)).map(open);
  const wanted = (await recomputed(scope, closed)).map(open);
  expect(found).toEqual(wanted);
  return found.reduce((sum, cells) => sum + Object.keys(cells).length, 0);
}
