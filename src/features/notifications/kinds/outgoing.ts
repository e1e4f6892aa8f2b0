import type { StoredEvent } from "../model.ts";

/** A request that is to be sent. */
export type Outgoing = { url: string; headers: Record<string, string>; body: string };

/** What every kind makes its request of. */
export type Parcel = {
  /** The delivery's id: the same at every attempt, so that a receiver can know it again. */
  delivery: string;
  event: StoredEvent;
  at: Date;
};

const USER_AGENT = "Promptside-Notifications/1";

/** A JSON request, with the delivery's id for whoever wants to know it again. */
export const posting = (
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Outgoing => ({
  url,
  headers: { "content-type": "application/json", "user-agent": USER_AGENT, ...headers },
  body: JSON.stringify(body),
});

/** The event as programs are sent it. */
export const envelopeOf = ({ id, type, at, projectId, data }: StoredEvent) => ({
  id,
  type,
  timestamp: at.toISOString(),
  projectId,
  data,
});

/** At most so many characters, the last of them an ellipsis where something is cut. */
export const clip = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text;
