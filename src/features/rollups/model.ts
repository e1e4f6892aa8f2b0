import { boundedName } from "./names.ts";
import type { Level } from "./slots.ts";

export { observationsPath } from "./behind.ts";
export { decodeCell, encodeCell } from "./cell-text.ts";
export {
  type Cell,
  emptyCell,
  emptyStat,
  mergeCellInto,
  mergeStatInto,
  type Stat,
} from "./cell.ts";
export { type Arm, type Cohort, emptyCohort, type Series } from "./cohorts/cohort.ts";
export {
  cellsOfSeries,
  countsOf,
  errorCountOf,
  momentsOfSeries,
  type SeriesCells,
  totalOfCells,
} from "./cohorts/evidence.ts";
export { type CohortMetric, type CohortPlan, type LogMeasure } from "./cohorts/plan.ts";
export {
  isMeasure,
  type Measure,
  MEASURES,
  type Occurrence,
  occurrencesOf,
  SCORE_SCALE,
} from "./measures.ts";
export { boundedName } from "./names.ts";
export {
  cover,
  coverInside,
  isLivingAt,
  type Level,
  LIFETIME_DAYS,
  type SlotRange,
  slotOf,
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
