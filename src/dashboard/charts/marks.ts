import type { TimeseriesEvent } from "../../features/rollups/timeseries/contract.ts";
import type { Mark } from "./chart.ts";

/** Moved with every new version: it would hide what people deployed. */
const LATEST = "latest";

/** production: v1 to v3 */
export function moveText({ label, from, to, kind }: TimeseriesEvent): string {
  if (kind === "split") return `${label}: split changed`;
  if (kind === "dependency") return `${label}: a prompt it refers to changed`;
  if (to === null) return `${label}: removed from v${from}`;
  return from === null ? `${label}: v${to}` : `${label}: v${from} to v${to}`;
}

const sentenceOf = (event: TimeseriesEvent): string =>
  event.reason === null ? moveText(event) : `${moveText(event)} (${event.reason})`;

/**
 * Deployments as marks at the steps that they fall into; those of one step share a mark.
 *
 * @param ats starts of the steps, ascending
 */
export function marksOf(
  events: readonly TimeseriesEvent[],
  ats: readonly number[],
  stepMs: number,
): Mark[] {
  const bySteps = new Map<number, TimeseriesEvent[]>();
  const moves = events
    .filter(({ label }) => label !== LATEST)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  for (const event of moves) {
    const ms = Date.parse(event.at);
    const atMs = ats.findLast((at) => at <= ms);
    if (atMs === undefined || ms >= atMs + stepMs) continue;
    bySteps.set(atMs, [...(bySteps.get(atMs) ?? []), event]);
  }
  return [...bySteps].map(([atMs, events]) => ({
    atMs,
    says: events.map(sentenceOf),
  }));
}
