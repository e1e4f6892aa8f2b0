import { messageOf } from "./message.ts";
import { clip, type Outgoing, type Parcel, posting } from "./outgoing.ts";

const COLOURS = { good: "Good", bad: "Attention", neutral: "Default" };
/** A message of Teams has at most 28 KB. Source: "Create an Incoming Webhook", message size. */
const MAX_TEXT = 8000;

/** An Adaptive Card for a Teams workflow "when a webhook request is received". */
export function teamsRequest({ event }: Parcel, url: string): Outgoing {
  const { title, facts, text, mood } = messageOf(event);
  const block = (words: string, style: Record<string, unknown>) => ({
    type: "TextBlock",
    text: clip(words, MAX_TEXT),
    wrap: true,
    ...style,
  });
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      block(title, { size: "Medium", weight: "Bolder", color: COLOURS[mood] }),
      ...(text === null ? [] : [block(text, {})]),
      ...(facts.length === 0
        ? []
        : [{ type: "FactSet", facts: facts.map(([name, value]) => ({ title: name, value })) }]),
      block(`${event.type} · ${event.at.toISOString()}`, { isSubtle: true, size: "Small" }),
    ],
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return posting(url, {
    type: "message",
    attachments: [{ contentType, contentUrl: null, content }],
  });
}
