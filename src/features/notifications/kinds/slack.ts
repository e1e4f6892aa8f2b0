import { messageOf } from "./message.ts";
import { clip, type Outgoing, type Parcel, posting } from "./outgoing.ts";

/** Slack's bounds. Source: Block Kit reference, header, section and context block. */
const MAX_HEADER = 150;
const MAX_TEXT = 3000;
const MAX_FIELD = 2000;
const MAX_FIELDS = 10;
const MARKS = { good: ":white_check_mark: ", bad: ":rotating_light: ", neutral: "" };

/** What Slack would read as markup or as a mention. Source: "Formatting text", escaping. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Cut before it is escaped, shorter for it, so that no entity is cut in two. */
const mrkdwn = (text: string, limit: number) => {
  let length = limit;
  let said = escaped(clip(text, length));
  while (said.length > limit) said = escaped(clip(text, (length = Math.floor(length / 2))));
  return { type: "mrkdwn", text: said };
};

/** A message of blocks for an incoming webhook of Slack. */
export function slackRequest({ event }: Parcel, url: string): Outgoing {
  const { title, facts, text, mood } = messageOf(event);
  const fields = facts
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => mrkdwn(`*${name}*\n${value}`, MAX_FIELD));
  const header = clip(`${MARKS[mood]}${title}`, MAX_HEADER);
  return posting(url, {
    // What notifications and screen readers say.
    text: escaped(clip(title, MAX_TEXT / 2)),
    blocks: [
      { type: "header", text: { type: "plain_text", text: header, emoji: true } },
      ...(text === null ? [] : [{ type: "section", text: mrkdwn(text, MAX_TEXT) }]),
      ...(fields.length === 0 ? [] : [{ type: "section", fields }]),
      {
        type: "context",
        elements: [
          mrkdwn(`${event.type} · ${event.at.toISOString()} · ${event.projectId}`, MAX_FIELD),
        ],
      },
    ],
  });
}
