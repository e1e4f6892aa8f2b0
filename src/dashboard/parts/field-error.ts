import { ApiError } from "../api/client.ts";

/** What the API said of one field of a form; undefined when it said nothing of it. */
export const fieldError = (error: unknown, path: string): string | undefined =>
  error instanceof ApiError
    ? error.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))
        ?.message
    : undefined;

/** Whether all that was said is said beside the fields already. */
export const isSaidByFields = (error: unknown, paths: readonly string[]): boolean =>
  error instanceof ApiError &&
  error.issues.length > 0 &&
  error.issues.every(({ path }) =>
    paths.some((field) => path === field || path.startsWith(`${field}.`)),
  );
