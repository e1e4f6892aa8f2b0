import type { RolloutState, RolloutUnit } from "../../../features/rollouts/model.ts";

export const STATE_COLOURS: Record<RolloutState, string> = {
  warming: "blue",
  running: "blue",
  paused: "gray",
  held: "orange",
  promoted: "green",
  rolled_back: "red",
  inconclusive: "orange",
  aborted: "gray",
};

export const UNIT_NAMES: Record<RolloutUnit, string> = {
  process: "Process: an SDK that caches",
  request: "Request: no cache, or the helper",
  key: "Targeting key: sticky per user",
};

const GUARDRAIL_NAMES: Record<string, string> = {
  latencyMs: "Latency",
  slowShare: "Slow generations",
  costUsd: "Cost",
  errors: "Errors",
  timeToFirstTokenMs: "Time to first token",
  outputTokens: "Output tokens",
};

/** A guardrail as people call it; a score by its own name. */
export const guardrailName = (metric: string): string =>
  GUARDRAIL_NAMES[metric] ?? metric.replace(/^score:/, "Score ");
