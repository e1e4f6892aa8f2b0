import { infiniteQueryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { z } from "zod";

import type { fullTrace } from "../../../features/ingest/reads/contract.ts";
import type {
  GenerationPage,
  GenerationView,
} from "../../../features/ingest/reads/generations/contract.ts";
import type { Score } from "../../../features/scores/contract.ts";
import { apiOf } from "../../api/client.ts";
import { useProject, useWindow } from "../../shell/project.ts";
import type { Window } from "../../window.ts";
import type { GenerationsSearch } from "./search.ts";

export type { GenerationView } from "../../../features/ingest/reads/generations/contract.ts";
export type TraceView = Omit<z.infer<ReturnType<typeof fullTrace>>, "scores"> & {
  scores: z.infer<typeof Score>[];
};

const PAGE = 50;
/** A page looks at so many generations and may hold none that match: then the next one is asked at once. */
const MOST_EMPTY_PAGES = 6;

type Page = Omit<z.infer<typeof GenerationPage>, "data"> & { data: GenerationView[] };

/** Whether the filters are of one trace or session, whose generations are found at any time. */
const isWhole = ({ traceId, sessionId }: GenerationsSearch): boolean =>
  traceId !== undefined || sessionId !== undefined;

/** Generations that pass the filters, page by page, newest first. */
export function generationsQuery(
  projectId: string,
  search: GenerationsSearch,
  { from, to, environment }: Window,
) {
  const api = apiOf(projectId);
  const window = isWhole(search) ? { environment } : { from, to, environment };
  const query = { ...search, ...window, limit: PAGE };
  return infiniteQueryOptions({
    queryKey: [projectId, "generations", query],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }): Promise<Page> => {
      let cursor = pageParam;
      for (let pages = 1; ; pages++) {
        const page = await api.get<Page>("/api/public/generations", { ...query, cursor }, signal);
        const isLast = page.nextCursor === null || pages >= MOST_EMPTY_PAGES;
        if (page.data.length > 0 || isLast) return page;
        cursor = page.nextCursor ?? undefined;
      }
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export const useGenerations = (search: GenerationsSearch) =>
  useInfiniteQuery(generationsQuery(useProject().id, search, useWindow()));

export const traceQuery = (projectId: string, traceId: string) => ({
  queryKey: [projectId, "trace", traceId] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    apiOf(projectId).get<TraceView>(
      `/api/public/traces/${encodeURIComponent(traceId)}`,
      {},
      signal,
    ),
});

/** One trace with all its observations and scores. */
export const useTrace = (traceId: string) => useQuery(traceQuery(useProject().id, traceId));
