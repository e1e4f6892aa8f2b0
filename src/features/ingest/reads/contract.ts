import { z } from "zod";

import { decodeCursor } from "../../../lib/cursor.ts";
import { LEVELS, OBSERVATION_TYPES } from "../model.ts";

const Id = z.string().min(1).max(800);
export const IdPath = z.object({ id: Id });

/** ISO 8601, as integer microseconds since 1970. */
export const InstantUs = z.iso
  .datetime({ offset: true, local: true, error: "must be an ISO 8601 instant" })
  .transform((text) => Date.parse(/Z|[+-]\d\d:?\d\d$/i.test(text) ? text : `${text}Z`) * 1000);

/** The paging of the legacy routes. `meta.totalItems` counts what the list looked at, see each route. */
export const LegacyPage = {
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
};

/** A filter of the original that is not here: ignoring it would give wrong answers. */
export const Unsupported = z.never("is not supported here").optional();

/** Where the answer before ended: its `meta.cursor`. */
export const Cursor = z
  .string()
  .max(4000)
  .transform((text, context) => {
    const place = decodeCursor(text);
    if (!place) context.addIssue({ code: "custom", message: "is not one of ours" });
    return place ?? z.NEVER;
  });

const Text = z.string().max(1000).optional();

export const FIELD_GROUPS = ["core", "io", "scores", "observations", "metrics"] as const;

const list = <T extends string>(allowed: readonly T[]) =>
  z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(z.enum(allowed)));

const Fields = list(FIELD_GROUPS)
  .optional()
  .describe(`Comma-separated: ${FIELD_GROUPS.join(", ")}. All when left out.`);

export const TraceQuery = z.object({ fields: Fields });

export const TracesQuery = z.object({
  ...LegacyPage,
  name: Text,
  userId: Text,
  sessionId: Text,
  version: Text,
  release: Text,
  fromTimestamp: InstantUs.optional(),
  toTimestamp: InstantUs.optional(),
  orderBy: z.enum(["timestamp.asc", "timestamp.desc"]).default("timestamp.desc"),
  fields: Fields,
  filter: Unsupported,
});

const ObservationFilters = {
  name: Text,
  userId: Text,
  traceId: Id.optional(),
  type: z.enum(OBSERVATION_TYPES).optional(),
  level: z.enum(LEVELS).optional(),
  parentObservationId: Id.optional(),
  version: Text,
  fromStartTime: InstantUs.optional(),
  toStartTime: InstantUs.optional(),
  promptName: Text,
  promptVersion: z.coerce.number().int().min(1).optional(),
  model: Text,
  filter: Unsupported,
};

type Link = { promptName?: string | undefined; promptVersion?: number | undefined };
const isWhole = ({ promptName, promptVersion }: Link): boolean =>
  (promptName === undefined) === (promptVersion === undefined);
const HALF_LINK = { path: ["promptVersion"], error: "must be given together with promptName" };

export const ObservationsQuery = z
  .object({ ...LegacyPage, ...ObservationFilters })
  .refine(isWhole, HALF_LINK);

/** Fields that are shown together. Without `fields`: core and basic. */
export const OBSERVATION_GROUPS = [
  "core",
  "basic",
  "time",
  "io",
  "metadata",
  "model",
  "usage",
  "prompt",
  "metrics",
  "trace_context",
] as const;

export const ObservationsV2Query = z
  .object({
    ...ObservationFilters,
    sessionId: Text,
    isRootObservation: z.stringbool().optional(),
    parseIoAsJson: z.literal("false", "is not supported: input and output are text").optional(),
    fields: list(OBSERVATION_GROUPS).default(["core", "basic"]),
    limit: z.coerce.number().int().min(1).max(1000).default(50),
    cursor: Cursor.optional(),
  })
  .refine(isWhole, HALF_LINK);

export const SessionsQuery = z.object({
  ...LegacyPage,
  fromTimestamp: InstantUs.optional(),
  toTimestamp: InstantUs.optional(),
});

