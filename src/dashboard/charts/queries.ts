import { useQuery } from "@tanstack/react-query";

import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import type { Metrics } from "../../features/rollups/contract.ts";
import type { Distributions } from "../../features/rollups/distribution/contract.ts";
import type { Timeseries } from "../../features/rollups/timeseries/contract.ts";
import { promptPath, type Query } from "../api/client.ts";
import { useProject } from "../shell/project.ts";
import type { Granularity } from "./granularity.ts";

/** What a chart is asked of: a prompt's versions (none named: all) in a stretch of time. */
export type Asked = {
  prompt: string;
  versions: readonly number[];
  from: string;
  to: string;
  environment: string | undefined;
};

const queryOf = ({ versions, from, to, environment }: Asked): Query => ({
  version: versions.length > 0 ? versions.join(",") : undefined,
  from,
  to,
  environment,
});

const subjectOf = (key: readonly unknown[]): string =>
  JSON.stringify(key, (name, value: unknown) => (name === "from" || name === "to" ? null : value));

/** Whether two queries ask the same but for the stretch of time: then one may stand in for the other. */
export const isSameSubject = (
  asked: { queryKey: readonly unknown[] } | undefined,
  key: readonly unknown[],
): boolean => asked !== undefined && subjectOf(asked.queryKey) === subjectOf(key);

/** Reads something of a prompt; while another stretch is asked for, the one before stays on screen. */
function useRead<T>(below: string, prompt: string, query: Query) {
  const { id, api } = useProject();
  const queryKey = [id, "prompt", prompt, below, query];
  return useQuery<T>({
    queryKey,
    queryFn: ({ signal }) => api.get<T>(promptPath(prompt, `/${below}`), query, signal),
    placeholderData: (before, asked) => (isSameSubject(asked, queryKey) ? before : undefined),
  });
}

export const useMetrics = (asked: Asked) =>
  useRead<Metrics>("metrics", asked.prompt, queryOf(asked));

export const useTimeseries = (
  asked: Asked,
  ask: { metric: string; statistic: string; granularity: Granularity; intervals?: boolean },
) => useRead<Timeseries>("timeseries", asked.prompt, { ...queryOf(asked), ...ask });

export const useDistribution = (asked: Asked, metric: string) =>
  useRead<Distributions>("distribution", asked.prompt, { ...queryOf(asked), metric });

export function useAdoption({ prompt, from, to, environment }: Asked, label: string) {
  return useRead<Adoption>("adoption", prompt, { label, from, to, environment });
}
