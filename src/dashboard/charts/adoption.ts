import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import { mergeRows, type TimeChart } from "./chart.ts";
import { lookOf } from "./look.ts";

export type AdoptedDeployment = Adoption["deployments"][number];

/** Who used which version after a deployment: shares on each other; steps without traffic are gaps. */
export function adoptionChart({
  at,
  until,
  from,
  to,
  points,
  stepSeconds,
  count,
}: AdoptedDeployment): TimeChart {
  const versions = [...new Set(points.flatMap(({ shares }) => Object.keys(shares ?? {})))]
    .map(Number)
    .sort((a, b) => a - b);
  const moved = `v${to ?? "–"}`;
  const series = versions.map((version) => ({
    key: `v${version}`,
    points: points.map((point) => ({
      at: Date.parse(point.at),
      fields: {
        [`v${version}`]: point.shares ? (point.shares[version] ?? 0) : null,
        [`v${version}_n`]: point.n,
      },
    })),
  }));
  const rows = mergeRows(series);
  const first = rows[0]?.at;
  return {
    rows,
    lines: versions.map((version) => ({
      key: `v${version}`,
      name: `v${version}`,
      look: lookOf(version),
      as: "bar",
      stack: "shares",
      sizes: `v${version}_n`,
    })),
    unit: "share",
    stepMs: stepSeconds * 1000,
    fromMs: Date.parse(at),
    toMs: Date.parse(until),
    n: count,
    marks:
      first === undefined
        ? []
        : [{ atMs: first, short: moved, says: [from === null ? moved : `v${from} to ${moved}`] }],
  };
}

/** How long until a share of a stretch used the new version: "50 % after 12 min". */
export const reachedText = (
  { p50, p90, p99 }: AdoptedDeployment["timeToShare"],
  text: (seconds: number) => string,
): string[] =>
  (
    [
      ["50 %", p50],
      ["90 %", p90],
      ["99 %", p99],
    ] as const
  ).map(([share, seconds]) =>
    seconds === null ? `${share} not reached yet` : `${share} after ${text(seconds)}`,
  );
