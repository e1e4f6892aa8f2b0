import { cleanText } from "../../../lib/text.ts";
import type { Json, ObservationPatch, Payload, TracePatch } from "../model.ts";

/** Longest text that a row keeps of one field, in UTF-16 code units. */
const MAX_TEXT = 1_000;
const MAX_STATUS_MESSAGE = 4_000;
/** Longest JSON of `modelParameters` that a row keeps. */
const MAX_PARAMETERS = 8_000;
const MAX_TAGS = 50;
const MAX_TAG = 200;

/** Moves what is too long for a row into the payload's metadata, so that a row stays small and nothing is lost. */
function spill<T extends Payload>(patch: T, key: string, whole: Json): T {
  return { ...patch, metadata: { ...patch.metadata, [key]: whole } };
}

function boundText<T extends Payload>(patch: T, field: keyof T & string, limit: number): T {
  const text = patch[field];
  if (typeof text !== "string" || text.length <= limit) return patch;
  return { ...spill(patch, field, text), [field]: cleanText(text.slice(0, limit)) };
}

/** The observation with rows' fields of bounded size; what was cut stands whole in its metadata. */
export function boundObservation(patch: ObservationPatch): ObservationPatch {
  let bounded = boundText(patch, "statusMessage", MAX_STATUS_MESSAGE);
  for (const field of [
    "name",
    "model",
    "provider",
    "version",
    "promptName",
    "promptLabel",
  ] as const) {
    bounded = boundText(bounded, field, MAX_TEXT);
  }
  const { modelParameters } = bounded;
  if (modelParameters && JSON.stringify(modelParameters).length > MAX_PARAMETERS) {
    const { modelParameters: _long, ...rest } = bounded;
    bounded = spill(rest, "modelParameters", modelParameters);
  }
  return bounded;
}

/** The trace likewise. Tags beyond the first 50 and over 200 characters stand in its metadata. */
export function boundTrace(patch: TracePatch): TracePatch {
  let bounded = patch;
  for (const field of ["name", "userId", "sessionId", "release", "version"] as const) {
    bounded = boundText(bounded, field, MAX_TEXT);
  }
  const { tags } = bounded;
  if (tags && (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_TAG))) {
    const short = tags.slice(0, MAX_TAGS).map((tag) => cleanText(tag.slice(0, MAX_TAG)));
    bounded = { ...spill(bounded, "tags", tags), tags: short };
  }
  return bounded;
}
