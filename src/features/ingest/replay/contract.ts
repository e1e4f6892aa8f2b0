import { z } from "zod";

/** `<project number>/<object name>`: the last one of the page before. */
const Cursor = z
  .string()
  .max(300)
  .regex(/^\d+\/.+$/, "is not one of ours");

export const ParkedQuery = z.object({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const Replay = z.object({
  cursor: Cursor.nullish().describe("`nextCursor` of the answer before; absent begins anew"),
  limit: z.int().min(1).max(1000).default(100).describe("Objects to put back with this request"),
});

const ParkedObject = z.object({
  object: z.string().describe("Name of the object in R2"),
  project: z.int().describe("The project's number"),
  error: z.string().describe("Why it was given up on"),
});

export const ParkedList = z.object({
  data: z.array(ParkedObject),
  parked: z.int().describe("Objects that are parked in all"),
  nextCursor: z.string().nullable(),
});

export const Replayed = z.object({
  queued: z.int().describe("Objects that this request put back into the queue"),
  parked: z.int().describe("Objects still recorded as parked; one leaves when it is in the rows"),
  nextCursor: z.string().nullable().describe("null: all were put back"),
});
