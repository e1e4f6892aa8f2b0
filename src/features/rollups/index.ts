export {
  type CellsWanted,
  type KnownPrompt,
  readGroupedCells,
  requireKnown,
} from "./metrics/actions.ts";
export { NEVER, usesEver } from "./metrics/store.ts";
