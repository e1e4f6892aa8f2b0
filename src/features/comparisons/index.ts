export { readComparison } from "./actions.ts";
