import { z } from "zod";

const Instant = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 instant with its offset" })
  .transform((text) => new Date(text));

export const Reprice = z.object({
  cursor: z.string().max(2000).nullish().describe("Where to go on: nextCursor of the step before."),
  from: Instant.optional().describe("Only calls that began at or after this instant."),
  to: Instant.optional().describe("Only calls that began before this instant."),
});
export type Reprice = z.infer<typeof Reprice>;

export const Repriced = z.object({
  scanned: z.int().describe("Observations looked at in this step."),
  changed: z.int().describe("Of these, those that now cost something else."),
  total: z.int().nullable().describe("Observations there are; said by the first step only."),
  nextCursor: z.string().nullable().describe("null: all is done."),
  reachesBackTo: z.iso
    .datetime()
    .describe("Rows before it are deleted; what they cost is final in the buckets."),
  retentionDays: z.int(),
});
export type Repriced = z.infer<typeof Repriced>;
