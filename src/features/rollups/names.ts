/** What a score and a category are called in a bucket. The rule is said where scores are. */
export { boundedName, sharedPlace } from "../scores/model.ts";
