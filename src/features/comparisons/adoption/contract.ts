import { z } from "zod";

import { inOrder, Instant, Narrowing } from "../../rollups/contract.ts";

export const ADOPTION_DAYS = 30;
/** Newest deployments of the label that are told. */
export const MAX_DEPLOYMENTS = 20;
/** Newest generations of the old version that are looked at. */
export const ROWS_LOOKED_AT = 5000;

export const AdoptionQuery = z
  .object({
    label: z.string().min(1).default("production"),
    from: Instant.optional().describe(`${ADOPTION_DAYS} days before to when absent.`),
    to: Instant.optional().describe("Exclusive; now when absent."),
    ...Narrowing,
  })
  .superRefine(inOrder);
export type AdoptionQuery = z.infer<typeof AdoptionQuery>;

const Seconds = z.number().nullable().describe("null: not reached yet.");

const Users = z.array(
  z.object({
    name: z.string().nullable().describe("null: not said."),
    count: z.int(),
    lastAt: z.iso.datetime(),
  }),
);

export const Adoption = z.object({
  prompt: z.string(),
  label: z.string(),
  deployments: z
    .array(
      z.object({
        id: z.string(),
        at: z.iso.datetime(),
        from: z.int().nullable(),
        to: z.int().nullable(),
        until: z.iso.datetime().describe("Where the points end: the next move, at the latest."),
        stepSeconds: z.int(),
        count: z.int().describe("Generations of the prompt that named a version."),
        timeToShare: z
          .object({ p50: Seconds, p90: Seconds, p99: Seconds })
          .describe(
            "Seconds from the deployment to the end of the first stretch of 20 generations in which the new version had that share.",
          ),
        points: z.array(
          z.object({
            at: z.iso.datetime(),
            n: z.int(),
            shares: z.record(z.string(), z.number()).nullable().describe("Per version."),
          }),
        ),
        observations: z
          .string()
          .nullable()
          .describe("Path of the new version's generations until then; null: the label went away."),
      }),
    )
    .describe(`Moves of the label in the range, oldest first, the newest ${MAX_DEPLOYMENTS}.`),
  stragglers: z
    .object({
      version: z.int(),
      since: z.iso.datetime().describe("When the label left it."),
      looked: z.int(),
      isAll: z.boolean().describe(`false: only the newest ${ROWS_LOOKED_AT} were looked at.`),
      environments: Users,
      sdks: Users,
      hosts: Users,
      observations: z.string(),
    })
    .nullable()
    .describe("Who still uses the version that the last deployment replaced."),
});
export type Adoption = z.infer<typeof Adoption>;
