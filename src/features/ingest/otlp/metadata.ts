import type { Json } from "../model.ts";
import type { Dialect } from "./said.ts";
import type { Attributes } from "./spans.ts";

/** Attributes of a span nobody has read, that are kept. */
const MAX_LEFTOVERS = 64;
/** Characters of a leftover's text; the rest is cut. */
const MAX_LEFTOVER_LENGTH = 4000;

/** Attributes of a process that help a person; all others may hold anything, and stay out. */
const RESOURCE_KEYS = [
  "service.name",
  "service.version",
  "telemetry.sdk.name",
  "telemetry.sdk.language",
  "telemetry.sdk.version",
  "host.name",
  "deployment.environment.name",
  "deployment.environment",
];

const SECRET_WORDS =
  /api[-_.]?key|authorization|secret|passw(?:or)?d|cookie|credential|bearer|private[-_.]?key|(?:access|auth|refresh|session)[-_.]?token/i;

/** Names that hold a secret whoever says them. */
const SECRET_NAME = /^(?:.*[-_.])?(?:api[-_.]?key|authorization|secret[-_.]?key)$/i;

/** An object without what is named like a secret. Undefined when nothing else was in it. */
export function withoutSecrets(
  object: Record<string, Json> | undefined,
): Record<string, Json> | undefined {
  const entries = Object.entries(object ?? {}).filter(([key]) => !SECRET_NAME.test(key));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const cut = (value: Json): Json =>
  typeof value === "string" && value.length > MAX_LEFTOVER_LENGTH
    ? `${value.slice(0, MAX_LEFTOVER_LENGTH)}…`
    : value;

/** Whether no vocabulary knows an attribute, and its name speaks of no secret. */
export const isUnclaimed = (key: string, dialects: readonly Dialect[]): boolean =>
  !dialects.some(({ claims }) => claims(key)) && !SECRET_WORDS.test(key);

/** Attributes of a span that are left over. */
export function leftovers(
  attributes: Attributes,
  isLeft: (key: string) => boolean,
): Record<string, Json> | undefined {
  const entries: [string, Json][] = [];
  for (const [key, value] of attributes) {
    if (entries.length < MAX_LEFTOVERS && isLeft(key)) entries.push([key, cut(value)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What is kept of the process a span comes from. */
export function resourceMetadata(resource: Attributes): Record<string, Json> | undefined {
  const entries = RESOURCE_KEYS.flatMap((key): [string, Json][] => {
    const value = resource.get(key);
    return value === undefined || value === null ? [] : [[key, cut(value)]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
