import { z } from "zod";

import { Label, PromptName } from "../contract.ts";

const VersionNumber = z.int().min(1);
const Instant = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 instant with its offset" })
  .transform((text) => new Date(text));

/** Histories of labels, oldest move first, and when versions were made: for the demo and for moving in. */
export const DeploymentImport = z.object({
  deployments: z
    .array(
      z.object({
        prompt: PromptName,
        label: Label,
        from: VersionNumber.nullable(),
        to: VersionNumber.nullable(),
        at: Instant,
        reason: z
          .string()
          .max(500)
          .nullish()
          .transform((reason) => reason ?? null),
      }),
    )
    .max(2_000)
    .default([]),
  versions: z
    .array(z.object({ prompt: PromptName, version: VersionNumber, at: Instant }))
    .max(2_000)
    .default([]),
});
export type DeploymentImport = z.infer<typeof DeploymentImport>;

export const ImportAnswer = z.object({ deployments: z.int(), versions: z.int() });

export const DeploymentQuery = z.object({
  label: z.string().optional(),
  kind: z.enum(["move", "dependency", "split"]).optional(),
  cursor: z.string().optional(),
  limit: z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .optional()
    .transform((limit) => limit ?? 50),
});
export type DeploymentQuery = z.infer<typeof DeploymentQuery>;

/** Why a label serves something else although it stayed. */
export const DeploymentCause = z.union([
  z.object({
    prompt: z.string(),
    label: z.string(),
    from: z.int().nullable(),
    to: z.int().nullable(),
  }),
  z.object({
    split: z.string(),
    event: z.enum(["started", "changed", "ended"]),
    arms: z.array(z.object({ version: z.int(), weight: z.int() })),
    owner: z.string().optional().describe("The rollout that did it."),
    evidence: z.record(z.string(), z.unknown()).optional().describe("What it was decided from."),
  }),
]);

export const DeploymentPage = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      from: z.int().nullable(),
      to: z.int().nullable(),
      actor: z.object({ kind: z.enum(["key", "person", "system"]), id: z.string() }),
      reason: z.string().nullable(),
      at: z.iso.datetime(),
      kind: z
        .enum(["move", "dependency", "split"])
        .describe(
          "dependency, split: the label stayed, but what it serves changed with a prompt it refers to, or with its split",
        ),
      cause: DeploymentCause.nullable().describe(
        "The move that a dependency follows from, or what became of the split",
      ),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type DeploymentPage = z.infer<typeof DeploymentPage>;
