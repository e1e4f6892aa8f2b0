const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** Milliseconds before the next write of a document, given how many were refused before this one. */
export const backoffMs = (attempts: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts);
