export {
  type CellsWanted,
  type KnownPrompt,
  readGroupedCells,
  readMetrics,
  requireKnown,
} from "./metrics/actions.ts";
export { NEVER, usesEver } from "./metrics/store.ts";
export { readTimeseries } from "./timeseries/actions.ts";
