import { dump, load } from "js-yaml";

import type { ChatItem, PromptContent, PromptType } from "../model.ts";

/*
 * The .prompt format: YAML front matter, then a Handlebars template in which `{{role "system"}}`
 * begins a message and `{{history}}` stands for the messages of a conversation. Front matter that
 * is ours has the prefix `promptside.`, as the format wants it of extensions.
 */

/** A version as a file says it. Null: the file does not say. */
export type DotPrompt = {
  name: string | null;
  type: PromptType;
  content: PromptContent;
  config: unknown;
  labels: string[] | null;
  tags: string[] | null;
};

export type Read = { prompt: DotPrompt } | { problem: string };

type Fields = Record<string, unknown>;

/** What the format itself puts into front matter and a config of ours keeps under `dotprompt`. */
const KEPT = ["description", "input", "output", "tools", "toolDefs", "version", "variant"];
const PREFIX = "promptside.";

const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?\r?\n)??---[ \t]*(?:\r?\n([\s\S]*))?$/;
const MARKER =
  /\{\{\s*(?:role\s+(?:"([^"]+)"|'([^']+)')|(history)|placeholder\s+(?:"([^"]+)"|'([^']+)'))\s*\}\}/g;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The format's role of a model's own message is `model`; everybody else's is `assistant`. */
const roleIn = (role: string): string => (role === "model" ? "assistant" : role);
const roleOut = (role: string): string => (role === "assistant" ? "model" : role);

/** The messages of a template. Text before the first role is the user's. */
function readMessages(template: string): ChatItem[] {
  const items: ChatItem[] = [];
  let role = "user";
  let from = 0;
  function say(until: number): void {
    const content = template.slice(from, until).trim();
    if (content !== "") items.push({ role, content });
  }
  for (const found of template.matchAll(MARKER)) {
    const [marker, double, single, history, name, otherName] = found;
    say(found.index);
    from = found.index + marker.length;
    const nextRole = double ?? single;
    if (nextRole !== undefined) role = roleIn(nextRole);
    else items.push({ type: "placeholder", name: history ?? name ?? otherName ?? "" });
  }
  say(template.length);
  return items;
}

function configOf(front: Fields): unknown {
  const kept = Object.fromEntries(Object.entries(front).filter(([key]) => KEPT.includes(key)));
  const given = front["config"];
  // A config that is no object cannot hold the model beside it.
  if (given !== undefined && !isFields(given)) return given;
  return {
    ...given,
    ...(front["model"] === undefined ? {} : { model: front["model"] }),
    ...(Object.keys(kept).length > 0 ? { dotprompt: kept } : {}),
  };
}

const textsIn = (front: Fields, key: string): string[] | null => {
  const value = front[`${PREFIX}${key}`];
  return Array.isArray(value) ? value.map(String) : null;
};

function readFront(text: string): { front: Fields } | { problem: string } {
  let front: unknown;
  try {
    front = text.trim() === "" ? {} : load(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { problem: `its front matter is not YAML: ${reason}` };
  }
  return isFields(front) ? { front } : { problem: "its front matter must be a mapping" };
}

/** Reads a .prompt file. A template with roles, history or placeholders is a chat prompt. */
export function readDotPrompt(source: string): Read {
  const [, matter = "", body = ""] = FRONT_MATTER.exec(source) ?? [];
  const hasFront = FRONT_MATTER.test(source);
  const read = readFront(matter);
  if ("problem" in read) return read;
  const { front } = read;
  const template = (hasFront ? body : source).trim();
  const said = front[`${PREFIX}type`];
  const isChat = said === undefined ? template.search(MARKER) >= 0 : said === "chat";
  return {
    prompt: {
      name: typeof front["name"] === "string" ? front["name"] : null,
      type: isChat ? "chat" : "text",
      content: isChat ? readMessages(template) : template,
      config: configOf(front),
      labels: textsIn(front, "labels"),
      tags: textsIn(front, "tags"),
    },
  };
}

function writeItem(item: ChatItem): string {
  if ("content" in item) return `{{role "${roleOut(item.role)}"}}\n${item.content}`;
  return item.name === "history" ? "{{history}}" : `{{placeholder "${item.name}"}}`;
}

/** Why a version cannot be told in this format; undefined when it can. */
export function unwritable(content: PromptContent): string | undefined {
  if (typeof content === "string") return undefined;
  for (const item of content) {
    if ("content" in item && item.content.search(MARKER) >= 0) {
      return "a message holds what would be read as a role, history or a placeholder";
    }
    const word = "content" in item ? item.role : item.name;
    if (word.includes('"')) return `'${word}' holds a quotation mark`;
  }
  return undefined;
}

/** The front matter of a config: what `configOf` makes of it is the config again. */
function frontOf(config: unknown): Fields {
  if (!isFields(config)) return { config };
  const { model, dotprompt, ...rest } = config;
  return {
    ...(model === undefined ? {} : { model }),
    ...(isFields(dotprompt) ? dotprompt : {}),
    ...(Object.keys(rest).length > 0 ? { config: rest } : {}),
  };
}

type Written = {
  name: string;
  type: PromptType;
  prompt: PromptContent;
  config: unknown;
  labels: string[];
  tags: string[];
};

/**
 * A version as a .prompt file. Blanks around a message are not told: the format has no place for them.
 */
export function writeDotPrompt({ name, type, prompt, config, labels, tags }: Written): string {
  const front = {
    name,
    ...frontOf(config),
    [`${PREFIX}type`]: type,
    ...(labels.length > 0 ? { [`${PREFIX}labels`]: labels } : {}),
    ...(tags.length > 0 ? { [`${PREFIX}tags`]: tags } : {}),
  };
  const template = typeof prompt === "string" ? prompt : prompt.map(writeItem).join("\n");
  return `---\n${dump(front, { lineWidth: -1 })}---\n${template}\n`;
}
