import type { z } from "zod";

import type { Access, Scope } from "./scope.ts";

/** What became of a line: whether it changed anything, and what the caller still has to do. */
export type Taken = { changed: boolean; warning?: string };

/** A kind of line in a project's export that a slice offers, and takes back from a file. */
export type Offer = {
  /** Of the lines, `{kind, <kind>: value}`. */
  kind: string;
  /** Who sees the lines, and whose import may bring them. */
  reads: Access;
  writes: Access;
  lines: (scope: Scope) => AsyncIterable<unknown>;
  /**
   * Makes the project have what a line says, unless it is so already.
   *
   * @returns why the value is none, or a way to take it
   * @throws Refusal (from the way) for what cannot be
   */
  read: (value: unknown) => { error: z.ZodError } | { take: (scope: Scope) => Promise<Taken> };
};

/** An offer whose values are of one schema. */
export function offer<T>({
  schema,
  take,
  ...rest
}: Omit<Offer, "read"> & {
  schema: z.ZodType<T>;
  take: (scope: Scope, value: T) => Promise<Taken>;
}): Offer {
  return {
    ...rest,
    read: (value) => {
      const { error, data } = schema.safeParse(value);
      return error ? { error } : { take: (scope) => take(scope, data) };
    },
  };
}
