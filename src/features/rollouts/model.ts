/** The rules by which a rollout is decided. A change of any rule, limit or default is a new number. */
export const METHOD_VERSION = "rollout/1";

/** What a split is drawn for: a request, a targeting key, or a process that keeps what it fetched. */
export const ROLLOUT_UNITS = ["request", "key", "process"] as const;
export type RolloutUnit = (typeof ROLLOUT_UNITS)[number];

/**
 * `warming`: too early to prove safety, but bad events act. `held`: nothing goes forward until data
 * come again, or a person resumes. The last four, but for `inconclusive` held by policy, are over.
 */
export const ROLLOUT_STATES = [
  "warming",
  "running",
  "paused",
  "held",
  "promoted",
  "rolled_back",
  "inconclusive",
  "aborted",
] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

export const ON_INCONCLUSIVE = ["hold", "promote", "roll_back"] as const;
/** What to do when the time is over and safety is not proven. */
export type OnInconclusive = (typeof ON_INCONCLUSIVE)[number];

/** Guardrails of generations; scores are `score:<name>`. */
export const GENERATION_GUARDRAILS = [
  "latencyMs",
  "slowShare",
  "costUsd",
  "errors",
  "timeToFirstTokenMs",
  "outputTokens",
] as const;

const SCORE_PREFIX = "score:";

/** The score that a guardrail watches; undefined for one of generations. */
export const scoreOf = (metric: string): string | undefined =>
  metric.startsWith(SCORE_PREFIX) && metric.length > SCORE_PREFIX.length
    ? metric.slice(SCORE_PREFIX.length)
    : undefined;

export const scoreGuardrail = (name: string): string => `${SCORE_PREFIX}${name}`;

/** Guardrails whose margin is a ratio: 1 or less tolerates nothing. */
export const RATIO_GUARDRAILS: ReadonlySet<string> = new Set([
  "latencyMs",
  "timeToFirstTokenMs",
  "outputTokens",
  "errors",
  "slowShare",
]);
