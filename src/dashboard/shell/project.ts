import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import type { SettingsContract } from "../../features/projects/contract.ts";
import { type Answer, type Api, apiOf } from "../api/client.ts";
import type { Scope, Session } from "../api/session.ts";
import { type Window, windowOf } from "../window.ts";

export type Settings = Answer<typeof SettingsContract>;

const project = getRouteApi("/projects/$projectId");

export type ProjectView = {
  id: string;
  name: string;
  session: Session;
  api: Api;
  /** Whether the person who looks may do such things; what they may not is not offered. */
  may: (scope: Scope) => boolean;
};

/** The project of the address, and this person's rights in it. */
export function useProject(): ProjectView {
  const { session } = project.useRouteContext();
  return useMemo(() => {
    const { id, name } = session.project;
    const may = (scope: Scope): boolean => session.scopes.includes(scope);
    return { id, name, session, api: apiOf(id), may };
  }, [session]);
}

export const settingsQuery = (projectId: string) => ({
  queryKey: [projectId, "settings"] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    apiOf(projectId).get<Settings>("/api/public/settings", {}, signal),
});

export function useSettings() {
  const { id } = useProject();
  return useQuery({ ...settingsQuery(id), staleTime: 300_000 });
}

/** The project's time zone; UTC until it is known. */
export const useTimeZone = (): string => useSettings().data?.timeZone ?? "UTC";

const MINUTE_MS = 60_000;

/** Now, as a number that changes once a minute. */
export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

/** The window of time and the environment that the address names. */
export function useWindow(): Window {
  const search = project.useSearch();
  const nowMs = useMinute();
  return useMemo(() => windowOf(search, nowMs), [search, nowMs]);
}
