import type { Rollout } from "../../../features/rollouts/contract.ts";
import type { CsvTable } from "../../charts/csv.ts";

/** Evidence of one guardrail at one check, in margins: positive is worse, 1 is the margin. */
export type EvidencePoint = {
  atMs: number;
  /** null: nothing could be said then. */
  estimate: number | null;
  low: number | null;
  high: number | null;
};

/** How far the picture reaches to each side, in margins. */
export const REACH = 2.5;

export type Box = { width: number; height: number };

/** A guardrail's history out of the rollout's. */
export const pointsOf = (history: Rollout["history"], metric: string): EvidencePoint[] =>
  history.flatMap(({ at, guardrails }) => {
    const found = guardrails.find((one) => one.metric === metric);
    if (!found) return [];
    const { inMargins } = found;
    return [
      {
        atMs: Date.parse(at),
        estimate: inMargins?.estimate ?? null,
        low: inMargins?.low ?? null,
        high: inMargins?.high ?? null,
      },
    ];
  });

/** Worse is up. Held at the edges of the picture. */
export const heightOf = (value: number, { height }: Box): number =>
  ((REACH - Math.max(-REACH, Math.min(REACH, value))) / (2 * REACH)) * height;

type Known = { atMs: number; estimate: number; low: number; high: number };

/** Stretches without a gap. An end without a bound reaches to the edge. */
function stretches(points: readonly EvidencePoint[]): Known[][] {
  const all: Known[][] = [];
  let open: Known[] | undefined;
  for (const { atMs, estimate, low, high } of points) {
    if (estimate === null) {
      open = undefined;
      continue;
    }
    if (!open) all.push((open = []));
    open.push({ atMs, estimate, low: low ?? -REACH, high: high ?? REACH });
  }
  return all;
}

const round = (value: number): string => value.toFixed(1);

/** SVG paths of the estimate and of its interval over time; empty where nothing is known. */
export function evidencePaths(
  points: readonly EvidencePoint[],
  box: Box,
): { band: string; line: string } {
  const [first, last] = [points[0]?.atMs ?? 0, points.at(-1)?.atMs ?? 0];
  const x = (atMs: number): number =>
    last > first ? ((atMs - first) / (last - first)) * box.width : box.width;
  const place = (atMs: number, value: number): string =>
    `${round(x(atMs))},${round(heightOf(value, box))}`;
  const known = stretches(points);
  const line = known
    .map((run) => `M${run.map(({ atMs, estimate }) => place(atMs, estimate)).join("L")}`)
    .join("");
  const band = known
    .map((run) => {
      const upper = run.map(({ atMs, high }) => place(atMs, high));
      const lower = run.toReversed().map(({ atMs, low }) => place(atMs, low));
      return `M${[...upper, ...lower].join("L")}Z`;
    })
    .join("");
  return { band, line };
}

/** The history of one guardrail with every number, for a file. */
export const evidenceTable = (history: Rollout["history"], metric: string): CsvTable => ({
  columns: ["at", "stage", "n", "estimate", "low", "high", "lnHarm", "lnSafe"],
  rows: history.flatMap(({ at, stage, guardrails }) =>
    guardrails
      .filter((one) => one.metric === metric)
      .map(({ n, estimate, interval, lnHarm, lnSafe }) => [
        at,
        stage + 1,
        n,
        estimate,
        interval?.low,
        interval?.high,
        lnHarm,
        lnSafe,
      ]),
  ),
});
