import { z } from "zod";

import { AUTHS_OF, SOURCE_AUTHS, SOURCE_KINDS } from "./model.ts";

const Instant = z.iso.datetime();
const Name = z.string().trim().min(1, "must not be empty").max(100, "at most 100 characters");

const Mapping = z.string().min(1).max(4000, "at most 4000 characters").meta({
  description: "JMESPath that makes our events of the body: one event, or a list of them.",
});

/** 24 bytes are what Standard Webhooks asks for; senders that choose it themselves may have more. */
const GivenSecret = z
  .string()
  .min(16, "at least 16 characters")
  .max(200, "at most 200 characters")
  .meta({ description: "Where the sender chooses the secret; made for you otherwise." });

export const CreateSource = z
  .object({
    name: Name,
    kind: z.enum(SOURCE_KINDS),
    auth: z.enum(SOURCE_AUTHS).optional().describe("The kind's own way when left out."),
    mapping: Mapping.optional(),
    secret: GivenSecret.optional(),
  })
  .superRefine(({ kind, auth, mapping }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (kind === "mapped" && mapping === undefined) refuse("mapping", "is required for mapped");
    if (kind !== "mapped" && mapping !== undefined) refuse("mapping", "is only for mapped");
    if (auth !== undefined && !AUTHS_OF[kind].includes(auth)) {
      refuse("auth", `${kind} can only use ${AUTHS_OF[kind].join(" or ")}`);
    }
  });
export type CreateSource = z.infer<typeof CreateSource>;

export const PatchSource = z.object({ name: Name.optional(), mapping: Mapping.optional() });
export type PatchSource = z.infer<typeof PatchSource>;

export const RotateSource = z.object({
  overlapHours: z
    .number()
    .min(0)
    .max(720, "at most 720 hours")
    .default(24)
    .describe("How long the secrets before go on being accepted."),
  secret: GivenSecret.optional(),
});
export type RotateSource = z.infer<typeof RotateSource>;

export const SourcePath = z.object({ id: z.string().min(1).max(100) });
export const HookPath = z.object({ source: z.string().min(1).max(100) });

export const Source = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  auth: z.enum(SOURCE_AUTHS),
  mapping: z.string().nullable(),
  /** Where the sender posts to. */
  path: z.string(),
  /** Never the secrets themselves. */
  secrets: z.array(z.object({ id: z.string(), createdAt: Instant, expiresAt: Instant.nullable() })),
  createdAt: Instant,
});
export type Source = z.infer<typeof Source>;
export const SourceList = z.object({ data: z.array(Source), nextCursor: z.string().nullable() });

/** The only time that the secret is said. */
export const SourceWithSecret = Source.extend({ secret: z.string() });

const Problem = z.object({ id: z.string(), status: z.int(), message: z.string() });

export const HookAnswer = z.object({ accepted: z.int(), errors: z.array(Problem) });
export type HookAnswer = z.infer<typeof HookAnswer>;

export const DryRun = z.object({
  mapping: Mapping,
  body: z.unknown().describe("What the sender would post."),
});

export const DryRunAnswer = z.object({
  events: z.array(z.unknown()).describe("What the expression makes of the body."),
  accepted: z.int().describe("Events that would be taken. Nothing is stored."),
  errors: z.array(Problem),
});
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;

export const Page = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
