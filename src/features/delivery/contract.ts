import { z } from "zod";

import { OptionalVersion } from "../prompts/contract.ts";

const Flag = z
  .enum(["true", "false"])
  .transform((flag) => flag === "true")
  .optional();

/** Whom a split label serves: the same key gets the same arm as long as that arm does not shrink. */
export const MAX_TARGETING_KEY = 1_000;
export const TargetingKey = z
  .string()
  .min(1)
  .max(MAX_TARGETING_KEY)
  .optional()
  .describe(
    "Chooses the arm of a split label, as does the header X-Promptside-Key; else it is drawn.",
  );

/** Which version of a prompt: by number, by label, or neither for the label `production`. */
export const FetchQuery = z
  .object({
    version: OptionalVersion,
    label: z.string().min(1).optional(),
    targetingKey: TargetingKey,
    resolve: Flag,
    fresh: Flag.describe("Reads the registry instead of the edge's copy; needs the scope write."),
  })
  .refine(({ version, label }) => version === undefined || label === undefined, {
    error: "give either version or label, not both",
  });
export type FetchQuery = z.infer<typeof FetchQuery>;

export const FetchPath = z.object({ name: z.string().trim() });
