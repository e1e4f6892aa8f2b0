import { z } from "zod";

import { SCORE_SOURCES, SCORE_TYPES } from "./model.ts";

export const ScorePath = z.object({ id: z.string().min(1).max(800) });

const Kind = { source: z.enum(SCORE_SOURCES), dataType: z.enum(SCORE_TYPES) };
const Times = { timestamp: z.string(), createdAt: z.string(), updatedAt: z.string() };

export const Score = z.object({
  id: z.string(),
  traceId: z.string().nullable(),
  sessionId: z.string().nullable(),
  observationId: z.string().nullable(),
  datasetRunId: z.null(),
  name: z.string(),
  ...Kind,
  value: z.number().nullable(),
  stringValue: z.string().nullable(),
  ...Times,
  authorUserId: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  configId: z.string().nullable(),
  queueId: z.string().nullable(),
  environment: z.string(),
});

/** Fields that the third generation shows only when asked. */
export const SCORE_FIELD_GROUPS = ["details", "subject", "annotation"] as const;

export const ScoreV3 = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  ...Kind,
  value: z.union([z.number(), z.boolean(), z.string()]),
  ...Times,
  environment: z.string(),
  comment: z.string().nullable().optional(),
  configId: z.string().nullable().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  authorUserId: z.string().nullable().optional(),
  queueId: z.string().nullable().optional(),
  subject: z
    .object({ kind: z.string(), id: z.string(), traceId: z.string().optional() })
    .optional(),
});
