import { now } from "../../../platform/clock.ts";
import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { importFromLangfuse } from "./actions.ts";
import { LangfuseImport, LangfuseReport } from "./contract.ts";

export const langfuseEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/import/langfuse",
    access: "admin",
    tag: "Import and export",
    summary: "Bring prompts in from a running Langfuse, one step; call again with the cursor",
    body: LangfuseImport,
    answers: { 200: LangfuseReport, 503: "the source does not answer; go on with the same cursor" },
    handle: async (scope, { body }) => {
      const fetcher = (request: Request) => fetch(request);
      return json(await importFromLangfuse(scope, body, { fetcher, clock: now }));
    },
  }),
];
