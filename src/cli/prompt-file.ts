import { Complaint } from "./complaint.ts";

/** A prompt as a file holds it. Left out: `tags` keeps the server's, `config` is {}. */
export type PromptFile = {
  name: string;
  type: "text" | "chat";
  prompt: string | ChatItem[];
  config: unknown;
  tags: string[] | undefined;
};

export type ChatItem = { role: string; content: string } | { type: "placeholder"; name: string };

const FENCE = "---";
const KEYS = ["name", "type", "tags", "config"];
/** Begins a message or a placeholder in the body of a chat prompt. */
const MARKER = /^@@ (placeholder )?(.+)$/;
const NEEDS_ESCAPE = /^\\*@@ /;
const IS_ESCAPED = /^\\+@@ /;

const word = (text: string): string => (/^[\w.-]+$/.test(text) ? text : JSON.stringify(text));

/** JSON where it is JSON, else the text as it is: names need no quotes. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const readWord = (text: string): string => {
  const value = readValue(text);
  return typeof value === "string" ? value : text;
};

function chatBody(items: readonly ChatItem[]): string {
  return items
    .map((item) => {
      if (!("content" in item)) return `@@ placeholder ${word(item.name)}\n`;
      // A role of that name would read as a placeholder.
      const role = /^placeholder\b/.test(item.role) ? JSON.stringify(item.role) : word(item.role);
      const lines = item.content.split("\n");
      const text = lines.map((line) => (NEEDS_ESCAPE.test(line) ? `\\${line}` : line)).join("\n");
      return `@@ ${role}\n${text}\n`;
    })
    .join("");
}

/** Front matter (YAML whose values are JSON) and body. Reading it back gives the same prompt, character by character. */
export function writePromptFile({ name, type, prompt, config, tags }: PromptFile): string {
  const said = JSON.stringify(config) !== "{}";
  const head = [
    `name: ${/^[\w][\w/.-]*$/.test(name) && readValue(name) === name ? name : JSON.stringify(name)}`,
    `type: ${type}`,
    ...(tags === undefined ? [] : [`tags: ${JSON.stringify(tags)}`]),
    ...(said ? [`config: ${JSON.stringify(config, null, 2).replaceAll("\n", "\n  ")}`] : []),
  ];
  const body = typeof prompt === "string" ? `${prompt}\n` : chatBody(prompt);
  return [FENCE, ...head, FENCE, ""].join("\n") + body;
}

/** Lines `key: value` with indented lines that go on. */
function readHead(lines: readonly string[], path: string): Map<string, string> {
  const values = new Map<string, string>();
  let key = "";
  for (const line of lines) {
    const [, found, rest = ""] = /^(\w+):\s?(.*)$/.exec(line) ?? [];
    if (found !== undefined) {
      key = found;
      if (!KEYS.includes(key)) {
        throw new Complaint(`${path}: front matter has no ${key}; it has ${KEYS.join(", ")}`);
      }
      values.set(key, rest);
    } else if (/^\s/.test(line) && key !== "") values.set(key, `${values.get(key) ?? ""}\n${line}`);
    else if (line.trim() !== "") throw new Complaint(`${path}: cannot read the line "${line}"`);
  }
  return values;
}

function readChat(body: string, path: string): ChatItem[] {
  const items: ChatItem[] = [];
  let content: string[] | undefined;
  const close = (): void => {
    const last = items.at(-1);
    if (content && last && "content" in last) last.content = content.join("\n");
    content = undefined;
  };
  for (const line of body === "" ? [] : body.split("\n")) {
    const [, placeholder, rest] = MARKER.exec(line) ?? [];
    if (rest !== undefined) {
      close();
      if (placeholder) items.push({ type: "placeholder", name: readWord(rest) });
      else {
        items.push({ role: readWord(rest), content: "" });
        content = [];
      }
    } else if (content) content.push(IS_ESCAPED.test(line) ? line.slice(1) : line);
    else if (line.trim() !== "") {
      throw new Complaint(`${path}: a message begins with a line "@@ role", not with "${line}"`);
    }
  }
  close();
  return items;
}

const isTags = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((tag) => typeof tag === "string");

function readConfig(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Complaint(`${path}: config must be JSON`);
  }
}

type Head = Omit<PromptFile, "prompt">;

/** @throws Complaint for a type or tags that are none */
function readMeta(head: ReadonlyMap<string, string>, path: string): Head {
  const text = (key: string): string => head.get(key) ?? "";
  const name = readWord(text("name"));
  if (name === "") throw new Complaint(`${path}: front matter lacks name`);
  const type = head.has("type") ? readWord(text("type")) : "text";
  if (type !== "text" && type !== "chat") throw new Complaint(`${path}: type must be text or chat`);
  const tags = head.has("tags") ? readValue(text("tags")) : undefined;
  if (tags !== undefined && !isTags(tags)) {
    throw new Complaint(`${path}: tags must be a JSON list of strings`);
  }
  return { name, type, tags, config: head.has("config") ? readConfig(text("config"), path) : {} };
}

/** Reads what `writePromptFile` wrote, or a person. @throws Complaint naming the file and what is wrong */
export function readPromptFile(text: string, path: string): PromptFile {
  const lines = text.split("\n");
  const end = lines.indexOf(FENCE, 1);
  if (lines[0] !== FENCE || end < 0) {
    throw new Complaint(`${path}: must begin with front matter between two lines ${FENCE}`);
  }
  const meta = readMeta(readHead(lines.slice(1, end), path), path);
  const rest = lines.slice(end + 1).join("\n");
  const body = rest.endsWith("\n") ? rest.slice(0, -1) : rest;
  return { ...meta, prompt: meta.type === "text" ? body : readChat(body, path) };
}

export const EXTENSION = ".prompt.md";

/** Where a prompt's file is, below the folder: its folders are folders, odd characters are written %XX. */
export const pathOf = (name: string): string =>
  name
    .split("/")
    .map((part) =>
      encodeURIComponent(part).replaceAll("%20", " ").replaceAll("*", "%2A").replace(/^\./, "%2E"),
    )
    .join("/") + EXTENSION;
