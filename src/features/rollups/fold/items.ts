import { binOf } from "../../../lib/sketch/sketch.ts";
import type { GenerationItem, Item, ScoreItem } from "../../ingest/index.ts";
import { type Counted, type Metric, METRICS } from "../cell.ts";
import { scoreMetric } from "../model.ts";
import { boundedName } from "../names.ts";

/** An item that counts somewhere. */
export type Amount = GenerationItem | ScoreItem;

/** What one item adds to one metric: a number, a category, or itself. */
export type Part =
  | ({ metric: string } & Counted)
  | { metric: string; category: string }
  | { metric: string };

/** Numbers past 2^53 are no longer exact; they count as the largest that is. */
export const exactly = (value: number): number =>
  Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)));

/** Item positions: kind, project, prompt, version, start, environment, model, failed, measures. */
const START = 4;
const FIRST_MEASURE = 8;

/** What a generation measures; null when unknown. */
export function measureOf(item: GenerationItem, metric: Exclude<Metric, "at">): number | null {
  const value = item[FIRST_MEASURE + METRICS.indexOf(metric) - 1] as number | null;
  return value === null ? null : exactly(value);
}

export const hasFailed = (item: GenerationItem): boolean => item[7] === 1;

function generationParts(item: GenerationItem): Part[] {
  const parts: Part[] = [];
  METRICS.forEach((metric, i) => {
    const value = i === 0 ? item[START] : (item[FIRST_MEASURE + i - 1] as number | null);
    if (value === null) return;
    const exact = exactly(value);
    const bin = metric === "at" ? null : binOf(exact);
    parts.push({ metric, value: exact, bin, isScore: false });
  });
  return parts;
}

function scoreParts(item: ScoreItem): Part[] {
  const [, , , , , , , level, source, dataType, name, value, category] = item;
  const metric = scoreMetric({ level, source, dataType, name });
  if (dataType === "NUMERIC") {
    if (value === null) return [];
    const exact = exactly(value);
    return [{ metric, value: exact, bin: binOf(exact), isScore: true }];
  }
  if (dataType !== "BOOLEAN" && dataType !== "CATEGORICAL") return [{ metric }];
  return category === null ? [] : [{ metric, category: boundedName(category) }];
}

export const partsOf = (item: Amount): Part[] =>
  item[0] === "G" ? generationParts(item) : scoreParts(item);

/** What one log row changes: amounts to take out, then amounts to add; and sessions it may concern. */
export type NetChange = {
  removed: Amount[];
  added: Amount[];
  sessions: [project: number, session: string][];
};

/** Items that the others lack, as a multiset. */
function without(items: readonly Item[], others: readonly Item[]): readonly Item[] {
  if (others.length === 0) return items;
  const counts = new Map<string, number>();
  for (const other of others) {
    const text = JSON.stringify(other);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return items.filter((item) => {
    const text = JSON.stringify(item);
    const count = counts.get(text) ?? 0;
    if (count > 0) counts.set(text, count - 1);
    return count === 0;
  });
}

/**
 * What is left of a log row when items that are in both images are dropped. Only within one row:
 * across rows, a value that went and came back would be lost to a look-up that saw the rows in
 * between.
 */
export function net(before: readonly Item[], after: readonly Item[]): NetChange {
  const removed = without(before, after);
  const added = without(after, before);
  // A session's scores move when its traces do, or when generations in them change.
  const isSessionMoved = [...removed, ...added].some(([kind]) => kind !== "S");
  return {
    removed: removed.filter(isAmount),
    added: added.filter(isAmount),
    sessions: isSessionMoved ? sessionsIn([...before, ...after]) : [],
  };
}

const isAmount = (item: Item): item is Amount => item[0] !== "Z";

function sessionsIn(items: readonly Item[]): [project: number, session: string][] {
  const sessions = new Map<string, [number, string]>();
  for (const item of items) {
    if (item[0] === "Z") sessions.set(`${item[1]}/${item[2]}`, [item[1], item[2]]);
  }
  return [...sessions.values()];
}
