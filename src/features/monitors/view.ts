import type { Monitor } from "./contract.ts";
import { BUILT_IN, type Phase } from "./model.ts";
import { isMuted } from "./mute.ts";
import { phaseOf } from "./rules/evaluate.ts";
import type { MonitorRow, WatchRow } from "./store.ts";

/** From the most serious. */
const ORDER: Phase[] = ["firing", "pending", "no data", "learning", "resolved", "ok"];

const iso = (ms: number): string => new Date(ms).toISOString();

/** What a thing is in; a person may have ended its incident since the last window. */
const shownPhase = ({ memory, incidentState }: WatchRow): Phase =>
  incidentState === "resolved" ? "resolved" : phaseOf(memory);

/** @param watches of this monitor */
export function monitorView(row: MonitorRow, watches: readonly WatchRow[], now: Date): Monitor {
  const states = watches.map((watch) => ({
    version: watch.version,
    deployment: watch.deployment,
    phase: shownPhase(watch),
    since: iso(watch.memory.since),
    windowEnd: iso(watch.memory.lastAt),
    incident: watch.incidentState === "resolved" ? null : watch.incident,
  }));
  const phases = new Set(states.map(({ phase }) => phase));
  const { mute } = row;
  return {
    ...row.rule,
    enabled: row.enabled,
    id: row.id,
    builtIn: row.id === BUILT_IN,
    phase: ORDER.find((phase) => phases.has(phase)) ?? null,
    states,
    muted: isMuted(mute, now.getTime())
      ? {
          until: mute?.untilMs === null || mute === null ? null : iso(mute.untilMs),
          reason: mute?.reason ?? null,
        }
      : null,
    evaluatedTo: iso(row.evaluatedTo),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
