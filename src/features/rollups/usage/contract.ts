import { z } from "zod";

import { PromptName } from "../../prompts/contract.ts";

/** Prompts that one answer is about. */
export const MAX_PROMPTS = 100;
const MAX_DAYS = 90;
const DEFAULT_DAYS = 14;

export const UsageQuery = z.object({
  prompt: z
    .union([PromptName.transform((name) => [name]), z.array(PromptName)], {
      error: "is required: the name of a prompt, repeated for each",
    })
    .refine(({ length }) => length <= MAX_PROMPTS, `at most ${MAX_PROMPTS} prompts`)
    .transform((names) => [...new Set(names)])
    .describe("A prompt's name; repeated for each."),
  days: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_DAYS))
    .optional()
    .transform((days) => days ?? DEFAULT_DAYS)
    .describe(`UTC days, the last of them today; ${DEFAULT_DAYS} when left out.`),
});
export type UsageQuery = z.infer<typeof UsageQuery>;

const known = z.number().nullable();

export const Usage = z.object({
  days: z.array(z.iso.date()).describe("UTC days, oldest first."),
  data: z.array(
    z.object({
      prompt: z.string(),
      generations: z.array(z.int()).describe("Of all versions, per day."),
      costUsd: z.array(known).describe("Per day; null where no generation has a known cost."),
    }),
  ),
});
export type Usage = z.infer<typeof Usage>;
