import { fnv1a } from "../../lib/hash.ts";
import { commonEffect, type DesignEffect, designEffect } from "../../lib/stats/design-effect.ts";
import { momentsOf, varianceOfMean } from "../../lib/stats/moments.ts";

/** A generation of whom it is known who asked. */
export type UserGeneration = { user: string; latencyUs: number | null; failed: boolean };

const CELLS = 256;

type Value = { user: string; value: number };

/** Design effect of a mean: users always fall into the same cell. */
function effectOf(values: readonly Value[]): DesignEffect {
  const [n, sum] = [new Float64Array(CELLS), new Float64Array(CELLS)];
  for (const { user, value } of values) {
    const cell = fnv1a(user) % CELLS;
    n[cell] = (n[cell] ?? 0) + 1;
    sum[cell] = (sum[cell] ?? 0) + value;
  }
  const independent = values.length > 1 ? varianceOfMean(momentsOf(values.map((v) => v.value))) : 0;
  return designEffect({ n, sum }, independent);
}

const latencies = (arm: readonly UserGeneration[]): Value[] =>
  arm.flatMap(({ user, latencyUs }) =>
    latencyUs !== null && latencyUs > 0 ? [{ user, value: Math.log(latencyUs) }] : [],
  );

const failures = (arm: readonly UserGeneration[]): Value[] =>
  arm.map(({ user, failed }) => ({ user, value: failed ? 1 : 0 }));

/**
 * How much generations of one user resemble each other: the greatest design effect of latency and
 * failure in either arm; null when nobody says who the users are.
 */
export function usersEffect(arms: readonly (readonly UserGeneration[])[]): DesignEffect | null {
  if (arms.some((arm) => arm.length === 0)) return null;
  return commonEffect(arms.flatMap((arm) => [effectOf(latencies(arm)), effectOf(failures(arm))]));
}
