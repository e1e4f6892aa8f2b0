import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import type { SplitTables } from "../../../features/delivery/contract.ts";
import type { DependantList, VersionPage } from "../../../features/prompts/catalog/contract.ts";
import type { PromptAnswer } from "../../../features/prompts/contract.ts";
import type { DeploymentPage } from "../../../features/prompts/deployments/contract.ts";
import type { LabelStates } from "../../../features/prompts/labels/contract.ts";
import type { Split } from "../../../features/prompts/splits/contract.ts";
import { type Answer, type Api, promptPath } from "../../api/client.ts";
import { useProject } from "../../shell/project.ts";

export type Version = VersionPage["data"][number];
export type Prompt = Answer<typeof PromptAnswer>;
export type LabelState = Answer<typeof LabelStates>["data"][number];
export type Deployment = DeploymentPage["data"][number];

const VERSIONS = 100;
const DEPLOYMENTS = 20;

/** What everything about one prompt is called among queries; a change of it makes all of it stale. */
export const promptKey = (projectId: string, name: string) => [projectId, "prompt", name] as const;

/** A prompt's versions, newest first. */
export function useVersions(name: string) {
  const { id, api } = useProject();
  return useInfiniteQuery({
    queryKey: [...promptKey(id, name), "versions"],
    queryFn: ({ pageParam, signal }) =>
      api.get<VersionPage>(
        promptPath(name, "/versions"),
        { limit: VERSIONS, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** One version as it was written: references to other prompts are not resolved. */
export function useVersion(name: string, version: number | undefined) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "version", version],
    queryFn: ({ signal }) =>
      api.get<Prompt>(
        `/api/public/v2/prompts/${encodeURIComponent(name)}`,
        { version, resolve: false },
        signal,
      ),
    enabled: version !== undefined,
  });
}

/** Where the labels point, and which of them are protected. */
export function useLabels(name: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "labels"],
    queryFn: ({ signal }) =>
      api.get<Answer<typeof LabelStates>>(promptPath(name, "/labels"), {}, signal),
    select: ({ data }) => data,
  });
}

export type LiveSplit = Answer<typeof Split>;

/** All live splits of the project, page by page, then those of this prompt with who steers them. */
async function readSplits(api: Api, name: string, signal: AbortSignal): Promise<LiveSplit[]> {
  const labels: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Answer<typeof SplitTables> = await api.get(
      "/api/public/splits",
      { cursor },
      signal,
    );
    labels.push(...page.data.filter((one) => one.name === name).map(({ label }) => label));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return Promise.all(
    labels.map((label) =>
      api.get<LiveSplit>(
        promptPath(name, `/labels/${encodeURIComponent(label)}/split`),
        {},
        signal,
      ),
    ),
  );
}

/** Live splits of this prompt's labels. */
export function useSplits(name: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "splits"],
    queryFn: ({ signal }) => readSplits(api, name, signal),
  });
}

export type Dependant = Answer<typeof DependantList>["data"][number];

/** Versions of other prompts that insert this one. */
export function useDependants(name: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "dependants"],
    queryFn: ({ signal }) =>
      api.get<Answer<typeof DependantList>>(promptPath(name, "/dependants"), {}, signal),
    select: ({ data }) => data.filter((one) => one.name !== name),
  });
}

/** A label's last move: what a rollback takes back. */
export function useLastMove(name: string, label: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "last-move", label],
    queryFn: ({ signal }) =>
      api.get<DeploymentPage>(
        promptPath(name, "/deployments"),
        { label, kind: "move", limit: 1 },
        signal,
      ),
    select: ({ data }) => data[0],
  });
}

/** The last moves of labels, newest first. */
export function useDeployments(name: string) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [...promptKey(id, name), "deployments"],
    queryFn: ({ signal }) =>
      api.get<DeploymentPage>(promptPath(name, "/deployments"), { limit: DEPLOYMENTS }, signal),
    select: ({ data }) => data,
  });
}
