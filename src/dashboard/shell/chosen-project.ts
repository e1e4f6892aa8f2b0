import type { Session } from "../api/session.ts";

const KEY = "promptside-project";

export const rememberProject = (projectId: string): void => localStorage.setItem(KEY, projectId);

/** The project that was looked at last, if this browser is still signed in to it; else any. */
export function chosenProject(sessions: readonly Session[]): string | undefined {
  const last = localStorage.getItem(KEY);
  const found = sessions.find(({ project }) => project.id === last) ?? sessions[0];
  return found?.project.id;
}
