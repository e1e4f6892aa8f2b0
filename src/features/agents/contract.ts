import { z } from "zod";

import { TargetingKey } from "../delivery/contract.ts";
import { Label, OptionalVersion, PromptName } from "../prompts/contract.ts";

export const LiteLlmQuery = z
  .object({
    prompt_id: z.string().trim().min(1).describe("A prompt's name."),
    label: z.string().min(1).optional(),
    version: OptionalVersion,
    targetingKey: TargetingKey,
  })
  .refine(({ version, label }) => version === undefined || label === undefined, {
    error: "give either version or label, not both",
  });

export const LiteLlmAnswer = z.object({
  prompt_id: z.string(),
  prompt_template: z.array(z.object({ role: z.string(), content: z.string() })),
  prompt_template_model: z.string().nullable(),
  prompt_template_optional_params: z.record(z.string(), z.unknown()).nullable(),
});

/** What the URL of an MCP client says for all its calls. */
export const McpQuery = z.object({
  label: Label.optional().describe("Prompts are those at this label; production when absent."),
  targetingKey: TargetingKey,
});

const Version = z.int().min(1);
const Reason = z.string().max(500).optional().describe("Goes into the ledger.");
const Force = z
  .boolean()
  .optional()
  .describe("Ends a split of the label, which otherwise refuses.");
/** Models like to put numbers into quotes; a label of digits alone is then read as a version, as in URLs. */
const Side = z.union([Version, Label]).optional();
const Instant = z.iso.datetime({ offset: true }).optional();

/** Arguments of the tools. */
export const ListVersions = z.object({ name: PromptName });
export const Diff = z.object({
  name: PromptName,
  from: Side.describe("A version's number or a label; production when left out."),
  to: Side.describe("A version's number or a label; latest when left out."),
});
export const Deploy = z.object({
  name: PromptName,
  version: Version,
  label: Label.optional().describe("production when left out"),
  reason: Reason,
  expectedVersion: Version.nullable()
    .optional()
    .describe("The version the label must be on now, null for none; refused when it is not."),
  force: Force,
});
export const RollBack = z.object({
  name: PromptName,
  label: Label.optional().describe("production when left out"),
  reason: Reason,
  force: Force,
});
export const ReadMetrics = z.object({
  name: PromptName,
  version: Version.optional(),
  from: Instant.describe("First instant; all time when absent."),
  to: Instant.describe("End of the range, exclusive; now when absent."),
});
export const Compare = z.object({
  name: PromptName,
  control: Version.describe("The version to compare with."),
  candidate: Version,
  from: Instant.describe("First instant; 30 days before to when absent."),
  to: Instant.describe("End of the range, exclusive; now when absent."),
});
const RolloutId = z.string().min(1).max(100);
export const ListRollouts = z.object({
  name: PromptName.optional().describe("Of one prompt; of all when left out."),
  live: z.boolean().optional().describe("Only those that are not over."),
});
export const OneRollout = z.object({ id: RolloutId });
export const SteerRollout = z.object({
  id: RolloutId,
  hand: z.enum(["pause", "resume", "abort", "promote"]),
  reason: Reason,
});
