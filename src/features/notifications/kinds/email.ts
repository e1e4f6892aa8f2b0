import { messageOf } from "./message.ts";
import { clip, type Parcel } from "./outgoing.ts";

export type Mail = { to: string; subject: string; text: string; headers: Record<string, string> };

/** Source: RFC 5322, 2.1.1, longest line; well under it, because the subject may grow when encoded. */
const MAX_SUBJECT = 200;
/** Names the delivery for whoever wants to know it again, as `webhook-id` does. */
const DELIVERY_HEADER = "X-Promptside-Delivery";

/** A header has one line, whatever a name holds. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ");

/** An event as a message in plain text. */
export function emailOf({ delivery, event }: Parcel, to: string): Mail {
  const { title, facts, text } = messageOf(event);
  const paragraphs = [
    title,
    ...(text === null ? [] : [text]),
    ...(facts.length === 0 ? [] : [facts.map(([name, value]) => `${name}: ${value}`).join("\n")]),
    `${event.type} · ${event.at.toISOString()} · ${event.projectId}`,
  ];
  return {
    to,
    subject: clip(oneLine(title), MAX_SUBJECT),
    text: `${paragraphs.join("\n\n")}\n`,
    headers: { [DELIVERY_HEADER]: delivery },
  };
}
