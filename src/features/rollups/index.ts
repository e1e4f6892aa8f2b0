export { keepCohorts, readCohorts } from "./cohorts/actions.ts";
export {
  type KnownPrompt,
  readGroupedCells,
  readMetrics,
  requireKnown,
} from "./metrics/actions.ts";
export { usesEver, versionsWithTraffic } from "./metrics/store.ts";
export { readTotals } from "./totals/store.ts";
export { type UsedVersion, versionsUsedOn } from "./traffic/store.ts";
