import { advance, parseJsonPath, type Step } from "../../../lib/json-path.ts";
import { linearReplace, stepsPerCharacter } from "../../../lib/linear-regex.ts";
import type { ScorePatch } from "../../scores/model.ts";
import type { Clock, Json, Payload, Rejected } from "../model.ts";
import type { Accepted } from "./stored.ts";

/** Stands where a mask matched. */
const MASKED = "***";

/** Levels that are looked through; what lies deeper is masked as a whole. */
const MAX_DEPTH = 500;

/**
 * Steps that the masks of one request may take: characters looked at, times the size of the
 * expression; a value looked at by a path is one. A step takes 10 to 35 ns. Counted, because a
 * Worker's clock stands still while it computes.
 */
export const MAX_MASK_STEPS = 600_000_000;

/** The request has no steps left. Never leaves this file. */
class Spent extends Error {}

/** Takes steps off what a request may take. */
type Spend = (steps: number) => void;

function budgetOf(steps: number): Spend {
  let left = steps;
  return (taken) => {
    left -= taken;
    if (left < 0) throw new Spent();
  };
}

type MaskText = (text: string) => string;

/** Masks what the patterns match. A pattern that cannot be read hides everything. */
function textMask(patterns: readonly string[], spend: Spend): MaskText {
  const masks = patterns.map((pattern) => linearReplace(pattern) ?? (() => MASKED));
  const steps = patterns.reduce((sum, pattern) => sum + stepsPerCharacter(pattern), 0);
  return (text) => {
    spend(text.length * steps);
    return masks.reduce((rest, mask) => mask(rest, MASKED), text);
  };
}

/**
 * Masks every text inside a value; names of fields stay. What was one object stays one object, so
 * that a payload said twice is still stored once.
 */
function jsonMask(mask: MaskText): (value: Json) => Json {
  const known = new Map<object, Json>();
  function masked(value: Json, depth: number): Json {
    if (typeof value === "string") return mask(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return MASKED;
    const done = known.get(value);
    if (done !== undefined) return done;
    const result = mapChildren(value, (_, inner) => masked(inner, depth + 1));
    known.set(value, result);
    return result;
  }
  return (value) => masked(value, 1);
}

const mapChildren = (
  value: Json[] | Record<string, Json>,
  change: (key: string, inner: Json) => Json,
): Json =>
  Array.isArray(value)
    ? value.map((inner, i) => change(String(i), inner))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(key, inner)]));

type Field = keyof Payload;

/**
 * Masks the places of payloads that paths lead to; a path begins at `{input, output, metadata}`.
 * Again one object stays one, as long as the same field says it.
 */
function placeMask(
  paths: readonly (readonly Step[])[],
  spend: Spend,
): (field: Field, value: Json) => Json {
  const known = { input: new Map(), output: new Map(), metadata: new Map() } as Record<
    Field,
    Map<Json, Json>
  >;
  function masked(value: Json, left: readonly (readonly Step[])[], depth: number): Json {
    if (left.length === 0) return value;
    spend(left.length);
    if (depth > MAX_DEPTH || left.some((steps) => steps.length === 0)) return MASKED;
    if (typeof value !== "object" || value === null) return value;
    return mapChildren(value, (key, inner) => masked(inner, advance(left, key), depth + 1));
  }
  return (field, value) => {
    const done = known[field].get(value);
    if (done !== undefined) return done;
    const result = masked(value, advance(paths, field), 1);
    known[field].set(value, result);
    return result;
  };
}

/** Metadata is an object, whatever is masked of it. */
const asMetadata = (value: Json): Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

/** An item that the masks did not get to. */
type Unmasked = Rejected & { clock: Clock };

/**
 * Takes what the project's masks match out of everything that people and models wrote: inputs,
 * outputs, metadata, status messages, model parameters, and of scores comments, metadata and free text. Names, ids,
 * tags and categories stay, because numbers are grouped by them.
 *
 * @param masks as the project's settings hold them: `$...` is a JSON path into the payload of an
 *   observation or trace, anything else a regular expression of RE2
 * @param maxSteps what the masks may take in all
 * @returns what is masked, and the items for which no steps were left
 */
export function maskAccepted(
  accepted: Accepted,
  masks: readonly string[],
  maxSteps = MAX_MASK_STEPS,
): { kept: Accepted; rejected: Unmasked[] } {
  if (masks.length === 0) return { kept: accepted, rejected: [] };
  const spend = budgetOf(maxSteps);
  const paths = masks.map(parseJsonPath).filter((path) => path !== undefined);
  const text = textMask(
    masks.filter((mask) => parseJsonPath(mask) === undefined),
    spend,
  );
  const json = jsonMask(text);
  const place = placeMask(paths, spend);

  type Texts = { statusMessage?: string; modelParameters?: Record<string, Json> };
  function payload<T extends Payload & Texts>(patch: T): T {
    const masked = { ...patch };
    const { input, output, metadata, statusMessage, modelParameters } = patch;
    if (input !== undefined) masked.input = json(place("input", input));
    if (output !== undefined) masked.output = json(place("output", output));
    if (metadata) masked.metadata = asMetadata(json(place("metadata", metadata)));
    if (statusMessage !== undefined) masked.statusMessage = text(statusMessage);
    if (modelParameters) masked.modelParameters = asMetadata(json(modelParameters));
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

  const rejected: Unmasked[] = [];
  /** What cannot be masked is not stored. */
  function each<T extends { id: string; clock: Clock }>(items: readonly T[], mask: (item: T) => T) {
    return items.flatMap((item) => {
      try {
        return [mask(item)];
      } catch (error) {
        if (!(error instanceof Spent)) throw error;
        rejected.push({ id: item.id, clock: item.clock, status: 413, message: UNMASKED });
        return [];
      }
    });
  }

  const kept = {
    observations: each(accepted.observations, payload),
    traces: each(accepted.traces, payload),
    scores: each(accepted.scores, score),
  };
  return { kept, rejected };
}

const UNMASKED =
  "the project's masks have more to look through than one request may ask of them; send smaller requests, or use fewer and simpler masks";
