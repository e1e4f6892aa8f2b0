import { fnv1a } from "../../lib/hash.ts";
import type { Level } from "./slots.ts";

export { observationsPath } from "./behind.ts";
export {
  type Cell,
  emptyCell,
  emptyStat,
  mergeCellInto,
  mergeStatInto,
  type Stat,
} from "./cell.ts";
export {
  inUnit,
  isMeasure,
  knownInUnit,
  type Measure,
  MEASURES,
  type Scale,
  SCORE_SCALE,
} from "./measures.ts";
export {
  cover,
  coverInside,
  isLivingAt,
  type Level,
  LIFETIME_DAYS,
  type SlotRange,
  slotOf,
  type Span,
  spanOf,
} from "./slots.ts";

/** Which bucket: one version in one slot of one level, environment and model ("" when unknown). */
export type CellKey = {
  level: Level;
  project: number;
  prompt: string;
  version: number;
  slot: number;
  environment: string;
  model: string;
};

/** A cell key as one text, for maps. */
export const cellId = (key: CellKey): string =>
  JSON.stringify([
    key.level,
    key.project,
    key.prompt,
    key.version,
    key.slot,
    key.environment,
    key.model,
  ]);

/** What a score metric counts. Levels stay apart because their denominators differ. */
export type ScoreMetric = { level: string; source: string; dataType: string; name: string };

/** Longest score name and category, in characters, that has a place of its own. */
const MAX_NAME = 64;
/** A sentence has more words, an id or an instant more digits, than a name that people compare by. */
const MAX_WORDS = 8;
const MAX_DIGITS = 10;
const OTHERS = 16;

const isShort = (name: string): boolean =>
  name.length <= MAX_NAME || Array.from(name).length <= MAX_NAME;

const isLabel = (name: string): boolean =>
  isShort(name) &&
  name.split(/\s+/u).length <= MAX_WORDS &&
  name.replace(/\P{Nd}/gu, "").length <= MAX_DIGITS;

/**
 * Free text and ids would multiply cells: what is longer than 64 characters, or has more than 8
 * words or 10 digits, shares one of 16 places. The rule looks at the text alone, never at what was
 * seen before, so recomputing agrees.
 */
export const boundedName = (name: string): string =>
  isLabel(name) ? name : `(other ${fnv1a(name) % OTHERS})`;

/** The name of a score's metric in a cell. */
export const scoreMetric = ({ level, source, dataType, name }: ScoreMetric): string =>
  `${level}:${source}:${dataType}:${boundedName(name)}`;

/** Reads what `scoreMetric` wrote; undefined for a metric of generations. */
export function parseScoreMetric(metric: string): ScoreMetric | undefined {
  const parts = /^([OTS]):([A-Z]+):([A-Z]+):(.*)$/s.exec(metric);
  if (!parts) return undefined;
  const [, level = "", source = "", dataType = "", name = ""] = parts;
  return { level, source, dataType, name };
}

/** Whether a metric has numbers, and so extremes. */
export function hasNumbers(metric: string): boolean {
  const score = parseScoreMetric(metric);
  return score === undefined || score.dataType === "NUMERIC";
}
