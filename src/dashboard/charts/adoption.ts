import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import { mergeRows, type TimeChart } from "./chart.ts";
import { lookOf } from "./look.ts";

export type AdoptedDeployment = Adoption["deployments"][number];

/** More steps than this would be thinner than the gaps between them. */
const MOST_STEPS = 48;

type AdoptionPoint = AdoptedDeployment["points"][number];
type Step = { at: number; n: number; counts: Map<number, number> };

/** Neighbouring points as one step: a share is of all their generations together. */
function stepsOf(points: readonly AdoptionPoint[], perStep: number): Step[] {
  const steps: Step[] = [];
  for (const [place, { at, n, shares }] of points.entries()) {
    const isFirst = place % perStep === 0;
    const step = (isFirst ? undefined : steps.at(-1)) ?? {
      at: Date.parse(at),
      n: 0,
      counts: new Map(),
    };
    if (isFirst) steps.push(step);
    step.n += n;
    for (const [version, share] of Object.entries(shares ?? {})) {
      // A share of n is a whole number of generations.
      const count = Math.round(share * n);
      step.counts.set(Number(version), (step.counts.get(Number(version)) ?? 0) + count);
    }
  }
  return steps;
}

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
  const perStep = Math.max(1, Math.ceil(points.length / MOST_STEPS));
  const steps = stepsOf(points, perStep);
  const versions = [...new Set(steps.flatMap(({ counts }) => [...counts.keys()]))].sort(
    (a, b) => a - b,
  );
  const series = versions.map((version) => ({
    key: `v${version}`,
    points: steps.map(({ at, n, counts }) => {
      const own = counts.get(version) ?? 0;
      return {
        at,
        fields: { [`v${version}`]: n === 0 ? null : own / n, [`v${version}_n`]: own },
      };
    }),
  }));
  const rows = mergeRows(series);
  const first = rows[0]?.at;
  const moved = to === null ? "removed" : `v${to}`;
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
    stepMs: perStep * stepSeconds * 1000,
    fromMs: Date.parse(at),
    toMs: Date.parse(until),
    n: count,
    marks:
      first === undefined
        ? []
        : [{ atMs: first, says: [from === null ? moved : `v${from} to ${moved}`] }],
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
