import { z } from "zod";

import { Label, PromptName, Tags } from "../contract.ts";

const limit = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(most))
    .optional()
    .transform((value) => value ?? 50);

const Cursor = z.string().max(600).optional();
const Folder = z
  .string()
  .trim()
  .max(500)
  .transform((folder) => folder.replace(/\/+$/, ""));

export const SearchQuery = z.object({
  q: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Text in the name or in the content of a version that a label points at."),
  prefix: z.string().max(500).optional().describe("What the name begins with."),
  folder: Folder.optional().describe("Only prompts right in this folder; empty for the top."),
  tag: z.string().max(200).optional(),
  label: Label.optional().describe(
    "Only prompts that have it; `q` then looks at its version only.",
  ),
  cursor: Cursor,
  limit: limit(100),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

export const SearchPage = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["text", "chat"]),
      tags: z.array(z.string()),
      versions: z.array(z.int()),
      labels: z.array(z.object({ label: z.string(), version: z.int() })),
      updatedAt: z.iso.datetime(),
      match: z
        .object({
          version: z.int().describe("The highest version that has the text"),
          excerpt: z
            .string()
            .nullable()
            .describe("Around the text; null when only the name has it"),
        })
        .nullable()
        .describe("null without q"),
    }),
  ),
  nextCursor: z
    .string()
    .nullable()
    .describe("May follow a page that is not full: a search looks at 500 names at a time."),
});
export type SearchPage = z.infer<typeof SearchPage>;

export const FolderQuery = z.object({
  parent: Folder.optional().transform((folder) => folder ?? ""),
});
export const FolderList = z.object({
  data: z.array(z.object({ path: z.string(), prompts: z.int().describe("In it, at any depth") })),
});

export const VersionsQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, "is not one that this list gave")
    .optional(),
  limit: limit(100),
});
export type VersionsQuery = z.infer<typeof VersionsQuery>;

export const VersionPage = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      version: z.int(),
      labels: z.array(z.string()),
      commitMessage: z.string().nullable(),
      createdBy: z.string(),
      createdAt: z.iso.datetime(),
      updatedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type VersionPage = z.infer<typeof VersionPage>;

export const SetTags = z.object({ tags: Tags });
export const TagsAnswer = z.object({ name: z.string(), tags: z.array(z.string()) });

export const Duplicate = z
  .object({
    newName: PromptName,
    version: z.int().min(1).optional(),
    label: Label.optional(),
    allVersions: z.boolean().default(false),
  })
  .refine(
    ({ version, label, allVersions }) =>
      [version !== undefined, label !== undefined, allVersions].filter(Boolean).length <= 1,
    { error: "give one of version, label and allVersions", path: ["version"] },
  );
export type Duplicate = z.infer<typeof Duplicate>;

/** Versions that one duplication takes along. */
export const MAX_DUPLICATED = 100;

export const Duplicated = z.object({
  name: z.string(),
  versions: z.array(z.int()),
  source: z.object({ name: z.string(), versions: z.array(z.int()) }),
});

/** Dependants that one answer names. */
export const MAX_DEPENDANTS = 1_000;

export const DependantList = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      version: z.int(),
      by: z.object({ kind: z.enum(["label", "version"]), selector: z.string() }),
    }),
  ),
});
