import { skipToken, useQuery } from "@tanstack/react-query";

import type { Comparison } from "../../../features/comparisons/contract.ts";
import type { VersionPage } from "../../../features/prompts/catalog/contract.ts";
import { apiOf, promptPath } from "../../api/client.ts";
import { isSameSubject } from "../../charts/queries.ts";
import { useProject, useWindow } from "../../shell/project.ts";
import type { Window } from "../../window.ts";

type Aborted = { signal: AbortSignal };

export const versionsQuery = (projectId: string, prompt: string) => ({
  queryKey: [projectId, "prompt", prompt, "versions"] as const,
  queryFn: ({ signal }: Aborted) =>
    apiOf(projectId).get<VersionPage>(promptPath(prompt, "/versions"), { limit: 100 }, signal),
});

/** Versions of a prompt, newest first. */
export function useVersions(prompt: string | undefined) {
  const { id } = useProject();
  const read = versionsQuery(id, prompt ?? "");
  return useQuery({ ...read, queryFn: prompt === undefined ? skipToken : read.queryFn });
}

export type Arms = { prompt: string; control: number; candidate: number };

export function comparisonQuery(
  projectId: string,
  { prompt, control, candidate }: Arms,
  { from, to, environment }: Window,
) {
  const query = { control, candidate, from, to, environment };
  return {
    queryKey: [projectId, "prompt", prompt, "comparison", query] as const,
    queryFn: ({ signal }: Aborted) =>
      apiOf(projectId).get<Comparison>(promptPath(prompt, "/comparison"), query, signal),
  };
}

export function useComparison(arms: Arms) {
  const read = comparisonQuery(useProject().id, arms, useWindow());
  return useQuery<Comparison>({
    ...read,
    placeholderData: (before, asked) => (isSameSubject(asked, read.queryKey) ? before : undefined),
  });
}

/** A version as it was written: what it refers to is not inserted. */
export type WrittenVersion = {
  version: number;
  prompt: unknown;
  config: unknown;
  commitMessage: string | null;
};

export const versionQuery = (projectId: string, prompt: string, version: number) => ({
  queryKey: [projectId, "prompt", prompt, "version", version, "unresolved"] as const,
  queryFn: ({ signal }: Aborted) =>
    apiOf(projectId).get<WrittenVersion>(
      `/api/public/v2/prompts/${encodeURIComponent(prompt)}`,
      { version, resolve: false },
      signal,
    ),
});

export const useVersion = (prompt: string, version: number) =>
  // A version never changes.
  useQuery({ ...versionQuery(useProject().id, prompt, version), staleTime: Infinity });
