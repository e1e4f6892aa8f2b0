export { accept, readPayload } from "./accept/actions.ts";
export { applyRows, consume } from "./consumer/actions.ts";
export { consumeDead, consumeQueue, ingestJobs } from "./consumer/jobs.ts";
