import type { ScorePatch } from "../../scores/model.ts";
import type { Json, Payload } from "../model.ts";
import type { Accepted } from "./stored.ts";

/** Stands where a mask matched. */
const MASKED = "***";

type MaskText = (text: string) => string;

function textMask(patterns: readonly string[]): MaskText {
  const masks = patterns.map((pattern) => new RegExp(pattern, "gu"));
  // A pattern may match nothing at all, between any two characters.
  return (text) =>
    masks.reduce((rest, mask) => rest.replace(mask, (match) => (match ? MASKED : "")), text);
}

/**
 * Masks every text inside a value; names of fields stay. What was one object stays one object, so
 * that a payload said twice is still stored once.
 */
function jsonMask(mask: MaskText): (value: Json) => Json {
  const known = new Map<object, Json>();
  return function masked(value: Json): Json {
    if (typeof value === "string") return mask(value);
    if (typeof value !== "object" || value === null) return value;
    const done = known.get(value);
    if (done !== undefined) return done;
    const result = Array.isArray(value)
      ? value.map(masked)
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
    known.set(value, result);
    return result;
  };
}

/**
 * Takes what the project's masks match out of everything that people and models wrote: inputs,
 * outputs, metadata, status messages, and of scores comments, metadata and free text. Names, ids,
 * tags and categories stay, because numbers are grouped by them.
 *
 * @param patterns regular expressions, as the project's settings hold them
 */
export function maskAccepted(accepted: Accepted, patterns: readonly string[]): Accepted {
  if (patterns.length === 0) return accepted;
  const text = textMask(patterns);
  const json = jsonMask(text);

  function payload<T extends Payload & { statusMessage?: string }>(patch: T): T {
    const masked = { ...patch };
    if (patch.input !== undefined) masked.input = json(patch.input);
    if (patch.output !== undefined) masked.output = json(patch.output);
    if (patch.metadata) masked.metadata = json(patch.metadata) as Record<string, Json>;
    if (patch.statusMessage !== undefined) masked.statusMessage = text(patch.statusMessage);
    return masked;
  }

  function score(patch: ScorePatch): ScorePatch {
    const masked = { ...patch };
    if (patch.comment) masked.comment = text(patch.comment);
    if (patch.metadata)
      masked.metadata = json(patch.metadata as Json) as ScorePatch["metadata"] & {};
    const isFree = patch.dataType === "TEXT" || patch.dataType === "CORRECTION";
    if (isFree && patch.stringValue !== undefined) masked.stringValue = text(patch.stringValue);
    return masked;
  }

  return {
    observations: accepted.observations.map(payload),
    traces: accepted.traces.map(payload),
    scores: accepted.scores.map(score),
  };
}
