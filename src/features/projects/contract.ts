import { z } from "zod";

import { parseJsonPath } from "../../lib/json-path.ts";
import { linearReplace } from "../../lib/linear-regex.ts";
import { DEFAULT_SETTINGS, type Grant, GRANTS, MAX_CATEGORIES, ROLES, WEEKDAYS } from "./model.ts";

const Name = z.string().trim().min(1, "must not be empty").max(100, "at most 100 characters");
const Instant = z.iso.datetime();

export const CreateProject = z.object({ name: Name });
export const CreatedProject = z.object({
  project: z.object({ id: z.string(), name: z.string() }),
  publicKey: z.string(),
  secretKey: z.string(),
  abvKey: z.string(),
});

/** What the SDKs' `auth_check` and trace links read. */
export const ProjectList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      organization: z.object({ id: z.string(), name: z.string() }),
      metadata: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const Page = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** `pair` answers a public and a secret key for Basic, `bearer` one key that stands alone. */
const KeyShape = z.enum(["pair", "bearer"]);

const covers = (scopes: readonly Grant[], grant: Grant): boolean =>
  scopes.includes(grant) || (grant === "scores" && scopes.includes("ingest"));

export const CreateKey = z.object({
  kind: KeyShape.default("pair"),
  label: z.string().trim().max(100, "at most 100 characters").default(""),
  scopes: z
    .array(z.enum(GRANTS))
    .min(1, "at least one scope")
    // Who may send anything may send a score.
    .transform((scopes) => GRANTS.filter((grant) => covers(scopes, grant)))
    .default([...GRANTS]),
});

export const Key = z.object({
  id: z.string(),
  kind: KeyShape,
  /** null for a Bearer key. */
  publicKey: z.string().nullable(),
  label: z.string(),
  scopes: z.array(z.enum(GRANTS)),
  createdAt: Instant,
  revokedAt: Instant.nullable(),
});
export const KeyList = z.object({ data: z.array(Key), nextCursor: z.string().nullable() });

/** The only time that the secret is said. */
export const CreatedKey = Key.extend({
  secretKey: z.string().optional(),
  abvKey: z.string().optional(),
});

export const SignIn = z.object({
  secretKey: z
    .string()
    .min(1, "must not be empty")
    .max(512, "is too long to be a key")
    .describe("A secret key of a pair, or a Bearer key; it needs the scope read."),
});

/** What a browser may do in one project. */
export const Session = z.object({
  project: z.object({ id: z.string(), name: z.string() }),
  scopes: z.array(z.enum(GRANTS)),
  role: z.enum(ROLES),
  who: z.string().describe("The key's label or name, or the person's mail address."),
  via: z.enum(["key", "access"]),
  expiresAt: Instant,
});
export type Session = z.infer<typeof Session>;

export const SessionList = z.object({ data: z.array(Session) });
export const SignedOut = z.object({ signedOut: z.literal(true) });

export const KeyPath = z.object({ id: z.string() });

export const RevokedKey = z.object({
  id: z.string(),
  revokedAt: Instant,
  /** After so many seconds no location accepts the key any more. */
  everywhereWithinSeconds: z.int(),
});

const isTimeZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).format(0) !== "";
  } catch {
    return false;
  }
};

const isMask = (text: string): boolean =>
  text.startsWith("$") ? parseJsonPath(text) !== undefined : linearReplace(text) !== undefined;

export const ScoreConfigContract = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
  dataType: z.enum(["NUMERIC", "BOOLEAN", "CATEGORICAL"]),
  minValue: z.number().nullable().default(null),
  maxValue: z.number().nullable().default(null),
  categories: z
    .array(z.strictObject({ label: z.string().min(1).max(200), value: z.number() }))
    .max(MAX_CATEGORIES, `at most ${MAX_CATEGORIES} categories`)
    .default([]),
  direction: z.enum(["higher", "lower"]).nullish(),
  badCategories: z.array(z.string().min(1).max(200)).max(MAX_CATEGORIES).optional(),
  description: z.string().max(1000).nullish(),
  isArchived: z.boolean().optional(),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
});

const Configs = z
  .array(ScoreConfigContract)
  .max(200, "at most 200 score configs")
  .superRefine((configs, context) => {
    for (const [index, { id, dataType, categories }] of configs.entries()) {
      if (configs.findIndex((other) => other.id === id) !== index) {
        context.addIssue({ code: "custom", path: [index, "id"], message: "used twice" });
      }
      if (dataType !== "CATEGORICAL" && categories.length > 0) {
        const message = `only a CATEGORICAL config has categories`;
        context.addIssue({ code: "custom", path: [index, "categories"], message });
      }
    }
  });

const ProtectedLabel = z
  .string()
  .regex(/^[a-z0-9_.-]{1,36}$/, "a label has 1 to 36 characters of a-z, 0-9, _, . and -")
  .refine((label) => label !== "latest", "latest moves with each new version; nobody can keep it");

const Person = z.strictObject({
  who: z
    .string()
    .trim()
    .max(320, "at most 320 characters")
    .regex(/^[^@\s]*@[^@\s]+\.[^@\s]+$/, "a mail address, or @ and a domain for all of it"),
  role: z.enum(ROLES),
});

/** Requests of a key; null is without limit. */
const PerMinute = z.int().min(1).max(1_000_000).nullable();

export const SettingsContract = z.strictObject({
  capturePayloads: z.boolean(),
  retentionDays: z.int().min(1, "at least 1 day").max(365, "at most 365 days"),
  masks: z
    .array(
      z
        .string()
        .min(1)
        .max(200)
        .refine(
          isMask,
          "neither a regular expression of RE2 (no look-around, no backreferences) nor a JSON path such as $.input..email",
        ),
    )
    .max(20, "at most 20 masks"),
  timeZone: z.string().max(100).refine(isTimeZone, "not an IANA time zone"),
  reports: z.strictObject({
    daily: z.boolean(),
    weekly: z.boolean(),
    weekday: z.enum(WEEKDAYS),
    hour: z.int().min(0, "must be 0 to 23").max(23, "must be 0 to 23"),
  }),
  scoreConfigs: Configs,
  protectedLabels: z
    .array(ProtectedLabel)
    .max(100, "at most 100 protected labels")
    .transform((labels) => [...new Set(labels)]),
  limits: z.strictObject({
    eventsPerRequest: z.int().min(1).max(100_000).default(DEFAULT_SETTINGS.limits.eventsPerRequest),
    ingestPerMinute: PerMinute.default(null),
    readsPerMinute: PerMinute.default(null),
  }),
  people: z
    .array(Person)
    .max(200, "at most 200 people")
    .describe("Who may sign in through Cloudflare Access, where it is set up."),
  keys: z
    .record(
      z.string().min(1).max(100),
      z.strictObject({
        capturePayloads: z.boolean().optional(),
        ingestPerMinute: PerMinute.optional(),
        readsPerMinute: PerMinute.optional(),
      }),
    )
    .refine((keys) => Object.keys(keys).length <= 100, "at most 100 keys"),
});

/** What is absent stays as it is; what is given replaces the whole field. */
export const PatchSettings = SettingsContract.partial();

export const AuditQuery = Page.extend({
  action: z
    .string()
    .regex(/^[a-z.]{1,50}$/, "an action is two words with a dot between them, or the first of them")
    .optional()
    .describe("Only this action, such as label.move, or all that begin with it, such as key."),
});

export const AuditList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      actor: z.string(),
      action: z.string(),
      target: z.string(),
      detail: z.record(z.string(), z.unknown()),
      createdAt: Instant,
    }),
  ),
  nextCursor: z.string().nullable(),
});
