import { z } from "zod";

import { Label } from "../contract.ts";
import { DEFAULT_LABEL, LATEST } from "../model.ts";

const isNumber = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);

const Side = z
  .union(
    [
      z
        .string()
        .refine(isNumber)
        .transform((version) => ({ version: Number(version) })),
      Label.transform((label) => ({ label })),
    ],
    { error: "must be the number of a version, or a label" },
  )
  .optional();

/** Two versions of a prompt, each by number or label. */
export const DiffQuery = z.object({
  from: Side.transform((side) => side ?? { label: DEFAULT_LABEL }).describe(
    `A version's number or a label; ${DEFAULT_LABEL} when left out.`,
  ),
  to: Side.transform((side) => side ?? { label: LATEST }).describe(
    `A version's number or a label; ${LATEST} when left out.`,
  ),
});
export type DiffQuery = z.infer<typeof DiffQuery>;

const TextChanges = z.array(
  z.object({ op: z.enum(["same", "added", "removed"]), text: z.string() }),
);
const Names = z.object({ added: z.array(z.string()), removed: z.array(z.string()) });
const Version = z.object({
  version: z.int(),
  labels: z.array(z.string()),
  commitMessage: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});

export const VersionDiff = z.object({
  name: z.string(),
  type: z.enum(["text", "chat"]),
  from: Version,
  to: Version,
  identical: z.boolean(),
  text: TextChanges.nullable().describe("By words; null for a chat prompt"),
  messages: z
    .array(
      z.object({
        op: z.enum(["same", "changed", "added", "removed"]),
        from: z.int().nullable().describe("Place in the older list"),
        to: z.int().nullable().describe("Place in the newer list"),
        role: z.string().nullable(),
        placeholder: z.string().nullable(),
        content: TextChanges,
      }),
    )
    .nullable()
    .describe("Message by message; null for a text prompt"),
  config: z.array(
    z.object({
      path: z.string().describe("JSON Pointer"),
      op: z.enum(["added", "removed", "changed"]),
      from: z.unknown().optional(),
      to: z.unknown().optional(),
    }),
  ),
  variables: Names,
  placeholders: Names,
});
