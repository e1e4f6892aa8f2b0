import type { SearchPage } from "../../../features/prompts/catalog/contract.ts";
import { apiOf } from "../../api/client.ts";

const MOST = 50;
const PATH = "/api/public/prompts/search";

/** Prompts whose name begins so. */
export function promptsQuery(projectId: string, prefix: string) {
  const query = { prefix: prefix === "" ? undefined : prefix, limit: MOST };
  return {
    queryKey: [projectId, "prompts", "search", { prefix, limit: MOST }] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      apiOf(projectId).get<SearchPage>(PATH, query, signal),
  };
}
