import { z } from "zod";

import { SCORE_SOURCES, SCORE_TYPES } from "../../../scores/model.ts";
import { LEVELS } from "../../model.ts";
import { Cursor, InstantUs } from "../contract.ts";

const Text = z.string().min(1).max(1000).optional();

/** What may be asked of a generation and its scores: of one, or of any of a trace's. */
export const BEHIND_FILTERS = {
  promptName: Text,
  promptVersion: z.coerce.number().int().min(1).optional(),
  promptLabel: Text.describe("A label that the version had when the generation began"),
  model: Text.describe("As metrics name it"),
  failed: z.stringbool().optional().describe("true: those with level ERROR; false: the others"),
  scoreName: Text.describe("Of a score on the generation or on its trace"),
  scoreMin: z.coerce.number().optional(),
  scoreMax: z.coerce.number().optional().describe("Inclusive, as scoreMin"),
  scoreValue: Text.describe("The category of a CATEGORICAL score, True or False of a BOOLEAN"),
};
export type BehindFilters = z.infer<z.ZodObject<typeof BEHIND_FILTERS>>;

/** Names a filter that makes no sense without another one. */
export function checkBehind(query: BehindFilters, context: z.RefinementCtx): void {
  const { promptName, promptVersion, scoreName, scoreMin, scoreMax, scoreValue } = query;
  if (promptVersion !== undefined && promptName === undefined) {
    context.addIssue({ code: "custom", path: ["promptVersion"], message: "needs promptName" });
  }
  if (scoreName === undefined && (scoreMin ?? scoreMax ?? scoreValue) !== undefined) {
    const message = "is needed with scoreMin, scoreMax and scoreValue";
    context.addIssue({ code: "custom", path: ["scoreName"], message });
  }
}

export const GenerationsQuery = z
  .object({
    ...BEHIND_FILTERS,
    environment: Text,
    userId: Text,
    sessionId: Text,
    traceId: Text,
    from: InstantUs.optional().describe("Earliest start"),
    to: InstantUs.optional().describe("Latest start, exclusive"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    cursor: Cursor.optional(),
  })
  .superRefine(checkBehind);
export type GenerationsQuery = z.infer<typeof GenerationsQuery>;

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