const Meta = z.object({
  page: z.int(),
  limit: z.int(),
  totalItems: z.int(),
  totalPages: z.int(),
});
export const paged = (item: z.ZodType) => z.object({ data: z.array(item), meta: Meta });

const Numbers = z.record(z.string(), z.number());
const MaybeText = z.string().nullable();
const MaybeNumber = z.number().nullable();

export const Observation = z.object({
  id: z.string(),
  traceId: z.string(),
  projectId: z.string(),
  type: z.enum(OBSERVATION_TYPES),
  name: MaybeText,
  startTime: z
    .string()
    .describe("Where no event said one: when the observation was last spoken of"),
  endTime: MaybeText,
  completionStartTime: MaybeText,
  model: MaybeText,
  modelParameters: z.record(z.string(), z.unknown()),
  input: z.unknown(),
  output: z.unknown(),
  metadata: z.record(z.string(), z.unknown()),
  version: MaybeText,
  usage: z
    .object({ input: z.int(), output: z.int(), total: z.int(), unit: z.string() })
    .describe("Deprecated: 0 also where unknown, as the SDKs need numbers. See usageDetails"),
  usageDetails: Numbers,
  costDetails: Numbers,
  level: z.enum(LEVELS),
  statusMessage: MaybeText,
  parentObservationId: MaybeText,
  promptId: z.null(),
  promptName: MaybeText,
  promptVersion: MaybeNumber,
  environment: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modelId: z.null(),
  inputPrice: z.null(),
  outputPrice: z.null(),
  totalPrice: z.null(),
  calculatedInputCost: MaybeNumber,
  calculatedOutputCost: MaybeNumber,
  calculatedTotalCost: MaybeNumber,
  latency: MaybeNumber.describe("Seconds"),
  timeToFirstToken: MaybeNumber.describe("Seconds"),
});

/** Which fields are there depends on the groups that were asked for. */
export const ObservationPageV2 = z.object({
  data: z.array(z.looseObject({ id: z.string(), traceId: z.string(), startTime: z.string() })),
  meta: z.object({ cursor: z.string().optional() }),
});

export const Trace = z.object({
  id: z.string(),
  timestamp: z.string(),
  name: MaybeText,
  input: z.unknown(),
  output: z.unknown(),
  metadata: z.record(z.string(), z.unknown()),
  sessionId: MaybeText,
  userId: MaybeText,
  release: MaybeText,
  version: MaybeText,
  tags: z.array(z.string()),
  public: z.boolean(),
  bookmarked: z.boolean(),
  environment: z.string(),
  projectId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const Details = {
  htmlPath: z.string(),
  latency: MaybeNumber.describe("Seconds from the first start to the last end"),
  totalCost: MaybeNumber.describe("USD over the observations whose cost is known"),
};
const ListedTrace = Trace.extend({
  ...Details,
  observations: z.array(z.string()).describe("Ids"),
  scores: z.array(z.string()).describe("Ids"),
});
/** Counted in pages as the SDKs ask for it, or walked by a cursor. */
export const tracePage = z.union([
  paged(ListedTrace),
  z.object({ data: z.array(ListedTrace), nextCursor: z.string().nullable() }),
]);
export const fullTrace = (score: z.ZodType) =>
  Trace.extend({ ...Details, observations: z.array(Observation), scores: z.array(score) });

export const Session = z.object({
  id: z.string(),
  createdAt: z.string(),
  projectId: z.string(),
  environment: z.string(),
});
export const SessionWithTraces = Session.extend({ traces: z.array(Trace) });

export const Message = z.object({ message: z.string() });

/** SHA-256 in base64: 43 characters and one of padding. */
export const NewMedia = z.object({
  sha256Hash: z.string().regex(/^[A-Za-z0-9+/_-]{43}=?$/, "must be a SHA-256 in base64"),
});
export const MediaAnswer = z.object({ uploadUrl: z.null(), mediaId: z.string() });
export const Health = z.object({ status: z.string(), version: z.string() });
