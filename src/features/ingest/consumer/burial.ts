import type { PayloadRef } from "../accept/payload.ts";
import { decodeDoc } from "../doc.ts";
import type { Stamped } from "../merge.ts";
import type { Clock } from "../model.ts";

/*
 * What is left of a trace that was deleted. Its row stays as a tombstone until the retention is
 * over, so that what comes late is buried too; every row of it keeps its key and forgets the rest.
 */

/** When a trace was deleted, by its stored document; undefined for a living one. */
export function deletionIn(doc: string): Clock | undefined {
  // Decoding costs; a text that a client wrote may say it too, so it is only the first look.
  if (!doc.includes('"deleted":true')) return undefined;
  return deletionOf(decodeDoc(doc));
}

export function deletionOf({ values, clocks }: Stamped): Clock | undefined {
  const clock = clocks["deleted"];
  return values["deleted"] === true && typeof clock === "string" ? clock : undefined;
}

/** Every place where a row's payloads lie, or lay before later ones replaced them. */
export function placesOf({ values }: Stamped): PayloadRef[] {
  const { input, output, metadata, replaced } = values as {
    input?: PayloadRef;
    output?: PayloadRef;
    metadata?: PayloadRef[];
    replaced?: PayloadRef[];
  };
  const all = [input, output, ...(metadata ?? []), ...(replaced ?? [])];
  return all.filter((place) => place !== undefined);
}

function keeping({ values, clocks }: Stamped, fields: readonly string[]): Stamped {
  const kept: Stamped = { values: {}, clocks: {} };
  for (const field of fields) {
    if (!(field in values)) continue;
    kept.values[field] = values[field];
    kept.clocks[field] = clocks[field] ?? "";
  }
  return kept;
}

const latest = (a: Clock | undefined, b: Clock): Clock => (a !== undefined && a > b ? a : b);

/** @param deletion when the observation's trace was deleted */
export const buriedObservation = (state: Stamped, deletion: Clock): Stamped => ({
  values: { deleted: true },
  clocks: { deleted: latest(deletionOf(state), deletion) },
});

/** The session stays: its scores have to be settled again. */
export const buriedTrace = (state: Stamped): Stamped => keeping(state, ["deleted", "sessionId"]);

/** What a score says beside its number and its words for people. */
const SCORE_FIELDS = [
  "deleted",
  "traceId",
  "observationId",
  "sessionId",
  "name",
  "source",
  "dataType",
  "value",
  "timestampUs",
  "environment",
  "configId",
  "queueId",
];

/** @param deletion when the score's trace was deleted; undefined when the score itself was */
export function buriedScore(state: Stamped, deletion: Clock | undefined): Stamped {
  const buried = keeping(state, SCORE_FIELDS);
  if (deletion === undefined) return buried;
  buried.values["deleted"] = true;
  buried.clocks["deleted"] = latest(deletionOf(state), deletion);
  return buried;
}
