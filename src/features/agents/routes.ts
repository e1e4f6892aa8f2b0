import type { Endpoint } from "../../platform/http.ts";
import { liteLlmEndpoints } from "./litellm/routes.ts";
import { mcpEndpoints } from "./mcp/routes.ts";

/** The same verbs for callers that are no SDK of ours. */
export const agentEndpoints: Endpoint[] = [...liteLlmEndpoints, ...mcpEndpoints];
