import { encodeCursor, type Place } from "../../../../lib/cursor.ts";

/** A generation's place in the list: newest start first, then by trace and id, downwards. */
export type Key = { startUs: number; trace: string; id: string };

/** Ids hold no NUL, so one separates them. */
const SEPARATOR = "\u0000";

export const cursorOf = ({ startUs, trace, id }: Key): string =>
  encodeCursor({ timestampUs: startUs, id: `${trace}${SEPARATOR}${id}` });

/** The place that a cursor says; what another list made is no place here. */
export function keyOf({ timestampUs, id }: Place): Key | undefined {
  const [trace, own, ...more] = id.split(SEPARATOR);
  if (trace === undefined || own === undefined || more.length > 0) return undefined;
  return { startUs: timestampUs, trace, id: own };
}

/** Negative when `a` comes first. */
export function byNewest(a: Key, b: Key): number {
  if (a.startUs !== b.startUs) return b.startUs - a.startUs;
  if (a.trace !== b.trace) return a.trace > b.trace ? -1 : 1;
  return a.id === b.id ? 0 : a.id > b.id ? -1 : 1;
}

/** The newest keys of one prompt version in one shard; `isCut`: there are more after the last. */
export type Run = { keys: Key[]; isCut: boolean };

/**
 * The keys of all runs in one order, as far as it is complete: a run that was cut may hold keys
 * that belong before another's, but only after its own last one.
 *
 * @param limit longest list
 * @returns the keys, and whether there are more
 */
export function mergeRuns(runs: readonly Run[], limit: number): { keys: Key[]; isCut: boolean } {
  let edge: Key | undefined;
  for (const { keys, isCut } of runs) {
    const last = isCut ? keys.at(-1) : undefined;
    if (last && (!edge || byNewest(last, edge) < 0)) edge = last;
  }
  const all = runs.flatMap(({ keys }) => keys).sort(byNewest);
  const complete = edge ? all.filter((key) => byNewest(key, edge) <= 0) : all;
  return { keys: complete.slice(0, limit), isCut: edge !== undefined || complete.length > limit };
}
