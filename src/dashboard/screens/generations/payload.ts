/** One message of a conversation, as text. */
export type Message = { role: string; text: string };

/** How an input or output is shown. Always as text: nothing of it is ever taken for HTML. */
export type ShownPayload =
  | { kind: "none" }
  | { kind: "text"; text: string }
  | { kind: "messages"; messages: Message[] }
  | { kind: "json"; text: string };

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const pretty = (value: unknown): string => JSON.stringify(value, null, 2) ?? "";

/** Text that is JSON of an object or a list, read; all other text stays text. */
function read(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** One part of a message's content: text, or whatever else as JSON. */
const partText = (part: unknown): string =>
  typeof part === "string"
    ? part
    : isObject(part) && typeof part["text"] === "string" && isPlain(part)
      ? part["text"]
      : pretty(part);

/** A part that says no more than its text. */
const isPlain = (part: Json): boolean =>
  Object.keys(part).every((key) => ["type", "text", "content"].includes(key));

function contentText(content: unknown): string {
  if (content === null || content === undefined) return "";
  return Array.isArray(content) ? content.map(partText).join("\n\n") : partText(content);
}

/** What a message says beside its role and content, such as calls of tools. */
function restOf(message: Json): string {
  const rest = Object.entries(message).filter(
    ([key, value]) => !["role", "content", "type"].includes(key) && value !== null && value !== "",
  );
  return rest.length === 0 ? "" : pretty(Object.fromEntries(rest));
}

function messageOf(value: unknown): Message | null {
  if (!isObject(value) || typeof value["role"] !== "string") return null;
  const text = [contentText(value["content"] ?? value["parts"]), restOf(omitParts(value))];
  return { role: value["role"], text: text.filter((each) => each !== "").join("\n\n") };
}

const omitParts = ({ parts: _parts, ...rest }: Json): Json => rest;

function messagesOf(value: unknown): Message[] | null {
  if (Array.isArray(value)) {
    const messages = value.map(messageOf);
    return messages.length > 0 && messages.every((message) => message !== null) ? messages : null;
  }
  if (!isObject(value)) return null;
  const alone = messageOf(value);
  if (alone) return [alone];
  // The bodies of chat requests, and the answers to them.
  if (Object.keys(value).length === 1) return messagesOf(value["messages"]);
  const choices = value["choices"];
  return Array.isArray(choices) && choices.length > 0
    ? messagesOf(choices.map((choice) => (isObject(choice) ? choice["message"] : null)))
    : null;
}

/** Chat messages as messages, other JSON indented, text as it is. */
export function shownPayload(payload: unknown): ShownPayload {
  const value = read(payload);
  if (value === null || value === undefined || value === "") return { kind: "none" };
  if (typeof value === "string") return { kind: "text", text: value };
  const messages = messagesOf(value);
  return messages ? { kind: "messages", messages } : { kind: "json", text: pretty(value) };
}
