import {
  type ChatItem,
  type ChatMessage,
  placeholdersOf,
  type PromptContent,
  variablesOf,
} from "../../prompts/model.ts";

/** An argument of a prompt in the words of MCP. */
export type Argument = { name: string; description: string; required: boolean };

/** Variables must be given; a placeholder that is not is left out. */
export const argumentsOf = (content: PromptContent): Argument[] => [
  ...variablesOf(content).map((name) => ({
    name,
    description: `Text for {{${name}}}`,
    required: true,
  })),
  ...placeholdersOf(content).map((name) => ({
    name,
    description: `Messages to insert: a JSON list of {role, content}`,
    required: false,
  })),
];

type Given = Readonly<Record<string, string>>;
export type Compiled = { ok: true; messages: ChatMessage[] } | { ok: false; problem: string };

const filled = (text: string, given: Given): string =>
  text.replaceAll(/\{\{([^{}]*)\}\}/g, (all, name: string) => given[name.trim()] ?? all);

function isMessage(value: unknown): value is ChatMessage {
  if (typeof value !== "object" || value === null) return false;
  return (
    "role" in value &&
    typeof value.role === "string" &&
    "content" in value &&
    typeof value.content === "string"
  );
}

/** The messages that an argument holds for a placeholder; undefined when it is no list of them. */
function readMessages(text: string): ChatMessage[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isMessage) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The messages a chat's item stands for; undefined when a placeholder's argument is no list of messages. */
function messagesOf(item: ChatItem, given: Given): ChatMessage[] | undefined {
  if ("content" in item) return [item];
  const text = given[item.name];
  return text === undefined ? [] : readMessages(text);
}

/**
 * A prompt with its arguments filled in, as the JS SDK compiles it: placeholders first, then
 * variables, also in what was inserted; values are not expanded again.
 */
export function compile(content: PromptContent, given: Given): Compiled {
  const missing = argumentsOf(content).find(({ name, required }) => required && !(name in given));
  if (missing) return { ok: false, problem: `the argument ${missing.name} is missing` };
  const items = typeof content === "string" ? [{ role: "user", content }] : content;
  const messages: ChatMessage[] = [];
  for (const item of items) {
    const found = messagesOf(item, given);
    if (!found) {
      const name = "content" in item ? item.role : item.name;
      return { ok: false, problem: `the argument ${name} is not a JSON list of {role, content}` };
    }
    messages.push(...found);
  }
  return {
    ok: true,
    messages: messages.map(({ role, content }) => ({ role, content: filled(content, given) })),
  };
}
