import { type Endpoint, endpoint, json } from "../../../../platform/http.ts";
import { listGenerations } from "./actions.ts";
import { GenerationPage, GenerationsQuery } from "./contract.ts";

export const generationEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/generations",
    access: "read",
    tag: "Observations",
    summary:
      "The generations behind a number, newest first: those linked to a prompt, or with traceId or sessionId all of theirs. Filters may be combined; a call looks at 500 generations at most, so go on with nextCursor also after an empty page. Inputs and outputs: GET /api/public/observations/{id}.",
    query: GenerationsQuery,
    answers: { 200: GenerationPage },
    handle: async (scope, { query }) => json(await listGenerations(scope, query)),
  }),
];
