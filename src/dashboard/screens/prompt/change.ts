import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { promptPath } from "../../api/client.ts";
import { useProject } from "../../shell/project.ts";
import { promptKey } from "./data.ts";

export const labelPath = (name: string, label: string, below = ""): string =>
  promptPath(name, `/labels/${encodeURIComponent(label)}${below}`);

/** Where a prompt is fetched, and where it is deleted. */
export const registryPath = (name: string): string =>
  `/api/public/v2/prompts/${encodeURIComponent(name)}`;

/** Lists that say something of every prompt. */
const LISTS = ["prompts", "folders"];

function useRefresh(name: string) {
  const { id } = useProject();
  const queries = useQueryClient();
  const lists = (): void => {
    for (const list of LISTS) void queries.invalidateQueries({ queryKey: [id, list] });
  };
  return {
    /** @param gone a version that was deleted: nobody asks for it again */
    prompt: async (gone?: number): Promise<void> => {
      lists();
      await queries.invalidateQueries({
        queryKey: promptKey(id, name),
        predicate: ({ queryKey: [, , , what, version] }) =>
          gone === undefined || what !== "version" || version !== gone,
      });
    },
    forget: (): void => {
      lists();
      queries.removeQueries({ queryKey: promptKey(id, name) });
    },
  };
}

/** Does something to a prompt, and looks at all of it again: after a refusal somebody else has changed it. */
export function useChange(name: string) {
  const { prompt: refresh } = useRefresh(name);
  return async <T>(deed: () => Promise<T>): Promise<T> => {
    try {
      return await deed();
    } finally {
      await refresh();
    }
  };
}

/** Deletes one version, or the prompt with all of them, and goes to what remains. */
export function useDelete(name: string) {
  const { id: projectId, api } = useProject();
  const refresh = useRefresh(name);
  const navigate = useNavigate();
  return async (version: number | null, query: string): Promise<void> => {
    await api.send("DELETE", `${registryPath(name)}${query}`);
    if (version === null) {
      await navigate({ to: "/projects/$projectId/prompts", params: { projectId } });
      refresh.forget();
    } else {
      await navigate({ to: "/projects/$projectId/prompts/$name", params: { projectId, name } });
      await refresh.prompt(version);
    }
  };
}
