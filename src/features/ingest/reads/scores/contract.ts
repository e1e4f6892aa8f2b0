import { z } from "zod";

import { Score, SCORE_FIELD_GROUPS, ScoreV3 } from "../../../scores/contract.ts";
import { SCORE_SOURCES, SCORE_TYPES } from "../../../scores/model.ts";
import { Cursor, InstantUs, LegacyPage, paged, Unsupported } from "../contract.ts";

/** Comma-separated values, any of which may match. */
const Csv = z
  .string()
  .max(10_000)
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .optional();

const upper = <T extends string>(allowed: readonly T[]) =>
  z
    .string()
    .transform((text) => text.toUpperCase().split(","))
    .pipe(z.array(z.enum(allowed)))
    .optional();

const Common = {
  traceId: Csv,
  sessionId: Csv,
  observationId: Csv,
  name: Csv,
  source: upper(SCORE_SOURCES),
  dataType: upper(SCORE_TYPES),
  configId: Csv,
  queueId: Csv,
  fromTimestamp: InstantUs.optional(),
  toTimestamp: InstantUs.optional(),
};

export const ScoresQuery = z.object({
  ...LegacyPage,
  ...Common,
  // The second generation takes one name, commas and all.
  name: z.string().max(200).optional(),
  scoreIds: Csv,
  userId: Unsupported,
  traceTags: Unsupported,
  datasetRunId: Unsupported,
  operator: Unsupported,
  value: Unsupported,
  filter: Unsupported,
});

const Group = z.enum(SCORE_FIELD_GROUPS);

const hasSingleType = (
  { dataType = [] }: { dataType?: string[] | undefined },
  types: readonly string[],
): boolean => dataType.length === 1 && dataType.every((type) => types.includes(type));

export const ScoresV3Query = z
  .object({
    ...Common,
    id: Csv,
    environment: Csv,
    authorUserId: Unsupported,
    experimentId: Unsupported,
    value: Csv,
    valueMin: z.coerce.number().optional(),
    valueMax: z.coerce.number().optional(),
    fields: z
      .string()
      .transform((text) => text.split(","))
      .pipe(z.array(Group))
      .default([]),
    limit: LegacyPage.limit,
    cursor: Cursor.optional(),
  })
  .refine(({ observationId, traceId }) => !observationId || traceId, {
    path: ["observationId"],
    error: "needs traceId: an observation's id is unique only within its trace",
  })
  .refine(({ sessionId, traceId }) => !sessionId || !traceId, {
    path: ["sessionId"],
    error: "cannot be combined with traceId",
  })
  .refine((query) => !query.value || hasSingleType(query, ["NUMERIC", "BOOLEAN", "CATEGORICAL"]), {
    path: ["value"],
    error: "needs a single dataType of NUMERIC, BOOLEAN or CATEGORICAL",
  })
  .refine(
    (query) =>
      (query.valueMin === undefined && query.valueMax === undefined) ||
      hasSingleType(query, ["NUMERIC"]),
    { path: ["valueMin"], error: "and valueMax need dataType=NUMERIC" },
  );

export const ScorePage = paged(Score);
export const ScorePageV3 = z.object({
  data: z.array(ScoreV3),
  meta: z.object({ limit: z.int(), cursor: z.string().optional() }),
});
