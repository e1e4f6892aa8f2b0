import { z } from "zod";

/** Loose on purpose: each event is checked on its own, so that one bad event costs no other. */
export const Envelope = z.object({
  batch: z.array(z.unknown()),
  metadata: z.unknown().optional(),
});

export const IngestionAnswer = z.object({
  successes: z.array(z.object({ id: z.string(), status: z.int() })),
  errors: z.array(
    z.object({ id: z.string(), status: z.int(), message: z.string(), error: z.string() }),
  ),
});
export type IngestionAnswer = z.infer<typeof IngestionAnswer>;

const ScoreBody = z.record(z.string(), z.unknown());
export type ScoreBody = z.infer<typeof ScoreBody>;

/** What a score must say is checked by `validateScore`, whose sentences name the field. */
export const NewScores = z
  .union([ScoreBody, z.array(z.unknown())], "must be a score or a list of scores")
  .meta({
    description:
      "A score, or a list of scores. A score has name, value and one target of traceId (with observationId) or sessionId; id, dataType (NUMERIC, BOOLEAN, CATEGORICAL, TEXT, CORRECTION), timestamp, comment, metadata, environment, configId, queueId and source (API, ANNOTATION) may be left out",
  });
export const CreatedScore = z.object({ id: z.string() });
/** Of a list whose scores are all good. */
export const AcceptedScores = z.object({ message: z.literal("Accepted") });
/** Of a list with bad scores; the good ones are kept. */
export const SortedScores = z.object({
  accepted: z.int(),
  rejected: z.int(),
  errors: z.array(z.object({ message: z.string() })),
});
export type SortedScores = z.infer<typeof SortedScores>;
export const ScorePath = z.object({ id: z.string().min(1).max(800) });
