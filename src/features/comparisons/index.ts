export { openTestOn } from "./ab/actions.ts";
export { readComparison } from "./actions.ts";
export { comparedMetrics, inputOf } from "./metrics.ts";
export { beforeAfterOfMeans, type BeforeAfterOutcome, hourOf } from "./history.ts";
export { marginsOf } from "./margins/actions.ts";
