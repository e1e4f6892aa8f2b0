import { z } from "zod";

import { Label, OptionalVersion } from "../prompts/contract.ts";
import { DEFAULT_LABEL } from "../prompts/model.ts";

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

/** Every prompt at a label. `full` is asked for by name, because lists of another kind may come. */
export const BulkQuery = z.object({
  label: z
    .string()
    .min(1)
    .optional()
    .transform((label) => label ?? DEFAULT_LABEL),
  full: z.literal("true", {
    error: "must be true; GET /api/public/v2/prompts lists prompts without their text",
  }),
  targetingKey: TargetingKey,
});

export const SplitsQuery = z.object({
  name: z.string().trim().min(1).optional(),
  label: Label.optional().describe("Every label when absent; with a name, production."),
  cursor: z.string().optional(),
});

export const SplitTables = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      version: z.int().describe("The control: where the label points."),
      id: z.string().describe("Hashed with a targeting key to its slot."),
      ranges: z.array(z.object({ version: z.int(), from: z.int(), to: z.int() })),
    }),
  ),
  nextCursor: z.string().nullable(),
});

const LastAt = z.iso.datetime().nullable();
export const DeliveryState = z.object({
  pending: z.object({ count: z.int(), oldestAt: LastAt }),
  drain: z.object({ published: z.int(), postponed: z.int(), lastAt: LastAt }),
  reconcile: z.object({
    compared: z.int(),
    missing: z.int(),
    stale: z.int(),
    orphaned: z.int(),
    asked: z.int().describe("Documents put into the outbox; the drain repairs them."),
    rounds: z.int().describe("How often every document of the registry was looked at."),
    lastAt: LastAt,
  }),
});
