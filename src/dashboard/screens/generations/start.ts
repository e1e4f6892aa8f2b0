import { queries } from "../../api/queries.ts";
import { type Entered, start } from "../../api/start.ts";
import { readWindow, windowOf } from "../../window.ts";
import { generationsQuery, traceQuery } from "./queries.ts";
import { readGenerationsSearch } from "./search.ts";

/** The first page, from the moment on that somebody goes there. */
export function startGenerations({ params, location, preload }: Entered): void {
  if (preload) return;
  const filters = readGenerationsSearch(location.search);
  const window = windowOf(readWindow(location.search), Date.now());
  const read = generationsQuery(params.projectId, filters, window);
  // What fails is left to the screen, which asks again and says so.
  void queries.fetchInfiniteQuery({ ...read, staleTime: Infinity }).catch(() => undefined);
}

type OfTrace = Entered & { params: { traceId: string } };

export function startTrace({ params, preload }: OfTrace): void {
  if (!preload) void start(traceQuery(params.projectId, params.traceId));
}
