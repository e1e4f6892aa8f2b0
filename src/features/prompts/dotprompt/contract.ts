import { z } from "zod";

import { Label, OptionalVersion, PromptName } from "../contract.ts";

const Flag = z
  .enum(["true", "false"])
  .optional()
  .transform((flag) => flag === "true");

export const DotPromptQuery = z
  .object({
    version: OptionalVersion,
    label: Label.optional(),
    resolve: Flag.describe("Inserts references, for tools that do not know them."),
  })
  .refine(({ version, label }) => version === undefined || label === undefined, {
    error: "give either version or label, not both",
  });
export type DotPromptQuery = z.infer<typeof DotPromptQuery>;

export const DotPromptImport = z.object({
  name: PromptName.optional().describe("Instead of the name that the file says."),
  commitMessage: z.string().max(500).optional(),
  labels: Flag.describe("Moves the labels that the file names under promptside.labels."),
});
export type DotPromptImport = z.infer<typeof DotPromptImport>;
