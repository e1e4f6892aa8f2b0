export { findPrompt, notFound, requirePrompt } from "./actions.ts";
export { type LedgerRow, newestDeployments } from "./history/store.ts";
export { promptNames, promptsDeployed } from "./names/store.ts";
export { readDiff } from "./diff/actions.ts";
export { moveLabel, rollBackLabel } from "./labels/actions.ts";
export { labelHistory, labelsAt } from "./ledger/store.ts";
export {
  askAgain,
  askDrifted,
  askedSince,
  askMissing,
  type Claim,
  claimDocuments,
  forgetPublished,
  nextDueMs,
  pendingDocuments,
  postponeDocument,
  settleDocument,
} from "./outbox/store.ts";
export { requireMovable } from "./protection/actions.ts";
export { readVersion, readVersions } from "./reads/actions.ts";
export { readStored } from "./reads/store.ts";
export { endSplit, findSplit, putSplit, rangesOf } from "./splits/actions.ts";
export { concludeSplit, readServed, type Served, steerSplit } from "./splits/steering/actions.ts";
export { listSplits } from "./splits/store.ts";
export {
  type DocumentPlace,
  documentsAfter,
  existingDocuments,
  FIRST_DOCUMENT,
  labelled,
  longNames,
  type ProjectDocument,
} from "./documents/store.ts";
