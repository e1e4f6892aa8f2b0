import type { SplitCause, SplitTable } from "./splits/table.ts";

export type { SplitCause, SplitTable } from "./splits/table.ts";

/** Put on each new version by the registry; nobody else moves it. */
export const LATEST = "latest";
/** The label of a fetch that names none. */
export const DEFAULT_LABEL = "production";

export type PromptType = "text" | "chat";
export type ChatMessage = { role: string; content: string };
/** Where the caller inserts a list of messages. */
export type Placeholder = { type: "placeholder"; name: string };
export type ChatItem = ChatMessage | Placeholder;
export type PromptContent = string | ChatItem[];

/** A document says one version of a name, chosen by its label or by its number. */
export type DocumentKind = "label" | "version";
export type DocumentRef = { name: string; kind: DocumentKind; selector: string };

export const labelDocument = (name: string, label: string): DocumentRef => ({
  name,
  kind: "label",
  selector: label,
});

export const versionDocument = (name: string, version: number): DocumentRef => ({
  name,
  kind: "version",
  selector: String(version),
});

/** The move of another prompt's label that changed what a label serves. */
export type MoveCause = { prompt: string; label: string; from: number | null; to: number | null };

/** A version with everything that is said about it elsewhere: its labels, its name's type and tags. */
export type StoredVersion = {
  id: string;
  name: string;
  version: number;
  type: PromptType;
  prompt: PromptContent;
  config: unknown;
  labels: string[];
  tags: string[];
  commitMessage: string | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  /** What was inserted into it; null when nothing was. */
  resolutionGraph: ResolutionGraph | null;
  /** Of the label by which it was read; null for one that has none, and for a version by number. */
  split: SplitTable | null;
};

/** Why a label serves something else although it stayed. */
export type DeploymentCause = MoveCause | SplitCause;

type GraphNode = { id: string; name: string; version: number };
/** Which versions a resolved prompt is made of: for each version's id, those it refers to itself. */
export type ResolutionGraph = { root: GraphNode; dependencies: Record<string, GraphNode[]> };

/** A version as the wire has it: what is stored, fetched and kept in KV alike. */
export function answerOf(projectId: string, stored: StoredVersion) {
  return {
    id: stored.id,
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
    projectId,
    createdBy: stored.createdBy,
    name: stored.name,
    version: stored.version,
    type: stored.type,
    prompt: stored.prompt,
    config: stored.config,
    labels: stored.labels,
    tags: stored.tags,
    commitMessage: stored.commitMessage,
    isActive: stored.labels.includes(DEFAULT_LABEL),
    resolutionGraph: stored.resolutionGraph,
  };
}

/** Names a prompt's versions and where its labels point. */
export type PromptOverview = {
  name: string;
  type: PromptType;
  versions: { version: number; labels: string[] }[];
};

const VARIABLE = /\{\{([^{}]*)\}\}/g;

/** The texts of a template in their order: one, or one for each message. */
export const textsOf = (content: PromptContent): string[] =>
  typeof content === "string"
    ? [content]
    : content.flatMap((item) => ("content" in item ? [item.content] : []));

/** Names of the variables in a template: what stands between `{{` and `}}`, trimmed, each once. */
export function variablesOf(content: PromptContent): string[] {
  const names = textsOf(content).flatMap((text) =>
    Array.from(text.matchAll(VARIABLE), ([, name = ""]) => name.trim()),
  );
  return [...new Set(names)].filter((name) => name !== "");
}

/** Names of a chat prompt's placeholders, each once. */
export function placeholdersOf(content: PromptContent): string[] {
  if (typeof content === "string") return [];
  return [...new Set(content.flatMap((item) => ("content" in item ? [] : [item.name])))];
}

export const MAX_NAME_CHARACTERS = 500;
// Paths that the dashboard needs for itself.
const RESERVED_NAMES = new Set(["new", "metrics", "prompt-detail"]);

const NAME_RULES: [(name: string) => boolean, string][] = [
  [(name) => name === "", "must not be empty"],
  [
    (name) => name.length > MAX_NAME_CHARACTERS,
    `must have at most ${MAX_NAME_CHARACTERS} characters`,
  ],
  [(name) => name.startsWith("/") || name.endsWith("/"), "must not begin or end with a slash"],
  [(name) => name.includes("//"), "must not contain two slashes in a row"],
  [(name) => name.includes("|"), 'must not contain "|"'],
  [(name) => /<[^>]*>/.test(name), "must not contain HTML tags"],
  [(name) => RESERVED_NAMES.has(name), "is reserved; choose another"],
  // A URL parser removes such segments, encoded or not, so the prompt could never be fetched.
  [(name) => /(^|\/)\.{1,2}(\/|$)/.test(name), 'must not have a folder or a last part "." or ".."'],
  // eslint-disable-next-line no-control-regex
  [(name) => /[\u0000-\u001f\u007f]/.test(name), "must not contain control characters"],
  [(name) => !name.isWellFormed(), "must be well-formed Unicode"],
];

/** Why a name, trimmed, cannot be a prompt's; undefined when it can. */
export const nameProblem = (name: string): string | undefined =>
  NAME_RULES.find(([broken]) => broken(name))?.[1];

/** What a label looks like, wherever it is said. */
export const LABEL_PATTERN = /^[a-z0-9_.-]{1,36}$/;

export const isLabel = (label: string): boolean => LABEL_PATTERN.test(label);
