import type { QueryFunction, QueryKey } from "@tanstack/react-query";

import { queries } from "./queries.ts";

/** What a route knows when somebody goes to it. */
export type Entered = {
  params: { projectId: string };
  location: { search: Record<string, unknown> };
  /** Only because a pointer rests on a link: nothing is asked for then. */
  preload: boolean;
};

type Read<T, K extends QueryKey> = { queryKey: K; queryFn: QueryFunction<T, K> };

/**
 * Asks for what a screen will ask for, beside its code and not after it. What is there already is
 * not asked again, and what fails is left to the screen, which asks again and says so.
 *
 * @returns the answer, or undefined where there is none
 */
export const start = <T, K extends QueryKey>(read: Read<T, K>): Promise<T | undefined> =>
  queries.fetchQuery({ ...read, staleTime: Infinity }).catch(() => undefined);
