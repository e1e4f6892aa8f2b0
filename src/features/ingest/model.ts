/**
 * The words every wire is turned into. An adapter yields patches; patches of one thing merge in
 * any order into the same row.
 */

export const OBSERVATION_TYPES = [
  "SPAN",
  "GENERATION",
  "EVENT",
  "EMBEDDING",
  "AGENT",
  "TOOL",
  "CHAIN",
  "RETRIEVER",
  "EVALUATOR",
  "GUARDRAIL",
] as const;
export type ObservationType = (typeof OBSERVATION_TYPES)[number];

export const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Orders what events say of one field: updates after creates, then by time, then by event id.
 * Comparing two clocks is comparing strings.
 */
export type Clock = string;

/** @param timeMs milliseconds since 1970, the event's own time @param eventId makes ties impossible */
export const clockOf = (isUpdate: boolean, timeMs: number, eventId: string): Clock =>
  `${isUpdate ? 1 : 0}${String(Math.max(0, Math.trunc(timeMs))).padStart(14, "0")}${eventId}`;

/*
 * What a row's and a bucket's version says beside the version of a prompt, which is 1 and up.
 * A version that was found through a label stands apart from one that the generation named: so
 * what judges, rolls out and adopts, and asks for version 3, never counts a guess.
 */

/** The app used its own fallback text. */
export const FALLBACK_VERSION = 0;
/** A label was named that pointed at no single version when the generation began. */
export const UNRESOLVED_VERSION = -1;
/** The version as it is kept when a label led to it: -2 for version 1, -3 for version 2. */
export const throughLabel = (version: number): number => UNRESOLVED_VERSION - version;
/** The prompt's version behind a stored one, named or found through a label; null for none. */
export function promptVersionOf(stored: number): number | null {
  if (stored > FALLBACK_VERSION) return stored;
  return stored < UNRESOLVED_VERSION ? UNRESOLVED_VERSION - stored : null;
}

/** JSON as it came from a client. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a person wrote or a model said: kept in R2, never in D1. An absent field is not said. */
export type Payload = {
  input?: Json;
  output?: Json;
  metadata?: Record<string, Json>;
};

/**
 * What one event says of one observation. Absent is "not said" and erases nothing.
 * Times are integer microseconds since 1970.
 */
export type ObservationPatch = {
  id: string;
  /** null: the event did not say; the consumer asks every shard. */
  traceId: string | null;
  clock: Clock;
  type?: ObservationType;
  name?: string;
  parentId?: string;
  startUs?: number;
  endUs?: number;
  firstTokenUs?: number;
  environment?: string;
  version?: string;
  level?: Level;
  statusMessage?: string;
  model?: string;
  /** Who serves the model, as the client names it: `openai`, `aws.bedrock`. */
  provider?: string;
  modelParameters?: Record<string, Json>;
  /** Token counts by kind, already normalised by `normaliseUsage`: `input`, `output`, `total`, details. */
  usage?: Record<string, number>;
  /** Costs in USD that the client gave: `input`, `output`, `total`, others. */
  cost?: Record<string, number>;
  promptName?: string;
  /** 1 and up. */
  promptVersion?: number;
  /** A version said as something other than a number or `vN`, most likely a label. */
  promptLabel?: string;
  /** The app used its own fallback text for `promptName`. */
  promptFallback?: boolean;
  /** Id of the split that chose the version, as our helpers say it. */
  split?: string;
  /** Cell of the user, else of the session, that the event names: whom a sticky split is drawn for. */
  userCell?: number;
  /** `name/version` of the SDK that sent it. */
  sdk?: string;
  /** The machine it ran on, where the process says so. */
  host?: string;
  deleted?: true;
} & Payload;

export type TracePatch = {
  id: string;
  clock: Clock;
  timestampUs?: number;
  name?: string;
  userId?: string;
  sessionId?: string;
  tags?: string[];
  release?: string;
  version?: string;
  public?: boolean;
  environment?: string;
  deleted?: true;
} & Payload;

/** An item that cannot be used, and why. `id` is the event's, where it has one. */
export type Rejected = { id: string; status: number; message: string };
