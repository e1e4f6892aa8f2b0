export { accept, readPayload } from "./accept/actions.ts";
export { consume } from "./consumer/actions.ts";
export { consumeDead, consumeQueue, ingestJobs, takeIn } from "./consumer/jobs.ts";
export {
  COUNTED,
  type ExtremesItem,
  type GenerationItem,
  type Item,
  NAMED_FIRST,
  RANGE_EXTREMES,
  RANGE_ITEMS,
  type ScoreItem,
  VERSION_MET,
} from "./images.ts";
export { newestCalls } from "./reads/calls/store.ts";
export { shardIndex } from "./shard.ts";
