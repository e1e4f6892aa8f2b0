import { z } from "zod";

import { SCORE_SOURCES, SCORE_TYPES } from "../../../scores/model.ts";
import { LEVELS } from "../../model.ts";
import { Cursor, InstantUs } from "../contract.ts";

const Text = z.string().min(1).max(1000).optional();

export const GenerationsQuery = z
  .object({
    promptName: Text,
    promptVersion: z.coerce.number().int().min(1).optional(),
    promptLabel: Text.describe("A label that the version had when the generation began"),
    model: Text.describe("As metrics name it"),
    environment: Text,
    userId: Text,
    sessionId: Text,
    traceId: Text,
    failed: z.stringbool().optional().describe("true: those with level ERROR; false: the others"),
    scoreName: Text.describe("Of a score on the generation or on its trace"),
    scoreMin: z.coerce.number().optional(),
    scoreMax: z.coerce.number().optional().describe("Inclusive, as scoreMin"),
    scoreValue: Text.describe("The category of a CATEGORICAL score, True or False of a BOOLEAN"),
    from: InstantUs.optional().describe("Earliest start"),
    to: InstantUs.optional().describe("Latest start, exclusive"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    cursor: Cursor.optional(),
  })
  .refine(({ promptName, promptVersion }) => promptVersion === undefined || promptName, {
    path: ["promptVersion"],
    error: "needs promptName",
  })
  .refine(({ scoreName, ...rest }) => scoreName !== undefined || !hasScoreBound(rest), {
    path: ["scoreName"],
    error: "is needed with scoreMin, scoreMax and scoreValue",
  });
export type GenerationsQuery = z.infer<typeof GenerationsQuery>;

const hasScoreBound = (query: {
  scoreMin?: number | undefined;
  scoreMax?: number | undefined;
  scoreValue?: string | undefined;
}): boolean =>
  query.scoreMin !== undefined || query.scoreMax !== undefined || query.scoreValue !== undefined;

const MaybeText = z.string().nullable();
const MaybeNumber = z.number().nullable();

const Generation = z.object({
  id: z.string(),
  traceId: z.string(),
  userId: MaybeText,
  sessionId: MaybeText,
  name: MaybeText,
  startTime: z.string(),
  endTime: MaybeText,
  latencyMs: MaybeNumber,
  timeToFirstTokenMs: MaybeNumber,
  model: MaybeText,
  environment: z.string(),
  level: z.enum(LEVELS),
  statusMessage: MaybeText,
  promptName: MaybeText,
  promptVersion: MaybeNumber,
  namedLabel: MaybeText.describe("The label that the generation named instead of a version"),
  labelsAtStart: z
    .array(z.string())
    .describe("Labels that the version had when the generation began, by the deployments ledger"),
  usageDetails: z.record(z.string(), z.number()),
  costUsd: MaybeNumber,
  scores: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      level: z.enum(["observation", "trace"]),
      source: z.enum(SCORE_SOURCES),
      dataType: z.enum(SCORE_TYPES),
      value: MaybeNumber,
      stringValue: MaybeText,
    }),
  ),
});
export type GenerationView = z.infer<typeof Generation>;

export const GenerationPage = z.object({
  data: z.array(Generation),
  nextCursor: z
    .string()
    .nullable()
    .describe("null: there are no more. A page may be empty and still have a next one"),
});
