export {
  type KnownPrompt,
  readGroupedCells,
  readMetrics,
  requireKnown,
} from "./metrics/actions.ts";
export { usesEver } from "./metrics/store.ts";
export { versionsUsedOn } from "./traffic/store.ts";
