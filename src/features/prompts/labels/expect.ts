/** What a caller says about where a label is: on one of these versions (null: nowhere), or anywhere at all. */
export type Expectation = readonly (number | null)[] | "exists";

/**
 * Reads an If-Match header. A label's ETag is the number of its version in quotes; a proxy that
 * compresses the answer, Cloudflare's among them, puts W/ before it, which changes nothing here.
 *
 * @returns undefined when it is no such list
 */
export function readIfMatch(header: string): Expectation | undefined {
  if (header.trim() === "*") return "exists";
  const versions = header
    .split(",")
    .map((entry) => /^\s*(?:W\/)?"?(\d{1,9})"?\s*$/.exec(entry)?.[1]);
  return versions.every((version) => version !== undefined) ? versions.map(Number) : undefined;
}

export const labelEtag = (version: number): string => `"${version}"`;

/** Whether a label is where the caller thinks. @param current null when it does not exist */
export const isAsExpected = (expected: Expectation, current: number | null): boolean =>
  expected === "exists" ? current !== null : expected.includes(current);
