import { z } from "zod";

import type { Run } from "../../../lib/split/runs.ts";
import { SLOTS } from "../../../lib/split/split.ts";
import { PriceBody } from "../../pricing/contract.ts";
import { PatchSettings, ScoreConfigContract } from "../../projects/contract.ts";
import { CreatePrompt, Label, PromptName, Tags } from "../contract.ts";
import { DeploymentCause } from "../deployments/contract.ts";
import { PutSplit } from "../splits/contract.ts";

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
  actor: z.object({ kind: z.enum(["key", "person", "system"]), id: z.string().max(200) }),
  reason: z.string().max(1_000).nullable(),
  at: Instant,
  cause: DeploymentCause.nullish().transform((cause) => cause ?? null),
});

/** Ranges as runs; undefined unless they follow each other over all slots, each arm with as many as its weight. */
function runsOfFile(
  arms: readonly { version: number; weight: number }[],
  ranges: readonly { version: number; from: number; to: number }[],
): Run[] | undefined {
  const left = new Map(arms.map(({ version, weight }) => [version, weight]));
  const runs: Run[] = [];
  let next = 0;
  for (const { version, from, to } of ranges) {
    if (from !== next || to <= from) return undefined;
    left.set(version, (left.get(version) ?? 0) - (to - from));
    runs.push([version, to - from]);
    next = to;
  }
  return next === SLOTS && [...left.values()].every((slots) => slots === 0) ? runs : undefined;
}

/** A live split: with its id and its slots, so that every targeting key keeps its arm. */
const SplitLine = z
  .object({
    kind: z.literal("split"),
    name: PromptName,
    label: Label,
    id: z.string().min(1).max(100),
    arms: PutSplit.shape.arms,
    ranges: z.array(z.object({ version: Version, from: z.int(), to: z.int() })).max(SLOTS),
    startedAt: Instant,
    changedAt: Instant,
  })
  .transform(({ ranges, ...line }, context) => {
    const runs = runsOfFile(line.arms, ranges);
    if (runs) return { ...line, runs };
    const message = `must hold the slots 0 to ${SLOTS} once, in order, as many of each arm as its weight`;
    context.addIssue({ code: "custom", path: ["ranges"], message });
    return z.NEVER;
  });
export type SplitLine = z.infer<typeof SplitLine>;

const ScoreConfigLine = z
  .object({ kind: z.literal("scoreConfig"), config: ScoreConfigContract })
  .superRefine(({ config }, context) => {
    const read = PatchSettings.safeParse({ scoreConfigs: [config] });
    for (const { path, message } of read.error?.issues ?? []) {
      context.addIssue({ code: "custom", path: ["config", ...path.slice(2)], message });
    }
  });

const PriceLine = PriceBody.extend({ kind: z.literal("price") });

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
  [
    HeaderLine,
    SettingsLine,
    ScoreConfigLine,
    PriceLine,
    PromptLine,
    VersionLine,
    LabelLine,
    SplitLine,
    DeploymentLine,
    EndLine,
  ],
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
  splits: z.int().describe("Splits that began or changed"),
  settings: z.boolean().describe("Whether settings of the project were changed"),
  scoreConfigs: z.int().describe("Score configs that came or changed"),
  prices: z.int().describe("Prices that came or changed"),
  others: z
    .record(z.string(), z.int())
    .describe("What else came or changed, by the kind of its lines: monitor, dashboard …"),
  complete: z.boolean().describe("Whether the last line of an export was there"),
  errors: z.array(z.object({ line: z.int(), message: z.string() })),
  warnings: z
    .array(z.string())
    .describe(
      "Prompts whose references cannot be resolved (yet), and what came without its secret",
    ),
});
export type ImportReport = z.infer<typeof ImportReport>;
