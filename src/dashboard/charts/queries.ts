import { useQuery } from "@tanstack/react-query";

import type { Adoption } from "../../features/comparisons/adoption/contract.ts";
import type { Metrics } from "../../features/rollups/contract.ts";
import type { Distributions } from "../../features/rollups/distribution/contract.ts";
import type { Timeseries } from "../../features/rollups/timeseries/contract.ts";
import { apiOf, promptPath, type Query } from "../api/client.ts";
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

/** What is read of a prompt, for hooks and for routes that start before their screen is there. */
const readOf = <T>(projectId: string, below: string, prompt: string, query: Query) => ({
  queryKey: [projectId, "prompt", prompt, below, query] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    apiOf(projectId).get<T>(promptPath(prompt, `/${below}`), query, signal),
});

/** Which numbers over time a chart is of. */
export type TimeAsk = {
  metric: string;
  /** More metrics of the same answer, between commas. */
  also?: string;
  statistic: string;
  granularity: Granularity;
  intervals?: boolean;
};

export const metricsQuery = (projectId: string, asked: Asked) =>
  readOf<Metrics>(projectId, "metrics", asked.prompt, queryOf(asked));

export const timeseriesQuery = (projectId: string, asked: Asked, ask: TimeAsk) =>
  readOf<Timeseries>(projectId, "timeseries", asked.prompt, { ...queryOf(asked), ...ask });

export const distributionQuery = (projectId: string, asked: Asked, metric: string) =>
  readOf<Distributions>(projectId, "distribution", asked.prompt, { ...queryOf(asked), metric });

export const adoptionQuery = (
  projectId: string,
  { prompt, from, to, environment }: Asked,
  label: string,
) => readOf<Adoption>(projectId, "adoption", prompt, { label, from, to, environment });

/** Asks; while another stretch of time is asked for, the one before stays on screen. */
const useRead = <T>(read: ReturnType<typeof readOf<T>>) =>
  useQuery<T>({
    ...read,
    placeholderData: (before, asked) => (isSameSubject(asked, read.queryKey) ? before : undefined),
  });

export const useMetrics = (asked: Asked) => useRead(metricsQuery(useProject().id, asked));

export const useTimeseries = (asked: Asked, ask: TimeAsk) =>
  useRead(timeseriesQuery(useProject().id, asked, ask));

export const useDistribution = (asked: Asked, metric: string) =>
  useRead(distributionQuery(useProject().id, asked, metric));

export const useAdoption = (asked: Asked, label: string) =>
  useRead(adoptionQuery(useProject().id, asked, label));
