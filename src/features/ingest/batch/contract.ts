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

/** The rest is checked by `validateScore`, whose sentences name the field. */
export const NewScore = z
  .looseObject({
    id: z.string().max(800).nullish(),
    environment: z.string().nullish(),
  })
  .meta({
    description:
      "name, value, one target of traceId (with observationId) or sessionId; id, dataType (NUMERIC, BOOLEAN, CATEGORICAL, TEXT, CORRECTION), comment, metadata, environment, configId, queueId and source (API, ANNOTATION) may be left out",
  });
export type NewScore = z.infer<typeof NewScore>;
export const CreatedScore = z.object({ id: z.string() });
export const ScorePath = z.object({ id: z.string().min(1).max(800) });
