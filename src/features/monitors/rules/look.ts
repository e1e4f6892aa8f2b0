import type { Interval } from "../../../lib/stats/interval.ts";
import type { Evidence } from "../../../lib/stats/threshold.ts";
import type { Evidence as Told } from "../incidents/contract.ts";
import type { Severity } from "../model.ts";

/** One thing that a monitor watches. */
export type Watch = {
  /** `v3`, a deployment's id, or `all`. */
  key: string;
  prompt: string | null;
  label: string | null;
  version: number | null;
  deployment: string | null;
  /** It is watched only while it has traffic: one of all versions of a prompt. */
  isOptional: boolean;
};

/** A stretch of time that is judged, in milliseconds since 1970; `to` exclusive. */
export type Window = { from: number; to: number };

/** What is drawn of a window; unknown is null. */
export type Point = {
  n: number;
  value: number | null;
  interval: Interval | null;
  /** What the value was held against. */
  limit: number | null;
};

export type Finding = Told["findings"][number];

/** The window in words and numbers, for an incident: worked out only where there is one. */
export type Account = { summary: string; findings: Finding[]; inputs: Record<string, unknown> };

/** What one window says of one thing. */
export type Look = {
  window: Window;
  /** null: too few values. */
  evidence: Evidence | null;
  /** Too little history to be judged: neither data nor their absence. */
  isLearning: boolean;
  /** null: as the rule says. */
  severity: Severity | null;
  point: Point;
  account: () => Account;
  /**
   * Of a deployment: which look it is, in hours after it, and whether it is the last. An echo says
   * nothing new, but that the deployment still stands.
   */
  deployment?: { hours: number | null; isLast: boolean; isEcho: boolean };
  /** Of a budget: where it stands. */
  budget?: { periodMs: number; spent: number; limit: number; remaining: readonly number[] };
};

export type Seen = { at: number; looks: { watch: Watch; look: Look }[] };
