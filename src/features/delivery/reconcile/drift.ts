import type { DocumentMetadata } from "../document.ts";

/** How KV differs from the registry in one document; undefined when it does not. */
export type Drift = "missing" | "stale" | "orphaned";

/**
 * Compares what the registry says of a document with what KV has beside it.
 *
 * @param expected undefined when there must be no document
 */
export function driftOf(
  expected: DocumentMetadata | undefined,
  found: DocumentMetadata | undefined,
): Drift | undefined {
  if (!expected) return found && "orphaned";
  if (!found) return "missing";
  const same =
    expected.etag === found.etag &&
    expected.version === found.version &&
    JSON.stringify(expected.split) === JSON.stringify(found.split);
  return same ? undefined : "stale";
}
