import { lint, type Warning } from "../../../features/prompts/lint.ts";
import type { ChatItem, PromptContent } from "../../../features/prompts/model.ts";
import type { Prompt } from "../prompt/data.ts";

/** A message while it is written. `id` stays with it while others are put before it. */
export type DraftItem = { id: number } & ChatItem;

/** A version while it is written: nothing has to be right yet. */
export type Draft = {
  name: string;
  type: "text" | "chat";
  text: string;
  messages: DraftItem[];
  config: string;
  commitMessage: string;
  labels: string[];
};

const withIds = (items: readonly ChatItem[]): DraftItem[] =>
  items.map((item, id) => ({ id, ...item }));

export const EMPTY_MESSAGES: DraftItem[] = withIds([
  { role: "system", content: "" },
  { role: "user", content: "" },
]);

export const emptyDraft = (name: string): Draft => ({
  name,
  type: "text",
  text: "",
  messages: EMPTY_MESSAGES,
  config: "{}",
  commitMessage: "",
  labels: [],
});

/** The wire marks messages with a type that means nothing here. */
const itemOf = (item: Exclude<Prompt["prompt"], string>[number] | DraftItem): ChatItem =>
  "content" in item
    ? { role: item.role, content: item.content }
    : { type: "placeholder", name: item.name };

export const contentOfPrompt = (prompt: Prompt["prompt"]): PromptContent =>
  typeof prompt === "string" ? prompt : prompt.map(itemOf);

/** What a new version is begun from. */
export const draftOf = ({ name, type, prompt, config }: Prompt): Draft => {
  const content = contentOfPrompt(prompt);
  return {
    ...emptyDraft(name),
    type,
    text: typeof content === "string" ? content : "",
    messages: typeof content === "string" ? EMPTY_MESSAGES : withIds(content),
    config: JSON.stringify(config, null, 2),
  };
};

export const contentOf = ({ type, text, messages }: Draft): PromptContent =>
  type === "text" ? text : messages.map(itemOf);

/** The config, or why its text is none. */
export function configOf({ config }: Draft): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(config === "" ? "{}" : config) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const blockOf = (item: ChatItem): string =>
  "content" in item ? `[${item.role}]\n${item.content}` : `[messages: ${item.name}]`;

/** A version as one text, to be held against another. */
export function sourceOf(content: PromptContent, config: unknown): string {
  const text = typeof content === "string" ? content : content.map(blockOf).join("\n\n");
  const isPlain = typeof config === "object" && config !== null && Object.keys(config).length === 0;
  return isPlain ? `${text}\n` : `${text}\n\n[config]\n${JSON.stringify(config, null, 2)}\n`;
}

/** What is probably a mistake, as the server will say it, apart from what references bring in. */
export const warningsOf = (draft: Draft, production: Prompt | undefined): Warning[] =>
  lint({
    content: contentOf(draft),
    resolved: contentOf(draft),
    production: production && {
      version: production.version,
      content: contentOfPrompt(production.prompt),
    },
  });

/** The body of the request that creates the version. */
export const requestOf = (draft: Draft, config: unknown) => ({
  name: draft.name.trim(),
  type: draft.type,
  prompt: contentOf(draft),
  config,
  labels: draft.labels,
  commitMessage: draft.commitMessage.trim() || null,
});
