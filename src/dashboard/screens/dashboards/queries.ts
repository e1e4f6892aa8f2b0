import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type {
  ChangeDashboard,
  Dashboard,
  DashboardList,
} from "../../../features/dashboards/contract.ts";
import { ApiError, apiOf, type Query } from "../../api/client.ts";
import { useProject } from "../../shell/project.ts";

const PATH = "/api/public/dashboards";
/** A project has at most 200: two pages. */
const PAGE = 100;

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

export const dashboardsQuery = (projectId: string) => ({
  queryKey: [projectId, "dashboards"] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const api = apiOf(projectId);
    const all: DashboardList["data"] = [];
    let cursor: string | undefined;
    do {
      const query: Query = { limit: PAGE, cursor };
      const page: DashboardList = await api.get<DashboardList>(PATH, query, signal);
      all.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  },
});

export const useDashboards = () => useQuery(dashboardsQuery(useProject().id));

export const dashboardQuery = (projectId: string, dashboardId: string) => ({
  queryKey: [projectId, "dashboards", dashboardId] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    apiOf(projectId).get<Dashboard>(pathOf(dashboardId), {}, signal),
});

export const useDashboard = (dashboardId: string) =>
  useQuery(dashboardQuery(useProject().id, dashboardId));

export function useCreateDashboard() {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => api.send<Dashboard>("POST", PATH, { name }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [id, "dashboards"] }),
  });
}

/** Saves a change of what is on screen; somebody else's change since then is a 409, and is not lost. */
export function useChangeDashboard(dashboard: Dashboard) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Omit<ChangeDashboard, "rev">) =>
      api.send<Dashboard>("PATCH", pathOf(dashboard.id), { rev: dashboard.rev, ...change }),
    onSuccess: async (changed) => {
      queries.setQueryData([id, "dashboards", dashboard.id], changed);
      await queries.invalidateQueries({ queryKey: [id, "dashboards"], exact: true });
    },
    // What somebody else made of it meanwhile is shown; then the change can be made on that.
    onError: (error) =>
      error instanceof ApiError && error.status === 409
        ? queries.invalidateQueries({ queryKey: [id, "dashboards", dashboard.id] })
        : undefined,
  });
}

export function useDeleteDashboard() {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (dashboardId: string) => api.send<null>("DELETE", pathOf(dashboardId)),
    onSuccess: (_, dashboardId) => {
      const key = [id, "dashboards"];
      // Gone at once: the list from before would show it until it was asked anew.
      queries.setQueryData<DashboardList["data"]>(key, (list) =>
        list?.filter((each) => each.id !== dashboardId),
      );
      return queries.invalidateQueries({ queryKey: key, exact: true });
    },
  });
}
