import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import type { IncidentList } from "../../../features/monitors/incidents/contract.ts";
import type { FolderList, SearchPage } from "../../../features/prompts/catalog/contract.ts";
import type { RolloutList } from "../../../features/rollouts/contract.ts";
import type { Usage } from "../../../features/rollups/usage/contract.ts";
import type { Answer } from "../../api/client.ts";
import { useProject } from "../../shell/project.ts";

export type Found = SearchPage["data"][number];
export type Terms = {
  q?: string | undefined;
  folder?: string | undefined;
  tag?: string | undefined;
  label?: string | undefined;
};

/** Rows of a page: their usage is asked for at once. */
const PAGE = 50;
const USAGE_DAYS = 14;
/** What the column of the cost counts. */
export const COST_DAYS = 7;

/** Whoever searches, by text, tag or label, means all folders below this one. */
export const isSearch = ({ q, tag, label }: Terms): boolean =>
  q !== undefined || tag !== undefined || label !== undefined;

/** Prompts right in a folder; or, when searching, those anywhere below it. */
export function usePrompts(terms: Terms) {
  const { id, api } = useProject();
  const { q, folder, tag, label } = terms;
  const place = isSearch(terms)
    ? { prefix: folder === undefined ? undefined : `${folder}/` }
    : { folder: folder ?? "" };
  return useInfiniteQuery({
    queryKey: [id, "prompts", terms],
    queryFn: ({ pageParam, signal }) =>
      api.get<SearchPage>(
        "/api/public/prompts/search",
        { q, tag, label, ...place, limit: PAGE, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useFolders(parent: string | undefined) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "folders", parent],
    queryFn: ({ signal }) =>
      api.get<Answer<typeof FolderList>>("/api/public/prompts/folders", { parent }, signal),
  });
}

/** Volume and cost of these prompts, by name. */
export function useUsage(names: readonly string[]) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "usage", names],
    queryFn: ({ signal }) =>
      api.get<Usage>("/api/public/usage", { prompt: names, days: USAGE_DAYS }, signal),
    enabled: names.length > 0,
    select: ({ days, data }) => ({
      firstDay: days[0] ?? "",
      of: new Map(data.map((row) => [row.prompt, row])),
    }),
  });
}

/** The last days of a cost, known ones only; null when none of them is known. */
export function costOf(costUsd: readonly (number | null)[]): number | null {
  const known = costUsd.slice(-COST_DAYS).filter((cost) => cost !== null);
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0);
}

const countBy = (names: readonly (string | null)[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** Incidents that are not resolved, by prompt. */
export function useOpenIncidents() {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "open-incidents"],
    queryFn: ({ signal }) =>
      api.get<Answer<typeof IncidentList>>(
        "/api/public/incidents",
        { state: "active", limit: 100 },
        signal,
      ),
    select: ({ data }) => countBy(data.map(({ prompt }) => prompt)),
  });
}

/** Rollouts that are not over, by prompt. */
export function useLiveRollouts() {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "live-rollouts"],
    queryFn: ({ signal }) =>
      api.get<Answer<typeof RolloutList>>(
        "/api/public/rollouts",
        { state: "live", limit: 100 },
        signal,
      ),
    select: ({ data }) => countBy(data.map(({ prompt }) => prompt)),
  });
}
