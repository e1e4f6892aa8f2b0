/**
 * Why data cannot carry a test. That is an answer about the data, not a mistake of the caller:
 * `too-few` values, `no-variance` (all alike), `one-category`, or a `baseline` of zero or below,
 * to which nothing can be relative.
 */
export type Untested = {
  tested: false;
  because: "too-few" | "no-variance" | "one-category" | "baseline";
};

export const untested = (because: Untested["because"]): Untested => ({ tested: false, because });
