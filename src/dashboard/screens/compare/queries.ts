import { useQuery } from "@tanstack/react-query";

import type { Comparison } from "../../../features/comparisons/contract.ts";
import type { VersionPage } from "../../../features/prompts/catalog/contract.ts";
import { promptPath } from "../../api/client.ts";
import { isSameSubject } from "../../charts/queries.ts";
import { useProject, useWindow } from "../../shell/project.ts";

/** Versions of a prompt, newest first. */
export function useVersions(prompt: string | undefined) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "prompt", prompt, "versions"],
    enabled: prompt !== undefined,
    queryFn: ({ signal }) =>
      api.get<VersionPage>(promptPath(prompt ?? "", "/versions"), { limit: 100 }, signal),
  });
}

type Arms = { prompt: string; control: number; candidate: number };

export function useComparison({ prompt, control, candidate }: Arms) {
  const { id, api } = useProject();
  const { from, to, environment } = useWindow();
  const query = { control, candidate, from, to, environment };
  const queryKey = [id, "prompt", prompt, "comparison", query];
  return useQuery<Comparison>({
    queryKey,
    queryFn: ({ signal }) => api.get<Comparison>(promptPath(prompt, "/comparison"), query, signal),
    placeholderData: (before, asked) => (isSameSubject(asked, queryKey) ? before : undefined),
  });
}

/** A version as it was written: what it refers to is not inserted. */
export type WrittenVersion = {
  version: number;
  prompt: unknown;
  config: unknown;
  commitMessage: string | null;
};

export function useVersion(prompt: string, version: number) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "prompt", prompt, "version", version, "unresolved"],
    queryFn: ({ signal }) =>
      api.get<WrittenVersion>(
        `/api/public/v2/prompts/${encodeURIComponent(prompt)}`,
        { version, resolve: false },
        signal,
      ),
    // A version never changes.
    staleTime: Infinity,
  });
}
