import type { EventType } from "./events/contract.ts";

/** What a destination is. `docs/notifications.md` says what each is sent. */
export const DESTINATION_KINDS = [
  "webhook",
  "slack",
  "teams",
  "pagerduty",
  "github",
  "email",
] as const;
export type DestinationKind = (typeof DESTINATION_KINDS)[number];

/**
 * `paused` by a person, `disabled` by us after it failed for days. Neither is sent anything but
 * tests.
 */
export const DESTINATION_STATUSES = ["active", "paused", "disabled"] as const;
export type DestinationStatus = (typeof DESTINATION_STATUSES)[number];

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Which events a destination is sent; an empty list is all. */
export type Filter = {
  /** Types, or families such as `rollout.*`. */
  events: string[];
  /** Prompt names, or beginnings of them such as `support/*`. */
  prompts: string[];
  labels: string[];
};

/** A signing secret, sealed. Two live side by side while one takes the place of the other. */
export type SecretRecord = {
  id: string;
  value: string;
  createdMs: number;
  /** From when on nothing is signed with it; null while it is the newest. */
  expiresMs: number | null;
};

/** Secrets that sign at an instant, in milliseconds since 1970. */
export const livingSecrets = (secrets: readonly SecretRecord[], nowMs: number): SecretRecord[] =>
  secrets.filter(({ expiresMs }) => expiresMs === null || nowMs < expiresMs);

/** An event as it is stored and sent. */
export type StoredEvent = {
  id: string;
  projectId: string;
  type: EventType;
  /** What filters look at; null where the event is about no prompt, or about no label. */
  prompt: string | null;
  labels: string[] | null;
  data: Record<string, unknown>;
  at: Date;
};

/** One request as the log shows it: bounded, and without secrets. */
export type LoggedRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
};

/** One answer as the log shows it; headers are those that tell why. */
export type LoggedResponse = { status: number; headers: Record<string, string>; body: string };
