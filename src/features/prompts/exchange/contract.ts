import { z } from "zod";

import { CreatePrompt, Label, PromptName, Tags } from "../contract.ts";
import { DeploymentCause } from "../deployments/contract.ts";

/** The format of an export; a later one that older instances cannot read has another number. */
export const FORMAT = 1;

const Version = z.int().min(1);
const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const PromptLine = z.object({
  kind: z.literal("prompt"),
  name: PromptName,
  type: z.enum(["text", "chat"]),
  tags: Tags,
});

/** What a version says is judged as if it were created now. */
const VersionLine = z
  .object({
    kind: z.literal("version"),
    name: PromptName,
    version: Version,
    type: z.enum(["text", "chat"]),
    prompt: z.unknown(),
    config: z.unknown().optional(),
    commitMessage: z.string().nullish(),
    createdBy: z.string().min(1).max(200).optional(),
    createdAt: Instant.optional(),
  })
  .transform((line, context) => {
    const { name, type, prompt, config, commitMessage } = line;
    const read = CreatePrompt.safeParse({ name, type, prompt, config, commitMessage });
    if (!read.success) {
      for (const { path, message } of read.error.issues) {
        context.addIssue({ code: "custom", path, message });
      }
      return z.NEVER;
    }
    return {
      kind: line.kind,
      name,
      type,
      version: line.version,
      content: read.data.content,
      config: read.data.config,
      commitMessage: read.data.commitMessage,
      createdBy: line.createdBy,
      createdAt: line.createdAt,
    };
  });
export type VersionLine = z.infer<typeof VersionLine>;

const LabelLine = z.object({
  kind: z.literal("label"),
  name: PromptName,
  label: Label,
  version: Version,
});

const DeploymentLine = z.object({
  kind: z.literal("deployment"),
  name: PromptName,
  id: z.string().min(1).max(100),
  label: Label,
  from: Version.nullable(),
  to: Version.nullable(),
  actor: z.object({ kind: z.enum(["key", "system"]), id: z.string().max(200) }),
  reason: z.string().max(1_000).nullable(),
  at: Instant,
  cause: DeploymentCause.nullish().transform((cause) => cause ?? null),
});

const HeaderLine = z.object({
  kind: z.literal("promptside"),
  format: z.literal(FORMAT, { error: `this instance reads format ${FORMAT} only` }),
});
const SettingsLine = z.object({
  kind: z.literal("settings"),
  settings: z.record(z.string(), z.unknown()),
});
const EndLine = z.object({ kind: z.literal("end"), lines: z.int() });

/** One line of an export. */
export const Line = z.discriminatedUnion(
  "kind",
  [HeaderLine, SettingsLine, PromptLine, VersionLine, LabelLine, DeploymentLine, EndLine],
  { error: "must be an object whose kind is one that an export has" },
);
export type Line = z.infer<typeof Line>;

export const ExportQuery = z.object({
  after: z
    .string()
    .optional()
    .describe(
      "Only prompts whose names come after this one, to go on with an export that broke off.",
    ),
});

export const ImportReport = z.object({
  prompts: z.int().describe("Prompts that were changed"),
  versions: z.object({ added: z.int(), unchanged: z.int() }),
  labels: z.int().describe("Labels that were moved"),
  complete: z.boolean().describe("Whether the last line of an export was there"),
  errors: z.array(z.object({ line: z.int(), message: z.string() })),
  warnings: z.array(z.string()).describe("Prompts whose references cannot be resolved (yet)"),
});
export type ImportReport = z.infer<typeof ImportReport>;
