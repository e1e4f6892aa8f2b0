import { z } from "zod";

import { nestsDeeper } from "../../lib/json-depth.ts";
import {
  type ChatItem,
  LABEL_PATTERN,
  LATEST,
  nameProblem,
  placeholdersOf,
  type PromptContent,
  variablesOf,
} from "./model.ts";

/** UTF-8 bytes of a version's template as JSON. Both limits keep a row under D1's 2 MB. */
export const MAX_PROMPT_BYTES = 1_000_000;
/** UTF-8 bytes of a version's config as JSON. */
export const MAX_CONFIG_BYTES = 500_000;
/** JSON parsers of other languages give up at some depth, and then a whole list is unreadable. */
const MAX_CONFIG_LEVELS = 100;
const MAX_COMMIT_MESSAGE_CHARACTERS = 500;
const MAX_LABELS = 100;
const MAX_TAGS = 100;

const jsonBytes = (value: unknown): number =>
  new TextEncoder().encode(JSON.stringify(value)).byteLength;

export const PromptName = z
  .string()
  .trim()
  .superRefine((name, context) => {
    const message = nameProblem(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .describe("Folders by slash; anything but |, HTML tags and control characters.");

/** A name in a path: it only has to be found, so it is not judged. */
const NamePath = z.object({ name: z.string().trim() });

export const Label = z
  .string()
  .regex(LABEL_PATTERN, "a label has 1 to 36 characters of a-z, 0-9, _, . and -");

const MovableLabel = Label.refine(
  (label) => label !== LATEST,
  `${LATEST} is moved by the registry only`,
);

const ChatMessage = z.object({
  type: z.literal("chatmessage").optional(),
  role: z.string().min(1),
  content: z.string(),
});
const Placeholder = z.object({ type: z.literal("placeholder"), name: z.string().min(1) });

const Messages = z.array(z.union([Placeholder, ChatMessage]));

type Fault = { path: (string | number)[]; message: string };

/** A message without the marks and extra keys that SDKs add; or what is wrong with it. */
function readItem(value: unknown, index: number): ChatItem | Fault[] {
  const isPlaceholder =
    typeof value === "object" && value !== null && "type" in value && value.type === "placeholder";
  const read = isPlaceholder ? Placeholder.safeParse(value) : ChatMessage.safeParse(value);
  if (!read.success) {
    return read.error.issues.map(({ path, message }) => ({
      path: [
        "prompt",
        index,
        ...path.map((part) => (typeof part === "number" ? part : String(part))),
      ],
      message,
    }));
  }
  const item = read.data;
  return "content" in item ? { role: item.role, content: item.content } : item;
}

function readContent(type: "text" | "chat", prompt: string | unknown[]): PromptContent | Fault[] {
  if (typeof prompt === "string") {
    if (type === "text") return prompt;
    return [{ path: ["prompt"], message: "a chat prompt is a list of messages" }];
  }
  if (type === "text") {
    return [
      { path: ["prompt"], message: 'a text prompt is a string; for messages say type "chat"' },
    ];
  }
  const items: ChatItem[] = [];
  const faults: Fault[] = [];
  for (const [index, value] of prompt.entries()) {
    const item = readItem(value, index);
    if (Array.isArray(item)) faults.push(...item);
    else items.push(item);
  }
  return faults.length > 0 ? faults : items;
}

const isFaults = (read: PromptContent | Fault[]): read is Fault[] =>
  Array.isArray(read) && read.some((item) => "message" in item && "path" in item);

function faultsOf(content: PromptContent, config: unknown): Fault[] {
  const faults: Fault[] = [];
  const variables = new Set(variablesOf(content));
  for (const name of placeholdersOf(content)) {
    if (!variables.has(name)) continue;
    faults.push({ path: ["prompt"], message: `${name} is both a variable and a placeholder` });
  }
  if (jsonBytes(content) > MAX_PROMPT_BYTES) {
    faults.push({ path: ["prompt"], message: `is larger than ${MAX_PROMPT_BYTES} bytes` });
  }
  if (nestsDeeper(config, MAX_CONFIG_LEVELS)) {
    faults.push({
      path: ["config"],
      message: `is nested deeper than ${MAX_CONFIG_LEVELS} levels`,
    });
  } else if (jsonBytes(config) > MAX_CONFIG_BYTES) {
    faults.push({ path: ["config"], message: `is larger than ${MAX_CONFIG_BYTES} bytes` });
  }
  return faults;
}

const unique = (items: string[]): string[] => [...new Set(items)];

export const Tags = z
  .array(z.string().trim().min(1).max(200))
  .max(MAX_TAGS)
  .transform((tags) => unique(tags));

/** A new version. No type means text; tags null or absent keep the name's. */
export const CreatePrompt = z
  .object({
    name: PromptName,
    type: z.enum(["text", "chat"]).nullish(),
    prompt: z
      .union([z.string(), z.array(z.unknown())], {
        error: "must be a string (text) or a list of messages (chat)",
      })
      .describe(
        'Text: a string. Chat: a list of {role, content} and {type: "placeholder", name}. At most 1 MB as JSON.',
      ),
    labels: z.array(Label).max(MAX_LABELS).nullish(),
    tags: Tags.nullish(),
    config: z.unknown().optional(),
    commitMessage: z.string().max(MAX_COMMIT_MESSAGE_CHARACTERS).nullish(),
  })
  .transform((body, context) => {
    const type = body.type ?? "text";
    const config = body.config ?? {};
    const content = readContent(type, body.prompt);
    const faults = isFaults(content) ? content : faultsOf(content, config);
    for (const { path, message } of faults) context.addIssue({ code: "custom", path, message });
    if (isFaults(content)) return z.NEVER;
    return {
      name: body.name,
      type,
      content,
      config,
      // The new version gets `latest` in any case.
      labels: unique(body.labels ?? []).filter((label) => label !== LATEST),
      tags: body.tags ?? null,
      commitMessage: body.commitMessage ?? null,
    };
  });
export type CreatePrompt = z.infer<typeof CreatePrompt>;

const VersionNumber = z
  .string()
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number);

/** Query `version`: 0 counts as not given, as the SDKs have it. */
export const OptionalVersion = VersionNumber.transform((version) =>
  version === 0 ? undefined : version,
).optional();

export const VersionPath = NamePath.extend({ version: VersionNumber });
export const NamedPath = NamePath;

export const PatchLabels = z.object({ newLabels: z.array(MovableLabel).max(MAX_LABELS) });

/** Query `force=true` lets a change end a split that stands in its way. */
export const ForceQuery = z.object({
  force: z
    .enum(["true", "false"])
    .optional()
    .transform((flag) => flag === "true")
    .describe("Ends splits of the labels that move or lose a version."),
});

/** Here 0 is refused: taken as not given, it would delete the whole prompt. */
export const RemoveQuery = ForceQuery.extend({
  version: VersionNumber.pipe(z.int().min(1)).optional(),
  label: z.string().min(1).optional(),
});

const Instant = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 instant with its offset" })
  .transform((text) => new Date(text));

const wholeNumber = (min: number, max: number, whenAbsent: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .optional()
    .transform((value) => value ?? whenAbsent);

export const ListQuery = z.object({
  name: z.string().trim().optional(),
  label: z.string().optional(),
  tag: z.string().optional(),
  page: wholeNumber(1, 1_000_000, 1),
  limit: wholeNumber(1, 100, 10),
  fromUpdatedAt: Instant.optional(),
  toUpdatedAt: Instant.optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

const GraphNode = z.object({ id: z.string(), name: z.string(), version: z.int() });

export const PromptAnswer = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  projectId: z.string(),
  createdBy: z.string(),
  name: z.string(),
  version: z.int(),
  type: z.enum(["text", "chat"]),
  prompt: z.union([z.string(), Messages]),
  config: z.unknown(),
  labels: z.array(z.string()),
  tags: z.array(z.string()),
  commitMessage: z.string().nullable(),
  isActive: z.boolean(),
  resolutionGraph: z
    .object({ root: GraphNode, dependencies: z.record(z.string(), z.array(GraphNode)) })
    .nullable(),
});

export const CreatedPrompt = PromptAnswer.extend({
  warnings: z
    .array(
      z.object({
        code: z.enum([
          "unbalanced_braces",
          "variable_is_placeholder",
          "variable_vanished",
          "placeholder_vanished",
        ]),
        message: z.string(),
        path: z.string(),
      }),
    )
    .describe("What is probably a mistake; the version is stored all the same."),
});
export type CreatedPrompt = z.infer<typeof CreatedPrompt>;

const Meta = z.object({
  page: z.int(),
  limit: z.int(),
  totalItems: z.int(),
  totalPages: z.int(),
});

export const PromptList = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["text", "chat"]),
      versions: z.array(z.int()),
      labels: z.array(z.string()),
      tags: z.array(z.string()),
      lastUpdatedAt: z.iso.datetime(),
      lastConfig: z.unknown(),
    }),
  ),
  meta: Meta,
  pagination: Meta,
});
export type PromptList = z.infer<typeof PromptList>;
