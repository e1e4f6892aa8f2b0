export { readComparison } from "./actions.ts";
export { comparedMetrics, inputOf } from "./metrics.ts";
