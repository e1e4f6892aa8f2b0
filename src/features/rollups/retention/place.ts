/** What a day's walk goes through, one after the other. */
export const STAGES = ["obs", "trace", "score", "fiveMinutes", "hours", "objects"] as const;
export type Stage = (typeof STAGES)[number];

/** How far the walk of a day (UTC) has come in a shard; `after` is the key last looked at. */
export type Place = { day: string; stage: Stage | "done"; after: unknown[] };

export const beginOf = (day: string): Place => ({ day, stage: STAGES[0], after: [] });

/** The stored place, or the beginning of a new day's walk. */
export function placeOn(day: string, stored: string | null): Place {
  const place = stored === null ? undefined : (JSON.parse(stored) as Place);
  return place?.day === day ? place : beginOf(day);
}

/** @param after where this stage goes on; undefined when it is through */
export function goOn({ day, stage }: Place, after: unknown[] | undefined): Place {
  if (stage === "done" || after) return { day, stage, after: after ?? [] };
  return { day, stage: STAGES[STAGES.indexOf(stage) + 1] ?? "done", after: [] };
}
