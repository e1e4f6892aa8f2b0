import type { Json, ObservationPatch, ObservationType, TracePatch } from "../model.ts";
import type { Attributes, Span, SpanGroup } from "./spans.ts";

/** A span with what surrounds it. */
export type Context = { span: Span; group: SpanGroup };

/** What a vocabulary says of an observation: the fields it knows, already in our words. */
export type SaidOfObservation = Partial<
  Pick<
    ObservationPatch,
    | "model"
    | "provider"
    | "modelParameters"
    | "usage"
    | "cost"
    | "input"
    | "output"
    | "metadata"
    | "level"
    | "statusMessage"
    | "firstTokenUs"
    | "promptName"
    | "promptVersion"
    | "promptLabel"
    | "promptFallback"
    | "split"
  >
>;

/** What a vocabulary says of the trace, on whichever span it stands. */
export type SaidOfTrace = Partial<Omit<TracePatch, "id" | "clock" | "deleted">>;

/**
 * One vocabulary of span attributes. To understand another one is to add another of these; where
 * two say the same field, the one earlier in the list of `map.ts` holds.
 */
export type Dialect = {
  /** An attribute that only this vocabulary uses; a span without any is not asked about. */
  speaks: (key: string) => boolean;
  /** What kind of observation it says the span is. */
  typeOf: (context: Context) => ObservationType | undefined;
  /** A model is named in a way that only model calls name it. */
  namesModel: (attributes: Attributes) => boolean;
  observation: (context: Context) => SaidOfObservation;
  trace: (context: Context) => SaidOfTrace;
  /** Attributes it has read, which need not be kept as leftovers. */
  claims: (key: string) => boolean;
};

/** Without its undefined fields, so that nothing unsaid hides what another vocabulary says. */
export function said<T extends object>(fields: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const kept: Partial<T> = {};
  for (const field of Object.keys(fields) as (keyof T)[]) {
    const value = fields[field];
    if (value !== undefined) kept[field] = value;
  }
  return kept;
}

/** The same object but for some fields. Nothing is deleted from a copy: such objects are slow ever after. */
export function without<T extends object, K extends keyof T>(
  object: T,
  ...fields: readonly K[]
): Omit<T, K> {
  const left: Partial<T> = {};
  for (const field of Object.keys(object) as (keyof T)[]) {
    if (!(fields as readonly (keyof T)[]).includes(field)) left[field] = object[field];
  }
  return left as Omit<T, K>;
}

/** The value of the first key that is there and not null. */
export function firstOf(attributes: Attributes, keys: readonly string[]): Json | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** As `firstOf`, for text; anything else, and the empty text, is not said. */
export function firstText(attributes: Attributes, keys: readonly string[]): string | undefined {
  const value = firstOf(attributes, keys);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Attributes `prefix.key` as an object by `key`. */
export function under(attributes: Attributes, prefix: string): Record<string, Json> | undefined {
  const found: [string, Json][] = [];
  for (const [key, value] of attributes) {
    if (key.startsWith(prefix)) found.push([key.slice(prefix.length), value]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Deeper than this, text that looks like JSON stays text: writing it again could exhaust the stack. */
const MAX_JSON_DEPTH = 200;

function nestsTooDeep(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}

/** All that is JSON, and of bare text only little: to try and fail costs more than all else of a span. */
const MAY_BE_JSON = /^\s*(?:\{.*\}|\[.*\]|-?\d[\d.eE+-]*|true|false|null)\s*$/s;

/**
 * A value that was made text to fit into an attribute. SDKs send text bare and all else as JSON,
 * so objects, lists, numbers, `true`, `false` and `null` are read and anything else is text; so is
 * a number that would not survive being read, such as a long id.
 */
export function unpack(value: Json): Json {
  if (typeof value !== "string" || !MAY_BE_JSON.test(value)) return value;
  if (nestsTooDeep(value)) return value;
  try {
    const parsed = JSON.parse(value) as Json;
    const survives = typeof parsed !== "number" || String(parsed) === value.trim();
    return survives ? parsed : value;
  } catch {
    return value;
  }
}

/** `unpack` for metadata, where some SDKs send text as JSON too. */
export function unpackQuoted(value: Json): Json {
  if (typeof value !== "string" || !/^".*"$/s.test(value)) return unpack(value);
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** `unpack`, when the result is an object. */
export function unpackObject(value: Json | undefined): Record<string, Json> | undefined {
  const unpacked = value === undefined ? undefined : unpack(value);
  const isObject = typeof unpacked === "object" && unpacked !== null && !Array.isArray(unpacked);
  return isObject ? unpacked : undefined;
}

/** Tags: a list, a list as JSON, or one text. Empty and non-text ones are left out. */
export function tagsOf(value: Json | undefined): string[] | undefined {
  const unpacked = value === undefined ? undefined : unpack(value);
  const list = Array.isArray(unpacked) ? unpacked : [unpacked];
  const tags = list.filter((tag): tag is string => typeof tag === "string" && tag !== "");
  return tags.length === 0 ? undefined : tags;
}

export const booleanOf = (value: Json | undefined): boolean | undefined =>
  value === true || value === "true"
    ? true
    : value === false || value === "false"
      ? false
      : undefined;

/** An id or name that a client may send as a number. */
export function idOf(value: Json | undefined): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export const numberOf = (value: Json | undefined): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

/** An instant so much after the span's start. */
export function afterStart({ startUs }: Span, seconds: number | undefined): number | undefined {
  if (startUs === undefined || seconds === undefined || seconds < 0) return undefined;
  return startUs + Math.round(seconds * 1e6);
}
