import { cleanText } from "../../../lib/text.ts";
import type { Json } from "../model.ts";
import { parseInstantUs } from "../normalise.ts";

/*
 * Readers of what an event says. Null and absent are "not said". What identifies, dates or judges
 * must be right, or the event is unusable; the rest is read as well as it can be, because an error
 * makes most SDKs send the whole batch again.
 */

export type Body = Readonly<Record<string, unknown>>;

/** Why one event cannot be used. Caught by `mapBatch`, which keeps the other events. */
export class Unusable extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

export const MAX_ID = 800;

export const isRecord = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws Unusable when the id is said but is no string of 1 to 800 characters */
export function idOf(body: Body, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  const id = typeof value === "string" ? cleanText(value) : "";
  if (id.length === 0 || id.length > MAX_ID) {
    throw new Unusable(`body.${field}: must be a string of 1 to ${MAX_ID} characters`);
  }
  return id;
}

/** @throws Unusable when the instant is said but is none */
export function instantOf(body: Body, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  const instantUs = parseInstantUs(value);
  if (instantUs === undefined) throw new Unusable(`body.${field}: must be an ISO 8601 instant`);
  return instantUs;
}

function plainText(value: unknown): string | undefined {
  const isScalar = typeof value === "number" || typeof value === "boolean";
  if (typeof value !== "string" && !isScalar) return undefined;
  const text = cleanText(String(value));
  return text === "" ? undefined : text;
}

/** A name or the like, whole: `accept` bounds what a row keeps of it. */
export const textOf = (body: Body, field: string): string | undefined => plainText(body[field]);

export function tagsOf(body: Body): string[] | undefined {
  const value = body["tags"];
  if (!Array.isArray(value)) return undefined;
  const tags = value.flatMap((tag: unknown) => plainText(tag) ?? []);
  return tags.length > 0 ? tags : undefined;
}

export const parametersOf = (body: Body): Record<string, Json> | undefined => {
  const value = body["modelParameters"];
  return isRecord(value) ? (value as Record<string, Json>) : undefined;
};

/** Metadata is an object; anything else a client says becomes `{metadata: ...}`, as the original has it. */
export function metadataOf(body: Body): Record<string, Json> | undefined {
  const value = body["metadata"];
  if (value === undefined || value === null) return undefined;
  return isRecord(value) ? (value as Record<string, Json>) : { metadata: value as Json };
}

export const payloadField = (body: Body, field: "input" | "output"): Json | undefined =>
  (body[field] ?? undefined) as Json | undefined;

/** The object without its undefined fields: a patch says only what it knows. */
export function said<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

/**
 * Whether a JSON value is larger or nested deeper than allowed. Level by level and not recursive:
 * a few kilobytes of brackets must not exhaust the stack.
 *
 * @param maxBytes of JSON in UTF-8
 */
export function excessOf(
  value: unknown,
  { maxBytes, maxDepth }: { maxBytes: number; maxDepth: number },
): "size" | "depth" | undefined {
  let characters = 0;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return "depth";
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === "string") characters += item.length;
      else if (typeof item === "object" && item !== null) {
        for (const key of Object.keys(item)) characters += key.length + 4;
        for (const part of Object.values(item)) next.push(part);
      }
      characters += 4;
    }
    level = next;
  }
  // A character is at most six bytes of JSON; only then is it worth writing the JSON to know.
  if (characters * 6 <= maxBytes) return undefined;
  return new TextEncoder().encode(JSON.stringify(value)).byteLength > maxBytes ? "size" : undefined;
}
