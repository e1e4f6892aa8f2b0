import type { Preview } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { type TimeChart, type Row } from "../../charts/chart.ts";
import type { CsvTable } from "../../charts/csv.ts";
import { lookAt } from "../../charts/look.ts";
import type { Unit } from "../../charts/units.ts";

export type PreviewAnswer = Answer<typeof Preview>;
export type Seen = PreviewAnswer["series"][number];

const UNITS: Record<string, Unit> = {
  ms: "ms",
  USD: "USD",
  tokens: "tokens",
  generations: "generations",
  "generations/min": "generations/min",
  share: "share",
};
export const unitOf = (unit: string): Unit => UNITS[unit] ?? "score";

/** What a thing that is watched is called. */
export const nameOf = ({ version, deployment }: Seen): string => {
  if (deployment !== null) return `deployment ${deployment}`;
  return version === null ? "all versions" : `v${version}`;
};

/** The values that a monitor would have seen, with their intervals, and its limit. */
export function previewChart(seen: Seen, { from, to, firings }: PreviewAnswer): TimeChart {
  const { points, unit } = seen;
  const rows: Row[] = points.map(({ at, n, value, low, high, limit }) => ({
    at: Date.parse(at),
    value,
    range: low === null || high === null ? null : [low, high],
    limit,
    n,
  }));
  const [first, second] = rows;
  return {
    rows,
    lines: [
      {
        key: "value",
        name: "value",
        look: lookAt(0),
        as: "line",
        range: "range",
        sizes: "n",
      },
      { key: "limit", name: "limit", look: lookAt(4), as: "line" },
    ],
    unit: unitOf(unit),
    stepMs: first && second ? second.at - first.at : 3_600_000,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    n: points.reduce((sum, point) => sum + point.n, 0),
    marks: firings
      .filter(
        ({ version, deployment }) => version === seen.version && deployment === seen.deployment,
      )
      .map(({ openedAt, summary }) => ({
        atMs: Date.parse(openedAt),
        short: "fires",
        says: [summary],
      })),
  };
}

export const previewTable = ({ points }: Seen): CsvTable => ({
  columns: ["at", "n", "value", "low", "high", "limit", "phase"],
  rows: points.map(({ at, n, value, low, high, limit, phase }) => [
    at,
    n,
    value,
    low,
    high,
    limit,
    phase,
  ]),
});
