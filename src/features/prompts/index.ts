export { findPrompt, notFound, requirePrompt } from "./actions.ts";
export {
  askAgain,
  askedSince,
  askMissing,
  type Claim,
  claimDocuments,
  forgetPublished,
  nextDueMs,
  postponeDocument,
  settleDocument,
} from "./outbox/store.ts";
export { readVersion, readVersions } from "./store.ts";
