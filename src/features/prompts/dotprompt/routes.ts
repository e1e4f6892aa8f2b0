import { readText } from "../../../platform/body.ts";
import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { CreatedPrompt, NamedPath } from "../contract.ts";
import { exportDotPrompt, importDotPrompt } from "./actions.ts";
import { DotPromptImport, DotPromptQuery } from "./contract.ts";

const tag = "Import and export";

export const dotPromptEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/dotprompt",
    access: "read",
    tag,
    summary: "A version as a .prompt file",
    params: NamedPath,
    query: DotPromptQuery,
    answers: { 200: "The file, as text", 409: "the format cannot say this version" },
    handle: async (scope, { params, query }) =>
      new Response(await exportDotPrompt(scope, params.name, query), {
        headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
      }),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/import/dotprompt",
    access: "write",
    tag,
    summary: "Store a .prompt file, which is the body, as the next version of its prompt",
    query: DotPromptImport,
    answers: { 201: CreatedPrompt },
    handle: async (scope, { query }, c) =>
      json(await importDotPrompt(scope, await readText(c.req.raw), query), 201),
  }),
];
