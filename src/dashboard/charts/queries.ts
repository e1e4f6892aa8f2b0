import { keepPreviousData, useQuery } from "@tanstack/react-query";

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

/** Reads something of a prompt; while another stretch is asked for, the one before stays on screen. */
function useRead<T>(below: string, prompt: string, query: Query) {
  const { id, api } = useProject();
  return useQuery({
    queryKey: [id, "prompt", prompt, below, query],
    queryFn: ({ signal }) => api.get<T>(promptPath(prompt, `/${below}`), query, signal),
    placeholderData: keepPreviousData,
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
