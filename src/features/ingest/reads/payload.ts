import type { PayloadRef } from "../accept/payload.ts";
import type { Json, Payload } from "../model.ts";

/** Where the payload of one row lies. */
export type References = { input?: PayloadRef; output?: PayloadRef; metadata?: PayloadRef[] };

/** A payload in full; null is not said, or not kept. */
export type FullPayload = { input: Json; output: Json; metadata: Record<string, Json> };

export const EMPTY_PAYLOAD: FullPayload = { input: null, output: null, metadata: {} };

/** Every reference of the rows, each once. */
export const referencesOf = (rows: readonly References[]): PayloadRef[] => [
  ...new Set(
    rows.flatMap(({ input, output, metadata = [] }) =>
      [input, output, ...metadata].filter((ref) => ref !== undefined),
    ),
  ),
];

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Objects are merged key by key, all else is replaced by the later. Depth is bounded at ingestion. */
function mergeDeep(earlier: Record<string, Json>, later: Record<string, Json>) {
  // Not an object literal: a key of a client's may be `__proto__`.
  const merged = new Map(Object.entries(earlier));
  for (const [key, value] of Object.entries(later)) {
    const known = merged.get(key);
    merged.set(key, isObject(known) && isObject(value) ? mergeDeep(known, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Puts a row's payload together from what its references hold. */
export function assemble(
  { input, output, metadata = [] }: References,
  payloads: ReadonlyMap<PayloadRef, Payload>,
): FullPayload {
  const at = (ref: PayloadRef | undefined): Payload =>
    ref === undefined ? {} : (payloads.get(ref) ?? {});
  return {
    input: at(input).input ?? null,
    output: at(output).output ?? null,
    metadata: metadata.reduce<Record<string, Json>>(
      (merged, ref) => mergeDeep(merged, at(ref).metadata ?? {}),
      {},
    ),
  };
}
