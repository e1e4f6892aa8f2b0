import { z } from "zod";

export const LangfuseImport = z.object({
  baseUrl: z.string().max(500).describe("Of a Langfuse, or of another Promptside; https."),
  publicKey: z.string().min(1).max(200),
  secretKey: z.string().min(1).max(200).describe("Used for this step and not kept."),
  cursor: z.string().max(100).optional().describe("Of the step before; absent for the first."),
});
export type LangfuseImport = z.infer<typeof LangfuseImport>;

export const LangfuseReport = z.object({
  done: z.boolean(),
  cursor: z.string().nullable().describe("What the next step is called with; null when done"),
  progress: z.object({ prompts: z.int(), of: z.int() }),
  versions: z.object({ added: z.int(), unchanged: z.int() }),
  labels: z.int().describe("Labels that were moved"),
  errors: z.array(z.object({ name: z.string(), version: z.int().nullable(), message: z.string() })),
});
export type LangfuseReport = z.infer<typeof LangfuseReport>;

/** What is read of a page of `GET /api/public/v2/prompts`. */
export const SourceList = z.object({
  data: z.array(z.object({ name: z.string(), versions: z.array(z.int()) })),
  meta: z.object({ totalItems: z.int(), totalPages: z.int() }),
});
export type SourceList = z.infer<typeof SourceList>;

/** What is read of `GET /api/public/v2/prompts/{name}`, beside the version itself. */
export const SourceVersion = z.object({
  labels: z.array(z.string()),
  tags: z.array(z.string()),
  type: z.enum(["text", "chat"]),
  prompt: z.unknown(),
  config: z.unknown().optional(),
  commitMessage: z.string().nullish(),
  createdBy: z.string().nullish(),
  createdAt: z.string().nullish(),
});
export type SourceVersion = z.infer<typeof SourceVersion>;
